// Finding out what kind of file a model is, and importing it.
#pragma once

#include <filesystem>
#include <vector>

#include "import/imported.h"
#include "vivace/model.h"

namespace vivace {

/// Every file that a model at `path` consists of: what a cached form must be compared with.
std::vector<std::filesystem::path> files_of_model(const std::filesystem::path& path, const Options& options);

/// Imports by content. Errors: file.*, import.kind (another kind of file, named), and the importers' own.
Result<Imported> import_model(const std::filesystem::path& path, const Options& options);

}  // namespace vivace
