// How often a loop runs, where that can be told beforehand.
#pragma once

#include <optional>

#include "ops/control/while.h"

namespace vivace {

/// The turns of a loop whose condition is that a counter, which starts at a known number and grows by a known
/// one, is still less than a known number; the fewest where several such must hold. Nothing for other loops.
std::optional<std::int64_t> counted_turns(const While& op, std::span<const Fact> inputs);

}  // namespace vivace
