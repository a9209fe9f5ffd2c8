// Every small Keras case: 1200 models of one layer or one trait, in .h5 and .keras, against the frameworks'
// numbers.
#include <doctest/doctest.h>

#include <cstdlib>

#include "base/text.h"
#include "import/keras/keras.h"
#include "support/model_case.h"

namespace vivace {
namespace {

namespace fs = std::filesystem;

// "" where the model gives the recorded numbers, else what went wrong.
std::string trouble_with(const fs::path& folder, const std::string& model, const JsonValue& record,
                         test::Arrays& arrays) {
  auto imported = open_keras(folder / model);
  if (!imported.ok()) return to_text(imported.error());
  if (auto status = verify(imported->graph); !status.ok()) return to_text(status.error());
  const fs::path npz = folder / std::string(*record.string_at("file"));
  std::map<std::string, TensorView> feeds;
  for (const JsonMember& feed : record.at("feeds")->members()) {
    auto array = arrays.find(npz, *feed.value.string_at("array"));
    if (!array.ok()) return to_text(array.error());
    feeds[std::string(feed.key)] = *array;
  }
  auto outputs = test::run(imported->graph, feeds);
  if (!outputs.ok()) return to_text(outputs.error());
  std::size_t index = 0;
  std::string wrong;
  for (const JsonMember& fetch : record.at("fetches")->members()) {
    const std::string name(*fetch.value.string_at("array"));
    if (index >= outputs->size()) return text("only {} outputs", outputs->size());
    const auto want = arrays.find(npz, name);
    if (!want.ok()) return to_text(want.error());
    const double limit = *record.at("limits")->at(name)->double_at("atol");
    const double apart = test::distance((*outputs)[index].view(), *want);
    if (imported->graph.output_names()[index] != fetch.key)
      wrong += text("output is called {}, not {}; ", imported->graph.output_names()[index], fetch.key);
    if (!(apart <= limit))
      wrong += text("{} is {} away, limit {}, shapes {} {}; ", name, apart, limit,
                    to_text((*outputs)[index].dims()), to_text(want->dims));
    ++index;
  }
  return wrong;
}

// What stands in the way of a case, by a part of its name: an error that is meant, or a number of Keras's
// that is wrong.
struct Deviation {
  std::string_view name, error;
};
constexpr Deviation kDeviations[] = {
    {"_stateful", "import.unsupported"},
    {"activation_sparsemax", "import.unsupported"},
    {"tf_einsum", "import.unsupported"},  // tf_keras itself loses the operands when it saves
    {"/lambda_and_custom_layer", "import.unsupported"},
    {"/custom_layer", "import.unsupported"},
    {"/lambda", "import.lambda"},
    // Keras 3 on TensorFlow adds the bias along the last axis where that is as long as the channels.
    {"keras3/conv2d_same_channels_first", "away"},
    {"keras3/depthwise2d_channels_first", "away"},
};

const Deviation* deviation_for(const std::string& name) {
  for (const Deviation& deviation : kDeviations)
    if (name.find(deviation.name) != std::string::npos) return &deviation;
  return nullptr;
}

}  // namespace

TEST_CASE("every small Keras model gives the numbers of the framework that wrote it") {
  const fs::path root = VIVACE_KERAS_CASES;
  const auto file = File::open(root / "manifest.json");
  REQUIRE(file.ok());
  const auto manifest = JsonValue::parse((*file)->bytes(), "manifest.json");
  REQUIRE(manifest.ok());
  const char* only = std::getenv("VIVACE_CASES");  // run the cases whose name has this in it
  test::Arrays arrays;
  std::size_t models = 0;
  for (const JsonValue& record : manifest->at("cases")->elements()) {
    const std::string name(*record.string_at("name")), family(*record.string_at("family"));
    if (only && text("{}/{}", family, name).find(only) == std::string::npos) continue;
    const fs::path folder = root / family / name.substr(0, name.find('/'));
    for (const JsonMember& model : record.at("models")->members()) {
      const std::string trouble = trouble_with(folder, std::string(model.key), record, arrays);
      const std::string label = text("{}/{} {}", family, name, model.key);
      CAPTURE(label);
      ++models;
      if (const Deviation* deviation = deviation_for(name))
        CHECK(trouble.find(deviation->error) != std::string::npos);
      else
        CHECK(trouble == "");
    }
  }
  CHECK((only || models > 2000));
}

}  // namespace vivace
