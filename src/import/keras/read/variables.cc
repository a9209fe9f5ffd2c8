// The weights that a layer has, which follow from its class, its options and how Keras quantised it.
#include <algorithm>

#include "base/text.h"
#include "import/keras/build/dense_kernel.h"
#include "import/keras/build/rule.h"
#include "import/keras/read/reader.h"

namespace vivace::keras {
namespace {

using Kind = Setting::Kind;

bool is_true(const Setting& setting) {
  return setting.is(Kind::boolean) ? setting.integer != 0 : !setting.is(Kind::none);
}

bool holds(const Config& config, std::string_view condition) {
  if (condition.front() == '!') return !config.has(condition.substr(1));
  if (const char mark = condition.front(); mark == '+' || mark == '-' || mark == '~') {
    const Setting* setting = config.raw(condition.substr(1));
    return setting ? is_true(*setting) == (mark == '+') : mark == '~';
  }
  if (const std::size_t equal = condition.find('='); equal != std::string_view::npos) {
    const bool differs = condition[equal - 1] == '!';
    return (config.text(condition.substr(0, equal - differs)) == condition.substr(equal + 1)) != differs;
  }
  const Setting* setting = config.raw(condition);
  return !setting || is_true(*setting);
}

bool wanted(const Config& config, std::string_view conditions) {
  for (const std::string_view condition : split(conditions, '&'))
    if (!holds(config, condition)) return false;
  return true;
}

// What Keras calls a part of attention in paths of policies.
std::string keras_path(const Layer& layer, std::string_view part) {
  if (part.empty()) return layer.path;
  if (part == "output_dense/") return layer.path + "/attention_output";
  return layer.path + "/" + std::string(part.substr(0, part.find('_')));
}

std::string_view embedding_variables(std::string_view mode, bool reversible) {
  const std::string_view family = family_of(mode);
  const bool blocks = family == "int4" && block_of(mode) > 0;
  if (family.empty()) return reversible ? "embeddings reverse_embeddings" : "embeddings";
  if (!reversible)
    return blocks ? "embeddings embeddings_scale embeddings_zero g_idx" : "embeddings embeddings_scale";
  return blocks ? "embeddings embeddings_scale embeddings_zero g_idx reverse_embeddings "
                  "reverse_embeddings_scale reverse_embeddings_zero"
                : "embeddings embeddings_scale reverse_embeddings reverse_embeddings_scale";
}

// What Keras stores instead of the kernel and bias of a part, or of a table.
void add_stored(Layer& layer, const std::string& part, std::string_view all, bool has_bias, bool embedding) {
  for (const std::string_view name : split(all, ' '))
    if (name != "bias" || has_bias) layer.weights.push_back({.name = part + std::string(name)});
  if (!layer.config.has("lora_rank")) return;
  for (const char* side : {"_a", "_b"})
    layer.weights.push_back({.name = part + (embedding ? "lora_embeddings" : "lora_kernel") + side});
}

bool holds_name(const std::vector<Weight>& weights, const std::string& name) {
  return std::any_of(weights.begin(), weights.end(), [&](const Weight& w) { return w.name == name; });
}

// Of the declared weights, those that a mode replaces make room for what Keras stores instead.
void expand(Layer& layer, const std::vector<Weight>& declared) {
  const bool adapted = layer.config.has("lora_rank"), reversible = holds_name(declared, "reverse_embeddings");
  for (const Weight& weight : declared) {
    const std::size_t slash = weight.name.rfind('/');
    const std::string part = slash == std::string::npos ? "" : weight.name.substr(0, slash + 1);
    const std::string name = weight.name.substr(part.size());
    const std::string mode = policy_of(layer.config, keras_path(layer, part)).mode;
    if (mode.empty() && !adapted) {
      layer.weights.push_back(weight);
      continue;
    }
    layer.by_name = true;
    layer.modes[part] = mode;
    if (name == "embeddings") add_stored(layer, part, embedding_variables(mode, reversible), false, true);
    if (name == "kernel")
      add_stored(layer, part, stored_variables(mode), holds_name(declared, part + "bias"), false);
  }
}

bool may_be_quantised(std::string_view class_name) {
  for (const std::string_view name : {"Dense", "EinsumDense", "Embedding", "ReversibleEmbedding",
                                      "MultiHeadAttention", "GroupQueryAttention", "GroupedQueryAttention"})
    if (class_name == name) return true;
  return false;
}

}  // namespace

void declare_weights(Layer& layer) {
  std::vector<Weight> weights;
  layer.weights.clear();
  if (!layer.rule || layer.rule->variables.empty()) return;
  for (const std::string_view word : split(layer.rule->variables, ' ')) {
    const std::size_t mark = word.find('?');
    if (mark != std::string_view::npos && !wanted(layer.config, word.substr(mark + 1))) continue;
    Weight weight;
    weight.name = word.substr(0, mark);
    if (weight.name.back() == '!') {
      weight.trainable = false;
      weight.name.pop_back();
    }
    weights.push_back(std::move(weight));
  }
  if (may_be_quantised(layer.class_name))
    expand(layer, weights);
  else
    layer.weights = std::move(weights);
}

// Keras leaves the policy of an attention layer as it was when it quantises its parts.
void requantise(Layer& layer, const std::string& part, const std::string& mode) {
  const bool has_bias = holds_name(layer.weights, part + "bias");
  std::vector<Weight> before = std::move(layer.weights);
  layer.weights.clear();
  for (const Weight& weight : before) {
    if (weight.name == part + "kernel")
      add_stored(layer, part, stored_variables(mode), has_bias, false);
    else if (weight.name != part + "bias")
      layer.weights.push_back(weight);
  }
  layer.by_name = true;
  layer.modes[part] = mode;
}

}  // namespace vivace::keras
