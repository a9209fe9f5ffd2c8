// One number of a tensor, whatever its type.
#pragma once

#include <string>

#include "vivace/tensor.h"

namespace vivace::cli {

/// As a double; 64-bit integers beyond 2^53 are rounded.
double value_at(const Tensor& tensor, std::int64_t i);
/// As people read it: nine significant digits for a float32, integers whole, true and false.
std::string number_text(const Tensor& tensor, std::int64_t i);

}  // namespace vivace::cli
