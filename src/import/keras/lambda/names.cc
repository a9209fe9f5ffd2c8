// Functions by the names that Python code calls them by.
#include "import/keras/lambda/names.h"

#include "base/text.h"
#include "import/keras/build/activation.h"
#include "import/keras/read/reader.h"

namespace vivace::keras {
namespace {

struct Prefix {
  std::string_view text;
  int era;
};

// The longer before the shorter.
constexpr Prefix kPrefixes[] = {{"tf.keras.activations.", 2},
                                {"tf.keras.backend.", 2},
                                {"tf.keras.ops.", 3},
                                {"keras.activations.", 3},
                                {"keras.backend.", 2},
                                {"keras.ops.", 3},
                                {"activations.", 3},
                                {"tensorflow.", 2},
                                {"tf.", 2},
                                {"K.", 2},
                                {"backend.", 2},
                                {"ops.", 3}};

// keras.ops has parts, whose names may be written or not.
constexpr std::string_view kParts[] = {"numpy.", "nn.", "image.", "math.", "linalg.", "core."};

// Where tf's own functions may be found under a longer name: tf.reduce_mean is tf.math.reduce_mean.
constexpr std::string_view kTensorFlowParts[] = {"", "math.", "nn.", "compat.v1."};

// A function of its own name in the tables of operations.
NamedFunction operation(std::string_view name, int era) {
  for (const std::string_view part : kParts)
    if (name.starts_with(part)) {
      name.remove_prefix(part.size());
      break;
    }
  NamedFunction found;
  found.era = era;
  found.rule = find_operation_by_function(name);
  if (!found.rule && is_activation(name)) found.activation = name;
  return found;
}

NamedFunction tensorflow(std::string_view name) {
  NamedFunction found;
  found.era = 2;
  for (const std::string_view part : kTensorFlowParts)
    if (!found.rule) found.rule = find_function_rule(std::string(part) + std::string(name));
  return found;
}

}  // namespace

NamedFunction find_named_function(std::string_view name) {
  for (const Prefix& prefix : kPrefixes) {
    if (!name.starts_with(prefix.text)) continue;
    const std::string_view rest = name.substr(prefix.text.size());
    if (prefix.text == "tf." || prefix.text == "tensorflow.") return tensorflow(rest);
    if (prefix.era == 3) return operation(rest, 3);
    if (NamedFunction found = operation(rest, 2); found.rule || !found.activation.empty()) return found;
    return tensorflow(rest);
  }
  return operation(name, 3);
}

std::string nearest_function(std::string_view name) {
  std::vector<std::string> words;
  for (const auto family : operation_families())
    for (const Rule& rule : family) words.push_back(snake_case(rule.class_name));
  const std::vector<std::string_view> known(words.begin(), words.end());
  return did_you_mean(name.substr(name.rfind('.') + 1), known);
}

}  // namespace vivace::keras
