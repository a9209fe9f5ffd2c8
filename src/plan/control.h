// Steps that run other plans: those of `if` and `while` (docs/design/0017-control-flow.md).
#pragma once

#include <vector>

#include "plan/draft.h"
#include "plan/plan.h"

namespace vivace {

/// The sizes of what the bodies of a node take, from those of its inputs.
std::vector<Shape> body_shapes(const Op& op, std::span<const Operand> inputs);

/// Memory that such a step wants for itself while it runs: its bodies' arenas and workspaces, and a place for
/// what a turn makes while the last turn's is read. Requires the bodies' plans.
std::size_t control_bytes(const PlannedStep& planned);

/// The step. Requires every operand's address, and that of its memory. It runs on one thread.
Step emit_control(const Op& op, const PlannedStep& planned);

}  // namespace vivace
