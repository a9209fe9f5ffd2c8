// Layers of strings, vocabularies and bins whose configs are wrong: one error each, and no allocation by a
// file's word.
#include <doctest/doctest.h>

#include "import/keras/keras.h"
#include "import/keras/weights/weight_source.h"
#include "support/model_case.h"

namespace vivace {
namespace {

// No weights, and one vocabulary for whoever asks.
class Assets : public keras::WeightSource {
 public:
  explicit Assets(std::optional<std::string> vocabulary = {}) : vocabulary_(std::move(vocabulary)) {}
  Status bind(keras::Network& network) const override {
    for (const auto& layer : network.layers) layer->group = "layers/" + layer->name;
    return {};
  }
  Result<ConstantPtr> read(const std::string&) const override { return Error("test.none", "no weights"); }
  std::string place(const std::string&) const override { return "m.keras"; }
  Result<std::optional<std::string>> asset(const std::string&, std::string_view) const override {
    return vocabulary_;
  }

 private:
  std::optional<std::string> vocabulary_;
};

Result<Imported> import_layer(const std::string& class_name, const std::string& config,
                              const std::string& dtype = "string", const Assets& assets = Assets(),
                              const std::string& shape = "[null,1]") {
  const std::string json =
      R"({"class_name":"Functional","config":{"name":"m","layers":[{"class_name":"InputLayer","config":)"
      R"({"batch_shape":)" +
      shape + R"(,"dtype":")" + dtype + R"(","name":"x"},"name":"x","inbound_nodes":[]},{"class_name":")" +
      class_name + R"(","config":{"name":"y",)" + config +
      R"(},"name":"y","inbound_nodes":[{"args":[{"class_name":"__keras_tensor__","config":{"shape":[null,1],)"
      R"("dtype":"string","keras_history":["x",0,0]}}],"kwargs":{}}]}],)"
      R"("input_layers":[["x",0,0]],"output_layers":[["y",0,0]]}})";
  return keras::import_config(json, "config.json", "3.15.0", assets);
}

template <class... More>
std::string fault(More&&... more) {
  const auto imported = import_layer(std::forward<More>(more)...);
  if (!imported.ok()) return imported.error().id();
  const Status sound = verify(imported->graph);
  return sound.ok() ? "" : sound.error().id();
}

// The numbers of some strings, by a model of one layer.
std::vector<std::int64_t> numbers(const Result<Imported>& imported, std::vector<std::string_view> texts) {
  REQUIRE(imported.ok());
  const Tensor x = Tensor::of_strings({static_cast<std::int64_t>(texts.size()), 1}, texts);
  const auto outputs = test::run(imported->graph, {{"x", x.view()}});
  REQUIRE(outputs.ok());
  const auto* const first = (*outputs)[0].as<std::int64_t>();
  return {first, first + (*outputs)[0].count()};
}

}  // namespace

TEST_CASE("lookups whose configs are wrong are refused by the key that is") {
  CHECK(fault("StringLookup", R"("vocabulary":["a","b"])").empty());
  for (const char* config :
       {R"("vocabulary":[])", R"("vocabulary":"words.txt")", R"("vocabulary":[1.5])",
        R"("vocabulary":["a"],"num_oov_indices":-1)", R"("vocabulary":["a"],"num_oov_indices":99999999999)",
        R"("vocabulary":["a"],"output_mode":"fuzzy")", R"("vocabulary":["a"],"mask_token":7)",
        R"("vocabulary":["a","b","c"],"max_tokens":2)",
        R"("vocabulary":["a"],"output_mode":"count","pad_to_max_tokens":true)",
        R"("vocabulary":["a"],"output_mode":"count","pad_to_max_tokens":true,"max_tokens":2147483647)",
        R"("vocabulary":["a"],"output_mode":"tf_idf","idf_weights":[1,2,3,4])",
        R"("vocabulary":["a"],"output_mode":"count","invert":true)",
        R"("vocabulary":["a"],"num_oov_indices":3,"salt":[1,2,3])"}) {
    CAPTURE(config);
    CHECK(fault("StringLookup", config) == "import.config");
  }
  CHECK(fault("StringLookup", R"("vocabulary":["a","a"])") == "import.vocabulary");
  CHECK(fault("StringLookup", R"("vocabulary":["b","a"],"mask_token":"a")") == "import.vocabulary");
  CHECK(fault("IntegerLookup", R"("vocabulary":["a"])", "int64") == "import.vocabulary");
  CHECK(fault("IntegerLookup", R"("vocabulary":[99999999999999999999])", "int64") != "");
  CHECK(fault("StringLookup", R"("vocabulary":null)") == "import.unsupported");
  CHECK(fault("StringLookup", R"("vocabulary":["a"],"output_mode":"tf_idf")") == "import.unsupported");
  CHECK(fault("StringLookup", R"("vocabulary":["a"],"output_mode":"count","sparse":true)") ==
        "import.unsupported");
  CHECK(fault("StringLookup", R"("vocabulary":["a"])", "float32") == "import.unsupported");
  CHECK(fault("IntegerLookup", R"("vocabulary":[1])", "string") == "import.unsupported");
  CHECK(fault("StringLookup", R"("vocabulary":["a"],"invert":true,"num_oov_indices":16000000)", "int64") ==
        "import.config");
}

TEST_CASE("without output_sequence_length the longest text of a run decides") {
  const auto model = import_layer("TextVectorization", R"("vocabulary":["a","b"],"split":"whitespace")");
  CHECK(numbers(model, {"a", "b a b"}) == std::vector<std::int64_t>{2, 0, 0, 3, 2, 3});
  CHECK(numbers(model, {"what"}) == std::vector<std::int64_t>{1});
  CHECK(numbers(model, {"", " "}).empty());
}

TEST_CASE("texts that would be split by code or by no one, or into rows of no length, are refused") {
  const std::string words = R"("vocabulary":["a"],"output_sequence_length":3,)";
  CHECK(fault("TextVectorization", words + R"("standardize":"lower","split":"whitespace")").empty());
  for (const char* config :
       {R"("standardize":{"class_name":"function","config":"f"},"split":null)",
        R"("split":{"class_name":"function","config":"f"})", R"("split":"sentences")", R"("ragged":true)"}) {
    CAPTURE(config);
    CHECK(fault("TextVectorization", words + config) == "import.unsupported");
  }
  for (const char* length : {"0", "-1", "2147483647", "99999999999999", "\"many\""}) {
    CAPTURE(length);
    CHECK(fault("TextVectorization",
                text(R"("vocabulary":["a"],"split":"whitespace","output_sequence_length":{})", length)) ==
          "import.config");
  }
  CHECK(fault("TextVectorization", words + R"("split":"whitespace","ngrams":1000000000)") == "import.config");
  CHECK(fault("TextVectorization", words + R"("split":"whitespace","ngrams":[2,0])") == "import.config");
  CHECK(fault("TextVectorization", words + R"("split":"whitespace")", "string", Assets(), "[null,2]") ==
        "import.unsupported");
  CHECK(fault("TextVectorization", words + R"("split":"whitespace")", "float32") != "");
}

TEST_CASE("bins, buckets and categories whose numbers are wrong are refused") {
  for (const char* bins : {"0", "-4", "null", "1.5", "\"x\""}) {
    CAPTURE(bins);
    CHECK(fault("Hashing", text(R"("num_bins":{})", bins)) == "import.config");
    CHECK(fault("CategoryEncoding", text(R"("num_tokens":{})", bins), "int64") == "import.config");
  }
  CHECK(fault("Hashing", R"("num_bins":9223372036854775807)").empty());
  CHECK(fault("Hashing", R"("num_bins":2147483647,"output_mode":"one_hot")") == "import.config");
  CHECK(fault("Hashing", R"("num_bins":3,"mask_value":7)") == "import.config");
  CHECK(fault("Hashing", R"("num_bins":3,"salt":"x")") == "import.config");
  CHECK(fault("CategoryEncoding", R"("num_tokens":2147483647)", "int64") == "import.config");
  CHECK(fault("CategoryEncoding", R"("num_tokens":4,"output_mode":"int")", "int64") == "import.config");
  CHECK(fault("Discretization", R"("bin_boundaries":[1,0])", "float32") == "import.config");
  CHECK(fault("Discretization", R"("bin_boundaries":[0,NaN])", "float32") == "import.config");
  CHECK(fault("Discretization", R"("num_bins":4)", "float32") == "import.unsupported");
  CHECK(fault("HashedCrossing", R"("num_bins":4)") == "op.inputs");
}

TEST_CASE("a vocabulary beside the weights is read as Python reads lines") {
  const auto lookup = [](const std::string& vocabulary) {
    return import_layer("StringLookup", R"("mask_token":null)", "string", Assets(vocabulary));
  };
  CHECK(numbers(lookup("[UNK]\na\nb\n\n"), {"a", "b", "?"}) == std::vector<std::int64_t>{1, 2, 0});
  CHECK(numbers(lookup("[UNK]\r\na\r\nb"), {"a", "b", "?"}) == std::vector<std::int64_t>{1, 2, 0});
  CHECK(numbers(lookup("a\x0b"
                       "b\xe2\x80\xa8"
                       "c"),
                {"a", "b", "c"}) == std::vector<std::int64_t>{1, 2, 3});
  CHECK(numbers(lookup("[UNK]\n\xff\xfe\na"), {"\xff\xfe", "a"}) == std::vector<std::int64_t>{1, 2});
  CHECK(fault("StringLookup", R"("mask_token":null)", "string", Assets("")) == "import.config");
  CHECK(fault("StringLookup", R"("mask_token":null)", "string", Assets("\n\n\n")) == "import.config");
}

TEST_CASE("keys that hold zeros and other bytes are told apart") {
  const auto model = import_layer("StringLookup", R"("vocabulary":["a\u0000b","a"])");
  const std::vector<std::string_view> texts = {{"a\0b", 3}, "a", {"a\0", 2}, ""};
  CHECK(numbers(model, texts) == std::vector<std::int64_t>{1, 2, 0, 0});
}

}  // namespace vivace
