// Every small Keras case: models of one layer or one trait, in .h5 and .keras, against the frameworks'
// numbers.
#include <doctest/doctest.h>

#include <cstdlib>

#include "base/text.h"
#include "import/keras/keras.h"
#include "support/keras_cases.h"

namespace vivace {
namespace {

namespace fs = std::filesystem;

// "" where the model gives the recorded numbers, else what went wrong.
std::string trouble_with(const fs::path& folder, const std::string& model, const JsonValue& record,
                         test::Arrays& arrays) {
  KerasOptions options;
  if (const auto lambdas = record.at("lambdas"); lambdas.ok())
    for (const JsonMember& lambda : lambdas->members())
      options.lambdas.emplace_back(lambda.key, *lambda.value.as_string());
  auto imported = open_keras(folder / model, options);
  if (!imported.ok()) return to_text(imported.error());
  if (auto status = verify(imported->graph); !status.ok()) return to_text(status.error());
  const fs::path npz = folder / std::string(*record.string_at("file"));
  std::map<std::string, TensorView> feeds;
  for (const JsonMember& feed : record.at("feeds")->members()) {
    auto array = arrays.find(npz, *feed.value.string_at("array"));
    if (!array.ok()) return to_text(array.error());
    feeds[std::string(feed.key)] = *array;
  }
  const auto calls = record.int_at("calls");
  auto outputs = test::run_calls(imported->graph, feeds, calls.ok() ? *calls : 1);
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

}  // namespace

TEST_CASE("every small Keras model gives the numbers of the framework that wrote it") {
  const char* only = std::getenv("VIVACE_CASES");  // run the cases whose name has this in it
  test::Arrays arrays;
  std::size_t models = 0;
  test::for_each_keras_case([&](const JsonValue& record, const fs::path& folder) {
    const std::string name(*record.string_at("name")), family(*record.string_at("family"));
    if (only && text("{}/{}", family, name).find(only) == std::string::npos) return;
    for (const JsonMember& model : record.at("models")->members()) {
      const std::string trouble = trouble_with(folder, std::string(model.key), record, arrays);
      const std::string label = text("{}/{} {}", family, name, model.key);
      CAPTURE(label);
      ++models;
      if (const auto refused = record.string_at("refused"); refused.ok())
        CHECK(trouble.find(*refused) != std::string::npos);
      else if (record.at("differs").ok())  // the framework's own numbers are wrong
        CHECK(trouble.find("away") != std::string::npos);
      else
        CHECK(trouble == "");
    }
  });
  CHECK((only || models > 2000));
}

}  // namespace vivace
