// One tensor's record, checked.
#pragma once

#include "formats/tflite/options.h"

namespace vivace::tflite {

/// Errors name neither file nor tensor: the caller knows them.
Result<TensorRecord> read_tensor(const schema::Tensor& record, std::span<const Bytes> buffers,
                                 const Model& model);

}  // namespace vivace::tflite
