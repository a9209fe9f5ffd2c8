// Moving the numbers of a weight.
#pragma once

#include <span>
#include <vector>

#include "graph/graph.h"

namespace vivace::keras {

/// Axis i of the result is axis order[i] of `x`. Requires float32.
ConstantPtr transposed(const Constant& x, const std::vector<std::int64_t>& order);
/// Turns round the axes before `axes`. Requires float32.
ConstantPtr flipped(const Constant& x, std::size_t axes);
/// Side by side along the last axis; nullptr where the other axes differ. Requires float32 and a part.
ConstantPtr concatenated(std::span<const ConstantPtr> parts);

}  // namespace vivace::keras
