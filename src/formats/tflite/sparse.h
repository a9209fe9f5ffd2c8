// The elements of sparse tensors.
#pragma once

#include "formats/tflite/tflite.h"

namespace vivace::tflite {

/// All elements of a constant with `sparsity`, row by row, zeros included. Errors: tflite.sparsity.
Result<std::vector<std::byte>> expanded(const TensorRecord& tensor);

}  // namespace vivace::tflite
