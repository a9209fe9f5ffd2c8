// A tensor's numbers as constants of the graph: in place where the engine can read them so.
#pragma once

#include "formats/tflite/tflite.h"
#include "graph/graph.h"

namespace vivace::tflite {

/// The type of the graph's values for elements of a type in the file; nothing where the engine has none.
std::optional<DType> dtype_of(Type type);

/// The elements as the file has them, sparse ones expanded and those of four bits a byte each. Requires a
/// constant. Errors: tflite.sparsity, import.unsupported.
Result<ConstantPtr> stored(const TensorRecord& tensor, const std::shared_ptr<const Model>& model);

/// The real numbers that `constant` stands for: halves widened, quantised ones dequantised. nullptr where
/// they are none. Computed when they are wanted.
ConstantPtr as_floats(const ConstantPtr& constant, const Quantisation& quantisation);

/// Those of rows of integers with a scale for each `block` of a row, as the rows and their blocks follow.
/// nullptr where there are not as many.
ConstantPtr blocks_as_floats(const ConstantPtr& constant, const ConstantPtr& scales, std::int64_t block);

/// Axis i of the result is axis order[i] of `constant`.
ConstantPtr permuted(const ConstantPtr& constant, const Shape& order);

}  // namespace vivace::tflite
