// Every entry of every layer's config in the recorded Keras models, changed to what no model has: each gives
// a model or one error that names the layer and what stands there. The models drive it: a new layer is
// covered once a recorded case has it. That nothing crashes, hangs or leaves a graph that does not verify is
// checked, and that every entry is read: but for those that no prediction depends on, listed below.
// VIVACE_ALL=1 takes every occurrence of an entry instead of the first few.
#include <doctest/doctest.h>

#include <chrono>
#include <cstring>
#include <map>
#include <set>

#include "base/text.h"
#include "import/keras/keras.h"
#include "import/keras/package.h"
#include "support/json_entries.h"
#include "support/keras_cases.h"

using namespace vivace;

namespace {

constexpr double kMostSeconds = 10;  // for one config, in a sanitizer's build on a busy machine
constexpr int kOccurrences = 2;      // of an entry, by generation of Keras

// What an entry may not be, whatever it means, by what it was; then numbers and words that few may be.
struct Values {
  std::vector<std::string> impossible, doubtful;
};

Values values_for(const std::string& text) {
  const char first = text[0];
  if (first == 't' || first == 'f') return {{"\"x\"", "[]", "{}", "7"}, {"null"}};
  if (first == '"') return {{"7", "[]", "{}", "true"}, {"\"x\"", "\"\"", "null"}};
  if (first == '{') return {{"7", "[]", "true"}, {"\"x\"", "{}", "null"}};
  if (first == 'n' || first == 'N')
    return {{}, {"0", "-1", "9223372036854775807", "1e300", "NaN", "\"x\"", "[]", "{}", "true"}};
  const std::vector<std::string> numbers = {
      "0", "-1", "2147483648", "9223372036854775807", "1e300", "NaN", "-1e300", "0.37", "null", "1000000"};
  if (first != '[') return {{"\"x\"", "[]", "{}", "[1, 2, 3, 4, 5, 6, 7, 8, 9]"}, numbers};
  Values values{{"\"x\"", "{}"}, {"[]", "null", "7"}};
  const std::size_t size = vivace::test::json_piece(text).parts.size();
  for (const std::string& number : numbers) {
    std::string list = "[";
    for (std::size_t i = 0; i < size; ++i) list += (i ? ", " : "") + number;
    values.doubtful.push_back(list + "]");
    values.doubtful.push_back(text.substr(0, text.size() - 1) + (size ? ", " : "") + number + "]");
  }
  return values;
}

struct Outcome {
  std::string error, graph;  // one of the two
};

Outcome outcome_of(const keras::Package& package, const std::string& config) {
  const auto start = std::chrono::steady_clock::now();
  const auto imported = keras::import_config(config, package.config_name, package.version, *package.weights);
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  CHECK(seconds < kMostSeconds);
  if (!imported.ok()) return {to_text(imported.error()), ""};
  const auto status = verify(imported->graph);
  CHECK_MESSAGE(status.ok(), to_text(status.error()));
  return {"", to_text(imported->graph)};
}

// What was seen of one entry of one class of layer.
struct Seen {
  int occurrences = 0;
  bool matters = false;              // some value was refused or changed the graph
  std::set<std::string> impossible;  // opened all the same
  std::set<std::string> unchanged;   // doubtful, and opened as the same graph
  std::set<std::string> changed;     // doubtful, and opened as another
  std::set<std::string> unnamed;     // refused without a word about the layer or the entry
};

// As a message shows it.
std::string shown(const std::string& value) {
  if (value == "{}") return "an object";
  const std::size_t exponent = value.find("e3");
  return exponent == value.npos ? value
                                : text("{}e+3{}", value.substr(0, exponent), value.substr(exponent + 2));
}

// The layer that an error is about, without the models around it.
std::string layer_of(const std::string& error) {
  const std::size_t named = error.find("layer \""), quote = error.find('"', named == error.npos ? 0 : named);
  if (quote == error.npos) return "";
  const std::size_t begin = quote + 1;
  const std::string path = error.substr(begin, error.find('"', begin) - begin);
  return path.substr(path.rfind('/') + 1);
}

// A possible value changes what later layers are given: one whose weights or axes no longer fit says so.
bool no_longer_fits(const std::string& error) {
  const auto has = [&](const char* words) { return error.find(words) != std::string::npos; };
  const auto speaks_of = [&](const std::vector<const char*>& words) {
    return std::ranges::any_of(words, has);
  };
  return !has("error[import.config]") || speaks_of({" axis ", " axes", " places ", " channels", "its input"});
}

// What is wrong with a layer's config says which layer it is, and which entry or what stands there; or it is
// of another layer, that was given something else.
bool mentions(const std::string& error, const test::LayerEntry& entry, const std::string& value) {
  const auto has = [&](const std::string& words) { return error.find(words) != std::string::npos; };
  if (has("error[op.")) return has("node \"");
  if (has("error[import.input-shape]") && entry.key.ends_with("_shape")) return true;
  const std::string layer = layer_of(error);
  const bool of_input =
      entry.key.starts_with("batch_") && entry.key.ends_with("_shape");  // decides all others
  if (!layer.empty() && layer != entry.places.back() && (of_input || no_longer_fits(error))) return true;
  if (std::ranges::none_of(entry.places, has)) return false;
  if (!has("error[import.config]") || has("lacks") || has("is called with") || has("has a layer that is"))
    return true;
  if (has(entry.key)) return true;
  const std::size_t begin = value.find_first_not_of("[\"");
  if (begin == value.npos) return has(value);
  return has(shown(value.substr(begin, value.find_first_of(",]\"", begin) - begin)));
}

// What few entries may be happens to be what this one may.
bool is_possible(const std::string& name, const std::string& value) {
  return name == "TextVectorization.ngrams" && value.starts_with("[1,");  // a list of widths
}

void attempt(const keras::Package& package, const test::LayerEntry& entry, const std::string& name,
             const std::string& original, Seen& seen) {
  const auto with = [&](const std::string& value) {
    return package.config.substr(0, entry.begin) + value + package.config.substr(entry.end);
  };
  const Values values = values_for(package.config.substr(entry.begin, entry.end - entry.begin));
  const auto see = [&](const std::string& config, const std::string& value, bool impossible) {
    CAPTURE(value);
    const Outcome outcome = outcome_of(package, config);
    if (!outcome.error.empty()) {
      seen.matters = true;
      if (!mentions(outcome.error, entry, value)) seen.unnamed.insert(value + ": " + outcome.error);
    } else {
      seen.matters = seen.matters || outcome.graph != original;
      (impossible                  ? seen.impossible
       : outcome.graph == original ? seen.unchanged
                                   : seen.changed)
          .insert(value);
    }
  };
  for (const std::string& value : values.impossible) see(with(value), value, !is_possible(name, value));
  for (const std::string& value : values.doubtful) see(with(value), value, false);
  std::string without = package.config;
  without.replace(entry.key_begin + 1, entry.key.size(), "gone");
  see(without, "nothing", false);
}

// What a prediction has no use for: entries of every class, and of one.
bool is_without_effect(const std::string& name) {
  static const std::set<std::string> kKeys = {
      // of training
      "name", "seed", "noise_shape", "rng_type", "renorm_clipping",
      // how weights begin, before those of the file take their place; in Keras 1's words
      "init", "inner_init", "gamma_init", "gain", "init_values", "p",
      // how it is computed, not what
      "implementation", "consume_less", "input_length", "quantization_config", "build_input_shape",
      "softmax_robust_masking"};
  static const std::set<std::string> kEntries = {
      // Keras 2 writes what a base class has, and does not read it.
      "Conv1DTranspose.groups", "Conv2DTranspose.groups", "Conv3DTranspose.groups", "DepthwiseConv1D.groups",
      "DepthwiseConv2D.groups", "DepthwiseConv2D.filters", "SeparableConv1D.groups", "SeparableConv2D.groups",
      // fixed by the class
      "CuDNNGRU.activation", "CuDNNGRU.recurrent_activation", "CuDNNGRU.reset_after", "CuDNNGRU.use_bias",
      "CuDNNLSTM.activation", "CuDNNLSTM.recurrent_activation", "CuDNNLSTM.use_bias",
      // of a mode that is Python code, which is refused
      "Merge.arguments", "Merge.output_shape", "Merge.output_shape_type",
      // how a vocabulary is shown in Python
      "StringLookup.encoding", "TextVectorization.encoding",
      // what follows from the weights and inputs, or serves other entries that are refused
      "EinsumDense.output_shape", "MultiHeadAttention.query_shape", "MultiHeadAttention.key_shape",
      "MultiHeadAttention.value_shape", "Highway.input_dim", "MaxoutDense.input_dim",
      "STFTSpectrogram.periodic", "STFTSpectrogram.scaling", "STFTSpectrogram.window",
      "Discretization.epsilon", "Unstack.num", "__keras_tensor__.shape",
      "DotProductAttention.attn_logits_soft_cap"};
  // at rest once training is over, whatever they are set to; and how floats were turned into a file's
  // integers
  static const std::set<std::string> kClasses = {
      "AugMix",      "CutMix",       "MaxNumBoundingBoxes", "MixUp",
      "RandAugment", "Solarization", "StochasticDepth",     "Int4QuantizationConfig"};
  const std::size_t dot = name.rfind('.');
  if (kClasses.contains(name.substr(0, dot)) || name == "Int8QuantizationConfig.weight_quantizer")
    return true;
  const bool own_class = name.find('>') != name.npos;  // its config is what its author wants
  return own_class || name.starts_with("Random") || kKeys.contains(name.substr(dot + 1)) ||
         kEntries.contains(name);
}

// Names are free; the wrappers of a call's arguments have no names of their own; new axes may be many.
bool takes_anything(const std::string& name) {
  return name.ends_with(".name") || name.ends_with(".layers") || name.starts_with("__") ||
         name == "ExpandDims.axis";
}

std::string listed(const std::set<std::string>& values) {
  std::string line;
  for (const std::string& value : values) line += (line.empty() ? "" : "  ") + value;
  return line;
}

}  // namespace

TEST_CASE("a changed entry of a layer's config is refused by name, or was never read") {
  const bool all = std::getenv("VIVACE_ALL");
  const char* const only = std::getenv("VIVACE_CASES");
  std::map<std::string, Seen> entries;  // "Conv2D.strides"
  std::map<std::string, int> occurrences;
  test::for_each_keras_case([&](const JsonValue& record, const std::filesystem::path& folder) {
    if (record.at("refused").ok() || (only && record.string_at("name")->find(only) == std::string::npos))
      return;
    for (const JsonMember& model : record.at("models")->members()) {
      const auto package = keras::open_package(folder / model.key, {});
      if (!package.ok()) continue;
      std::string original;
      for (const test::LayerEntry& entry : test::layer_entries(package->config)) {
        const std::string name = text("{}.{}", entry.class_name, entry.key);
        if (!all && ++occurrences[name + folder.filename().string()] > kOccurrences) continue;
        if (original.empty()) {
          const Outcome first = outcome_of(*package, package->config);
          if (!first.error.empty()) break;
          original = first.graph;
        }
        CAPTURE(model.key);
        CAPTURE(name);
        attempt(*package, entry, name, original, entries[name]);
      }
    }
  });
  for (const auto& entry : entries) {
    const std::string& name = entry.first;  // a lambda of CAPTURE may not hold a structured binding
    const auto& seen = entry.second;
    CAPTURE(name);
    if (!seen.matters) {
      CHECK_MESSAGE(is_without_effect(name),
                    "never read: its values change nothing; read it, or list it above");
    } else if (!takes_anything(name)) {
      CHECK(listed(seen.impossible) == "");
      CHECK(listed(seen.unnamed) == "");
    }
    if (std::getenv("VIVACE_SHOW") && seen.matters) MESSAGE(name << " changed by " << listed(seen.changed));
  }
  CHECK((only || entries.size() > 500));
}
