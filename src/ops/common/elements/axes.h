// What operators along some of a tensor's axes share: checks of the axes, and where the elements lie.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "vivace/result.h"
#include "vivace/tensor.h"

namespace vivace {

/// Every axis is one of `rank` and named once, in any order. op.attribute
Status require_axes(std::string_view op, std::span<const std::int64_t> axes, std::size_t rank);
/// The same, in ascending order.
Status require_ascending_axes(std::string_view op, std::span<const std::int64_t> axes, std::size_t rank);

/// A tensor's elements as groups: element j of group i is x[outer[i] + inner[j]], both in row-major order.
/// The groups run along the axes given.
struct Places {
  std::vector<std::int64_t> outer, inner;
};
Places places_along(std::span<const std::int64_t> dims, std::span<const std::int64_t> axes);

}  // namespace vivace
