// What the user's own TensorFlow computes on the same inputs.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "vivace/model.h"
#include "vivace/result.h"

namespace vivace::cli {

struct FrameworkAnswer {
  std::string version;  // "keras 3.15.1, tensorflow 2.21.0"
  std::vector<Tensor> outputs;
};

/// Starts $PYTHON (else python3), which loads the model with Keras, an old file with tf_keras, and predicts.
/// Code that a model carries is not run there either. Errors: check.python, check.tensorflow (it is not
/// installed), check.refused (it cannot load or run the model), check.timeout, file.*, npy.*.
Result<FrameworkAnswer> ask_tensorflow(const std::filesystem::path& model, const Options& options,
                                       std::span<const Port> ports, const std::vector<Tensor>& inputs,
                                       double patience_s);

}  // namespace vivace::cli
