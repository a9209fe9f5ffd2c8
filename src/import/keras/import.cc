// From a config and its weights to a graph.
#include <algorithm>

#include "base/text.h"
#include "base/try.h"
#include "import/keras/build/builder.h"
#include "import/keras/keras.h"
#include "import/keras/package.h"
#include "import/keras/read/modernise.h"
#include "import/keras/read/reader.h"
#include "import/keras/weights/old_layouts.h"
#include "import/report/unsupported.h"

namespace vivace {
namespace keras {
namespace {

// The generation of Keras: by version, else by what only Keras 1 or 3 writes.
int era_of(const std::string& version, const Setting& root, const Modernised& found) {
  if (!version.empty() && version[0] >= '1' && version[0] <= '9')
    return version[0] - '0' >= 3 ? 3 : version[0] - '0';
  if (found.keras1) return 1;
  return root.find("module") ? 3 : 2;
}

Error unsupported(const std::vector<Unsupported>& list, const std::string& name) {
  const bool only_lambdas = std::all_of(
      list.begin(), list.end(), [](const Unsupported& one) { return one.layer.starts_with("Lambda "); });
  return unsupported_error(list, only_lambdas ? "import.lambda" : "import.unsupported", "layers", name);
}

// Policies of 16 bits keep float32 variables; computing in float32 is what they approximate.
bool has_narrow_policy(const Setting& setting) {
  if (setting.is(Setting::Kind::text))
    return setting.text == "mixed_float16" || setting.text == "mixed_bfloat16" || setting.text == "float16" ||
           setting.text == "bfloat16";
  for (const Setting& item : setting.items)
    if (has_narrow_policy(item)) return true;
  return false;
}

Result<Setting> parse(std::string_view json, const std::string& name) {
  VIVACE_TRY(const JsonValue value, JsonValue::parse(as_bytes(json), name));
  return setting_of(value);
}

}  // namespace

Result<Imported> import_config(std::string_view json, const std::string& name, const std::string& version,
                               const WeightSource& weights, const KerasOptions& options) {
  VIVACE_TRY(Setting root, parse(json, name));
  const Modernised modernised = modernise(root);
  Trouble trouble;
  auto reading = read_model(root, trouble, options.lambdas);
  if (!reading.ok()) return std::move(reading).error().within(name);
  const int era = era_of(version, root, modernised);
  if (!reading->unsupported.empty()) return unsupported(reading->unsupported, name);
  VIVACE_CHECK_OK(weights.bind(*reading->network));
  restore_layouts(*reading->network, weights.saved_by());
  Builder builder(weights, era, trouble);
  builder.build(*reading->network);
  if (auto status = trouble.status(); !status.ok()) {
    Error error = std::move(status).error();
    if (error.at().rfind(weights.place(""), 0) == 0) return error;
    return std::move(error).within(name);
  }
  Imported imported;
  imported.graph = builder.take_graph();
  imported.producer = version.empty() ? "Keras" : "Keras " + version;
  imported.warnings = modernised.warnings;
  imported.warnings.insert(imported.warnings.end(), reading->warnings.begin(), reading->warnings.end());
  if (has_narrow_policy(root))
    imported.warnings.push_back("the model asks for 16-bit arithmetic; it is computed in float32");
  return imported;
}

}  // namespace keras

Result<Imported> open_keras(const std::filesystem::path& path, const KerasOptions& options) {
  VIVACE_TRY(const keras::Package package, keras::open_package(path, options.architecture));
  VIVACE_TRY(Imported imported, keras::import_config(package.config, package.config_name, package.version,
                                                     *package.weights, options));
  imported.format = package.format;
  return imported;
}

Result<std::vector<Unsupported>> survey_keras(const std::filesystem::path& path,
                                              const KerasOptions& options) {
  VIVACE_TRY(const keras::Package package, keras::open_package(path, options.architecture));
  VIVACE_TRY(keras::Setting root, keras::parse(package.config, package.config_name));
  (void)keras::modernise(root);
  keras::Trouble trouble;
  VIVACE_TRY(const keras::Reading reading, keras::read_model(root, trouble, options.lambdas));
  return reading.unsupported;
}

}  // namespace vivace
