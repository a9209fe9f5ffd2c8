// A picture as a model's input: its size, its colours, and the numbers that its pixels become.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "vivace/io.h"
#include "vivace/preprocess.h"

namespace vivace::cli {

/// The picture in the input's size and type. Its pixels become what `how` makes of them, else what the
/// model's own file says, else they stay 0 to 255; real numbers become the integers of a quantised input.
/// Whatever was decided is said in `notes`. Errors: predict.*, usage.preprocess.
Result<Tensor> picture_for(const Port& port, const ReadTensor& picture,
                           const std::optional<Preprocessing>& how, const Shape& shape,
                           std::vector<std::string>& notes);

/// "(x - 127.5) / 127.5", or with a list where channels differ.
std::string normalisation_text(const TensorCard& card);
/// "0.0078125 * (number - 128)"
std::string quantisation_text(const TensorCard& card);

}  // namespace vivace::cli
