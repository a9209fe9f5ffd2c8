// The step of an operator that has no kernel for its operands: its scalar reference.
#pragma once

#include "plan/target.h"

namespace vivace::cpu {

/// Slow, and it allocates; `vivace explain` and `vivace inspect` name every such step.
Result<Step> emit_reference(const NodeView& node);

/// What a running step tells of an operator's error, whose words it leaves for the session.
Fault fault_of(const Frame& frame, const Error& error);

}  // namespace vivace::cpu
