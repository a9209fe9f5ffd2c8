// Real, published Keras models of every era, against the goldens of the corpus.
#include <doctest/doctest.h>

#include <fstream>

#include "import/keras/keras.h"
#include "support/corpus_case.h"
#include "support/skip.h"

namespace vivace {
namespace {

namespace fs = std::filesystem;

bool is_keras(const std::string& model) {
  const std::string suffix = fs::path(model).extension().string();
  return suffix == ".h5" || suffix == ".hdf5" || suffix == ".keras";
}

// What the Lambda layers compute, as their authors' programs say.
KerasOptions options_for(std::string_view name) {
  const auto resize = [](int size) {
    return text("tf.compat.v1.image.resize_bilinear(x, [{}, {}], align_corners=True)", size, size);
  };
  KerasOptions options;
  if (name == "pilotnet_keras1") options.lambdas = {{"lambda_1", "lambda x: x / 127.5 - 1.0"}};
  if (name == "slimnet_portrait")
    options.lambdas = {{"lambda", resize(32)},
                       {"lambda_1", resize(64)},
                       {"lambda_2", resize(128)},
                       {"strided_slice", "x[:, :, :, 1:2]"}};
  return options;
}

std::string trouble_with(const JsonValue& record, const fs::path& folder, test::Arrays& arrays) {
  auto imported =
      open_keras(folder / std::string(*record.string_at("model")), options_for(folder.filename().string()));
  return imported.ok() ? test::corpus_trouble(imported->graph, record, folder, arrays)
                       : to_text(imported.error());
}

}  // namespace

TEST_CASE("the published Keras models of the corpus give TensorFlow's numbers, or the right refusal") {
  const fs::path root = test::corpus();
  const auto file = File::open(root / "MANIFEST.json");
  if (!file.ok()) VIVACE_SKIP("the corpus of models is not here: set VIVACE_CORPUS");
  const auto manifest = JsonValue::parse((*file)->bytes(), "MANIFEST.json");
  REQUIRE(manifest.ok());
  test::Arrays arrays;
  std::size_t models = 0;
  for (const JsonValue& entry : manifest->at("entries")->elements()) {
    const std::string name(*entry.string_at("name"));
    for (const JsonValue& record : entry.at("golden")->elements()) {
      const std::string model(*record.string_at("model"));
      if (!is_keras(model)) continue;
      const std::string label = name + "/" + model + " " + std::string(*record.string_at("file"));
      CAPTURE(label);
      const std::string trouble = trouble_with(record, root / name, arrays);
      ++models;
      if (name == "cartpole_dqn_weights_only")
        CHECK(trouble.find("import.no-architecture") != std::string::npos);
      else
        CHECK(trouble == "");
    }
  }
  CHECK(models >= 20);
}

TEST_CASE("weights alone run with the JSON of their architecture") {
  const fs::path folder = test::corpus() / "cartpole_dqn_weights_only";
  if (!fs::exists(folder)) VIVACE_SKIP("the corpus of models is not here: set VIVACE_CORPUS");
  const auto dense = [](const char* name, int units, const char* activation, const char* shape) {
    return text(
        R"({{"class_name":"Dense","config":{{"name":"{}","trainable":true,"units":{},"activation":"{}"{}}}}})",
        name, units, activation, shape);
  };
  const fs::path json = fs::temp_directory_path() / "vivace_cartpole.json";
  std::ofstream(json) << R"({"class_name":"Sequential","keras_version":"2.0.6","config":[)"
                      << dense("dense_1", 24, "relu", R"(,"batch_input_shape":[null,4])") << ","
                      << dense("dense_2", 24, "relu", "") << "," << dense("dense_3", 2, "linear", "") << "]}";
  const auto imported = open_keras(folder / "cartpole-dqn.h5", {json, {}});
  fs::remove(json);
  REQUIRE(imported.ok());
  test::Arrays arrays;
  const auto in = arrays.find(folder / "golden/random.npz", "in0"),
             out = arrays.find(folder / "golden/random.npz", "out0");
  REQUIRE((in.ok() && out.ok()));
  const auto have = test::run(imported->graph, {{"dense_1_input", *in}});
  REQUIRE(have.ok());
  CHECK(test::distance(have->front().view(), *out) <= 2e-5);
}

}  // namespace vivace
