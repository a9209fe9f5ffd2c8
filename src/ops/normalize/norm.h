// Normalisation by statistics of the input itself.
#pragma once

#include "ops/common/op_base.h"

namespace vivace {

/// layer:  (x - mean) / sqrt(variance + epsilon) over `axes`
/// rms:    x / sqrt(mean(x^2) + epsilon) over `axes`
/// group:  layer, over all axes but the batch, within each of `groups` equal parts of the last axis
/// unit:   x / sqrt(max(sum(x^2), epsilon)) over `axes`: l2_normalize, UnitNormalization (epsilon 1e-12)
/// then * scale + shift. inputs: x; scale and shift, optional, of x's sizes along `axes` (group: the last
/// axis).
struct Norm : OpBase<Norm> {
  enum class Kind : std::uint32_t { layer, rms, group, unit };
  static constexpr std::string_view kName = "norm";
  static constexpr std::string_view kKinds[] = {"layer", "rms", "group", "unit"};
  Kind kind = Kind::layer;
  std::vector<std::int64_t> axes;  // ascending
  std::int64_t groups = 1;
  double epsilon = 1e-3;

  void attributes(AttributeVisitor& v) {
    visit_enum(v, "kind", kind, kKinds);
    v("axes", axes);
    v("groups", groups);
    v("epsilon", epsilon);
  }
  VIVACE_OP_RULES;
};

}  // namespace vivace
