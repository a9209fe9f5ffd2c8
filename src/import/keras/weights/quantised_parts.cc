#include "import/keras/weights/quantised_parts.h"

#include <utility>

namespace vivace::keras {

bool ends_with(std::string_view path, std::string_view end) {
  return path.size() >= end.size() && path.substr(path.size() - end.size()) == end;
}

std::vector<std::string> keras_names(const std::string& name) {
  std::string plain = name;
  for (const auto& [ours, theirs] : {std::pair{"output_dense/", "attention_output/"},
                                     std::pair{"_dense/", "/"}, std::pair{"quantized_kernel", "kernel"}})
    if (const std::size_t at = plain.find(ours); at != std::string::npos)
      plain.replace(at, std::string_view(ours).size(), theirs);
  if (plain.find("kernel_zero") == std::string::npos) return {plain};
  std::string other = plain;
  return {plain, other.replace(other.find("kernel_zero"), 11, "zero_point")};
}

std::vector<std::string> parts_of(const Layer& layer) {
  std::vector<std::string> parts;
  for (const Weight& weight : layer.weights)
    if (ends_with(weight.name, "_dense/kernel"))
      parts.push_back(weight.name.substr(0, weight.name.size() - 6));
  return parts;
}

std::string mode_by(std::size_t more, std::size_t kernel_axes) {
  if (more == 6) return "float8";
  if (more == 3) return "int4/1";
  return kernel_axes == 2 ? "int4/-1" : "int8";
}

// Quantised and adapted layers mix what training changes and what it does not in ways of their own.
void bind_by_name(Layer& layer, const std::vector<std::string>& paths) {
  for (Weight& weight : layer.weights)
    for (const std::string& name : keras_names(weight.name))
      for (const std::string& path : paths)
        for (const char* tail : {"", ":0"})
          if (weight.path.empty() && ends_with(path, "/" + layer.name + "/" + name + tail))
            weight.path = path;
}

}  // namespace vivace::keras
