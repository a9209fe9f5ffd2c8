// TensorFlow Lite models: a .tflite file's subgraph, or a signature of it, as a graph.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "formats/tflite/tflite.h"
#include "import/imported.h"

namespace vivace {

inline constexpr std::string_view kTfliteFormat = "TensorFlow Lite model";

struct TfliteOptions {
  /// The signature that is wanted: inputs and outputs have its names then. Left out: the file's first
  /// subgraph, with the names of its tensors.
  std::string signature;
  /// Products of float activations with 8-bit weights in float, not with activations quantised in the run.
  bool dynamic_range_float = false;
  /// Rounds as XNNPACK where that takes an operator, not as the reference kernels.
  bool xnnpack_rounding = false;
  /// Sizes of inputs, by name, in place of those that the file has.
  std::vector<std::pair<std::string, Shape>> input_sizes;
};

/// Imports a model by content. Errors: import.*, tflite.*, file.*.
Result<Imported> open_tflite(const std::filesystem::path& path, const TfliteOptions& options = {});

/// Everything in a model that open_tflite would refuse, at once; empty where it can be imported.
Result<std::vector<Unsupported>> survey_tflite(const std::filesystem::path& path,
                                               const TfliteOptions& options = {});

namespace tflite {
/// The importer behind the file. `model` stays as long as constants of the graph view its bytes.
Result<Imported> import_records(const std::shared_ptr<const Model>& model, const TfliteOptions& options = {});
/// How many of TensorFlow Lite's builtin operators have a rule.
std::size_t mapped_builtins();
}  // namespace tflite

}  // namespace vivace
