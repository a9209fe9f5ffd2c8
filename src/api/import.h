// Finding out what kind of file a model is, and importing it.
#pragma once

#include <filesystem>
#include <vector>

#include "import/imported.h"
#include "vivace/model.h"

namespace vivace {

/// Every file that a model at `path` consists of: what a cached form must be compared with.
std::vector<std::filesystem::path> files_of_model(const std::filesystem::path& path, const Options& options);

/// Whether the content is of a kind that is imported. Errors: file.*, import.kind (names the kind it is).
Status check_kind(const std::filesystem::path& path);

/// "Keras model", of a file whose kind has been checked.
std::string_view format_of(const std::filesystem::path& path);

/// Imports by content. Errors: file.*, import.*, and the readers' own.
Result<Imported> import_model(const std::filesystem::path& path, const Options& options);

/// All that import_model() would refuse, at once.
Result<std::vector<Unsupported>> survey_model(const std::filesystem::path& path, const Options& options);

}  // namespace vivace
