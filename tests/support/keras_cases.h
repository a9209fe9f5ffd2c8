// The recorded Keras cases, one model file at a time, for tests that go through the public interface.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "support/model_case.h"
#include "vivace/model.h"

namespace vivace::test {

struct KerasModel {
  std::string label;  // "conv/keras3/conv2d_same model.keras"
  std::filesystem::path file;
  std::map<std::string, TensorView> feeds;  // of the first call, where the case makes several
  std::map<std::string, Shape> dims;        // which the feeds refer to, there
};

/// Calls f(record, folder) with every recorded case: folder is where its files lie.
template <class F>
void for_each_keras_case(F f) {
  std::vector<std::filesystem::path> families;
  for (const auto& entry : std::filesystem::directory_iterator(VIVACE_KERAS_CASES))
    if (std::filesystem::exists(entry.path() / "cases.json")) families.push_back(entry.path());
  std::ranges::sort(families);
  for (const std::filesystem::path& family : families) {
    const auto file = File::open(family / "cases.json").value();
    const auto manifest = JsonValue::parse(file->bytes(), "cases.json").value();
    for (const JsonValue& record : manifest.at("cases")->elements()) {
      const std::string_view name = *record.string_at("name");
      f(record, family / name.substr(0, name.find('/')));
    }
  }
}

/// Calls f with every `stride`-th model that is to give numbers. The environment's VIVACE_CASES keeps those
/// whose label has it inside.
template <class F>
std::size_t for_each_keras_model(std::size_t stride, F f) {
  const char* const only = std::getenv("VIVACE_CASES");
  std::size_t index = 0, taken = 0;
  for_each_keras_case([&](const JsonValue& record, const std::filesystem::path& folder) {
    const std::string name(*record.string_at("name")), family(*record.string_at("family"));
    if (record.has("lambdas")) return;  // needs to be told what its Lambda layers compute
    for (const JsonMember& model : record.at("models")->members()) {
      KerasModel found{family + "/" + name + " " + std::string(model.key), folder / model.key, {}, {}};
      if (only ? found.label.find(only) == std::string::npos : index++ % stride != 0) continue;
      Arrays arrays;
      for (const JsonMember& feed : record.at("feeds")->members()) {
        const std::string input(feed.key);
        const TensorView all =
            arrays.find(folder / *record.string_at("file"), *feed.value.string_at("array")).value();
        found.feeds[input] = record.at("calls").ok() ? part_of(all, 0, found.dims[input]) : all;
      }
      f(found);
      ++taken;
    }
  });
  return taken;
}

/// The case's inputs in the model's order and types.
inline std::vector<Tensor> inputs_of(const Model& model, const KerasModel& recorded) {
  std::vector<Tensor> inputs;
  for (const Port& port : model.inputs()) {
    const auto found = recorded.feeds.find(port.name);
    const TensorView& view = found == recorded.feeds.end() ? recorded.feeds.begin()->second : found->second;
    inputs.push_back(converted(view, port.dtype));
  }
  return inputs;
}

template <class Tensors>
std::vector<TensorView> views_of(const Tensors& tensors) {
  std::vector<TensorView> views;
  for (const Tensor& tensor : tensors) views.push_back(tensor.view());
  return views;
}

inline bool same_bits(const Tensor& a, const Tensor& b) {
  if (a.dtype() != b.dtype() || a.dims() != b.dims()) return false;
  if (a.dtype() != DType::string) return a.bytes() == 0 || std::memcmp(a.data(), b.data(), a.bytes()) == 0;
  return std::equal(a.as<StringView>(), a.as<StringView>() + count_of(a.dims()), b.as<StringView>(),
                    [](const StringView& x, const StringView& y) {
                      return std::string_view(x.data, x.size) == std::string_view(y.data, y.size);
                    });
}

inline bool same_bits(const std::vector<Tensor>& a, const std::vector<Tensor>& b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(),
                                            [](const Tensor& x, const Tensor& y) { return same_bits(x, y); });
}

}  // namespace vivace::test
