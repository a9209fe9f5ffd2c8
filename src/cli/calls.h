// Several calls of a model, one after another: tensors whose first axis counts the calls.
#pragma once

#include <vector>

#include "vivace/model.h"

namespace vivace::cli {

/// Call `call`'s part of a tensor [calls, ...].
Tensor part_of(const Tensor& whole, std::int64_t call);
/// Tensors of one type and shape under a new first axis.
Tensor stacked(const std::vector<Tensor>& parts);

/// Runs the model once for each place of the inputs' first axis, in order, its state carried on; the outputs
/// are stacked likewise. With `records` in the debug mode. Requires one size of that axis in all inputs.
Result<std::vector<Tensor>> predict_calls(const Model& model, const std::vector<Tensor>& inputs,
                                          std::vector<DebugRecord>* records);

}  // namespace vivace::cli
