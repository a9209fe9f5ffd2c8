// Keras models: .h5 files of every era, .keras archives and folders, weights with their architecture beside
// them.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "import/imported.h"
#include "vivace/result.h"

namespace vivace {

/// What a file cannot say of itself.
struct KerasOptions {
  /// The JSON of a file that holds weights alone; left empty, NAME.json, model.json and config.json beside it
  /// are tried.
  std::filesystem::path architecture;
  /// What Lambda layers compute: a layer's name, and an expression (docs/cli.md).
  std::vector<std::pair<std::string, std::string>> lambdas;
};

/// Imports a model by content. Errors: import.*, file.*, and the readers' own.
Result<Imported> open_keras(const std::filesystem::path& path, const KerasOptions& options = {});

/// Everything in a model that open_keras would refuse, at once; empty where it can be imported.
Result<std::vector<Unsupported>> survey_keras(const std::filesystem::path& path,
                                              const KerasOptions& options = {});

/// Every file that the model at `path` consists of.
std::vector<std::filesystem::path> files_of_keras(const std::filesystem::path& path,
                                                  const KerasOptions& options = {});

/// Whether these first bytes could begin a Keras file: HDF5 or zip.
bool looks_like_keras(Bytes head);

namespace keras {
class WeightSource;

/// The importer behind the containers: a config's text, and where the weights are. `version` is the
/// keras_version that goes with it, or "".
Result<Imported> import_config(std::string_view json, const std::string& name, const std::string& version,
                               const WeightSource& weights, const KerasOptions& options = {});
}  // namespace keras

}  // namespace vivace
