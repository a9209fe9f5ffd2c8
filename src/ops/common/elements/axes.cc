#include "ops/common/elements/axes.h"

#include <algorithm>

#include "base/text.h"
#include "base/try.h"
#include "ops/common/reference.h"
#include "ops/common/shape_rules.h"

namespace vivace {
namespace {

std::vector<std::int64_t> offsets_of(std::span<const std::int64_t> dims, const Shape& strides) {
  std::vector<std::int64_t> offsets(static_cast<std::size_t>(count_of(dims)));
  Walk walk(dims, {strides});
  for (std::int64_t& offset : offsets) {
    offset = walk[0];
    walk.next();
  }
  return offsets;
}

}  // namespace

Status require_axes(std::string_view op, std::span<const std::int64_t> axes, std::size_t rank) {
  std::vector<bool> seen(rank);
  for (const std::int64_t axis : axes) {
    const auto i = static_cast<std::size_t>(axis);
    if (i >= rank || seen[i])
      return attribute_error(op, text("axes holds {}, must name each of {} axes at most once", axis, rank));
    seen[i] = true;
  }
  return {};
}

Status require_ascending_axes(std::string_view op, std::span<const std::int64_t> axes, std::size_t rank) {
  VIVACE_CHECK_OK(require_axes(op, axes, rank));
  if (!std::is_sorted(axes.begin(), axes.end()))
    return attribute_error(op, "axes are not in ascending order");
  return {};
}

Places places_along(std::span<const std::int64_t> dims, std::span<const std::int64_t> axes) {
  const Shape strides = strides_of(dims);
  Shape outer, outer_strides, inner, inner_strides;
  for (std::size_t i = 0; i < dims.size(); ++i) {
    const bool along = std::find(axes.begin(), axes.end(), static_cast<std::int64_t>(i)) != axes.end();
    (along ? inner : outer).push_back(dims[i]);
    (along ? inner_strides : outer_strides).push_back(strides[i]);
  }
  return {offsets_of(outer, outer_strides), offsets_of(inner, inner_strides)};
}

}  // namespace vivace
