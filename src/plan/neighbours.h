// What a step hands on to the next without a tensor in between (docs/design/0014-strips-and-parts.md).
#pragma once

#include "plan/draft.h"

namespace vivace {

/// Makes a concatenation of channels needless whose parts can be written where they belong. Requires choices.
void place_parts(Draft& draft, std::size_t step);

/// Joins steps whose outputs are too large to stay near the core until the next step has them, so that as few
/// bytes as can be go through memory; what is between them needs no place then. Requires choices and parts.
void join_chains(Draft& draft, const Target& target);

}  // namespace vivace
