// "abc,cde->abde" taken apart: which axis of which tensor carries which label.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "vivace/result.h"

namespace vivace {

/// A label for each axis. Letters are their character codes; the axes that "..." stands for are numbered
/// kEllipsis + 1, + 2, ... from the last one backwards, so that they line up as broadcasting wants.
struct EinsumEquation {
  static constexpr std::int32_t kEllipsis = 256;
  std::vector<std::vector<std::int32_t>> inputs;
  std::vector<std::int32_t> output;
};

/// Parses an equation for tensors of these numbers of axes. Without "->" the output is NumPy's: the ellipsis,
/// then the letters that occur once, in alphabetical order. Errors: op.attribute, op.inputs, op.rank.
Result<EinsumEquation> parse_einsum(std::string_view equation, std::span<const std::size_t> ranks);

}  // namespace vivace
