// The INPUT... of predict and bench: files to tensors that fit the model's inputs.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "vivace/io.h"
#include "vivace/model.h"
#include "vivace/preprocess.h"

namespace vivace::cli {

struct InputOptions {
  std::vector<std::string> files;  // FILE or NAME=FILE; "-" is the standard input, "text:..." the text itself
  std::vector<std::string> shapes;  // NAME=1,224,224,3 or 1,224,224,3
  std::optional<Preprocessing> preprocess;
  bool calls = false;  // the first axis of every file counts calls of the model
};

/// One tensor for each input of the model, in order; what was assumed is said in `notes`. With `calls` each
/// has one axis more in front.
/// Errors: usage.calls, usage.input (a name the model lacks, a missing or superfluous file), file.*,
/// predict.*.
Result<std::vector<Tensor>> read_inputs(const Model& model, const InputOptions& options,
                                        std::vector<std::string>& notes);

/// Opens the model again, with inputs of these tensors' sizes, where they are not its own and it can have
/// them. Errors: those of Model::open().
Status resize(Model& model, const std::filesystem::path& path, const Options& options,
              std::span<const Tensor> inputs, bool calls = false);

/// Tensors of a deterministic noise in [-1, 1] (small whole numbers for integer inputs), with unknown sizes 1
/// or as --shape says and the batch as given: for bench and explain.
Result<std::vector<Tensor>> noise_inputs(const Model& model, const std::vector<std::string>& shapes,
                                         std::int64_t batch);

}  // namespace vivace::cli
