// What a step hands on to the next without a tensor in between (docs/design/0014-strips-and-parts.md).
#pragma once

#include "plan/draft.h"

namespace vivace {

/// Makes a concatenation of channels needless whose parts can be written where they belong. Requires choices.
void place_parts(Draft& draft, std::size_t step);

/// Joins the steps from `first` on whose outputs are too large to stay near the core until the next step has
/// them; what is between them needs no place then. Requires choices and parts.
void join_chain(Draft& draft, const Target& target, std::size_t first);

}  // namespace vivace
