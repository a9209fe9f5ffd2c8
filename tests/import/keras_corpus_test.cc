// Real, published Keras models of every era, against the goldens of the corpus.
#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>

#include "import/keras/keras.h"
#include "support/model_case.h"
#include "support/skip.h"

namespace vivace {
namespace {

namespace fs = std::filesystem;

fs::path corpus() {
  if (const char* given = std::getenv("VIVACE_CORPUS")) return given;
  return fs::path(VIVACE_TEST_DATA) / "../../../shared/models";
}

bool is_keras(const std::string& model) {
  const std::string suffix = fs::path(model).extension().string();
  return suffix == ".h5" || suffix == ".hdf5" || suffix == ".keras";
}

// The first call's value of a feed; nothing for kinds of feed that Keras models do not have.
Result<Tensor> value_of(const JsonValue& feed, const fs::path& folder, const fs::path& npz,
                        test::Arrays& arrays) {
  VIVACE_TRY(const std::string_view source, feed.string_at("array"));
  const std::size_t colon = source.rfind(':');
  const bool elsewhere = colon != std::string_view::npos;
  const fs::path file = elsewhere ? folder / std::string(source.substr(0, colon)) : npz;
  VIVACE_TRY(const TensorView view, arrays.find(file, elsewhere ? source.substr(colon + 1) : source));
  Tensor tensor = test::converted(view, view.dtype == DType::f64 ? DType::f32 : view.dtype);
  if (feed.has("mean")) {
    VIVACE_TRY(const JsonValue mean, feed.at("mean"));
    VIVACE_TRY(const JsonValue deviation, feed.at("std"));
    const auto part = [](const JsonValue& v, std::size_t i) {
      return v.is(JsonKind::array) ? *v[i % v.size()].as_double() : *v.as_double();
    };
    Tensor scaled(DType::f32, tensor.dims());
    const auto channels = static_cast<std::size_t>(tensor.dims().back());
    for (std::int64_t i = 0; i < tensor.count(); ++i) {
      const std::size_t channel = static_cast<std::size_t>(i) % channels;
      scaled.as<float>()[i] =
          static_cast<float>((load(tensor.view(), i) - part(mean, channel)) / part(deviation, channel));
    }
    tensor = std::move(scaled);
  }
  if (feed.has("batch")) {
    Shape dims = tensor.dims();
    dims.insert(dims.begin(), 1);
    return test::converted({tensor.data(), tensor.dtype(), dims}, tensor.dtype());
  }
  return tensor;
}

std::vector<float> every(const Tensor& tensor, std::int64_t step) {
  std::vector<float> picked;
  for (std::int64_t i = 0; i < tensor.count(); i += step)
    picked.push_back(static_cast<float>(load(tensor.view(), i)));
  return picked;
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
  const fs::path npz = folder / std::string(*record.string_at("file"));
  auto imported =
      open_keras(folder / std::string(*record.string_at("model")), options_for(folder.filename().string()));
  if (!imported.ok()) return to_text(imported.error());
  std::vector<Tensor> held;
  std::map<std::string, TensorView> feeds;
  for (const JsonMember& feed : record.at("feeds")->members()) {
    auto value = value_of(feed.value, folder, npz, arrays);
    if (!value.ok()) return to_text(value.error());
    held.push_back(*std::move(value));
    feeds[std::string(feed.key)] = held.back().view();
    held.reserve(16);
  }
  auto outputs = test::run(imported->graph, feeds);
  if (!outputs.ok()) return to_text(outputs.error());
  std::string wrong;
  for (const JsonMember& fetch : record.at("fetches")->members()) {
    const auto names = imported->graph.output_names();
    const auto found = std::find(names.begin(), names.end(), std::string(fetch.key));
    if (found == names.end()) return text("no output is called {}, but {}", fetch.key, names[0]);
    const std::string name(*fetch.value.string_at("array"));
    std::string stored = name;
    std::int64_t step = 1;
    if (const auto about = record.at("arrays")->find(name); about && about->has("stored")) {
      const std::string how(*about->string_at("stored"));
      step = std::stoll(how.substr(how.find("::") + 2));
      stored = text("{}_every{}", name, step);
    }
    const auto want = arrays.find(npz, stored);
    if (!want.ok()) return to_text(want.error());
    const std::vector<float> have = every((*outputs)[static_cast<std::size_t>(found - names.begin())], step);
    const Shape dims{static_cast<std::int64_t>(have.size())};
    const double limit = *record.at("limits")->at(name)->double_at("atol");
    const double apart = test::distance({have.data(), DType::f32, dims}, *want);
    if (!(apart <= limit)) wrong += text("{} is {} away, limit {}; ", name, apart, limit);
  }
  return wrong;
}

}  // namespace

TEST_CASE("the published Keras models of the corpus give TensorFlow's numbers, or the right refusal") {
  const fs::path root = corpus();
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
  const fs::path folder = corpus() / "cartpole_dqn_weights_only";
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
