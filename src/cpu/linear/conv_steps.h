// The step of a convolution by Winograd's algorithm.
#pragma once

#include "cpu/emitter.h"

namespace vivace::cpu {

inline constexpr std::string_view kWinograd = "winograd";

/// Whether the sizes of a float32 convolution with fixed weights are such that Winograd's way is faster.
bool pays_winograd(const NodeView& node);

/// Requires weights packed as "winograd43".
Step emit_winograd(const NodeView& node, const Processor& processor);

}  // namespace vivace::cpu
