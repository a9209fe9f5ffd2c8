// Reductions of any type along any axes.
#pragma once

#include "plan/target.h"

namespace vivace::cpu {

/// One group after another in double (integers in 64 bits), as the reference does, without allocating.
Result<Step> emit_scalar_reduce(const NodeView& node);

}  // namespace vivace::cpu
