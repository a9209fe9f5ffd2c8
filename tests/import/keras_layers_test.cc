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
  return test::trouble_with(imported->graph, record, folder, arrays);
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
