// The step of a matrix product both of whose sides are computed.
#pragma once

#include "cpu/emitter.h"

namespace vivace::cpu {

Step emit_dynamic_mat_mul(const NodeView& node, const Processor& processor);

}  // namespace vivace::cpu
