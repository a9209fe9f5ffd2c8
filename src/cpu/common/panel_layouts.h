// What emitters need to know of the layouts made of panels of 16 columns.
#pragma once

#include "plan/target.h"

namespace vivace::cpu {

/// Zeros that follow a convolution's panels in the layout "conv16": what its kernel reads as padding.
std::size_t conv_zeros(const NodeView& node, std::size_t input);

}  // namespace vivace::cpu
