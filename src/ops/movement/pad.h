// Elements added around a tensor.
#pragma once

#include "ops/common/op_base.h"

namespace vivace {

/// before[i] and after[i] elements along axis i: `value`, or a mirror of the tensor (reflect leaves the edge
/// out, symmetric repeats it), or its edge.
struct Pad : OpBase<Pad> {
  enum class Mode : std::uint32_t { constant, reflect, symmetric, edge };
  static constexpr std::string_view kName = "pad";
  static constexpr std::string_view kModes[] = {"constant", "reflect", "symmetric", "edge"};
  Mode mode = Mode::constant;
  std::vector<std::int64_t> before, after;
  double value = 0;

  void attributes(AttributeVisitor& v) {
    visit_enum(v, "mode", mode, kModes);
    v("before", before);
    v("after", after);
    v("value", value);
  }
  VIVACE_OP_RULES;
};

}  // namespace vivace
