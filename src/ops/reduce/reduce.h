// Reductions over whole axes; global pooling is one of them.
#pragma once

#include "ops/common/op_base.h"

namespace vivace {

/// inputs: x; mask, optional (mean only): boolean [B,T], averages over the true steps of axis 1
/// (Keras's GlobalAveragePooling1D). Integers: sum, product, max, min keep their type; any, all are boolean.
struct Reduce : OpBase<Reduce> {
  enum class Kind : std::uint32_t {
    sum,
    mean,
    max,
    min,
    product,
    any,
    all,
    sum_squares,
    l2,
    log_sum_exp,
    variance,
    stddev
  };
  static constexpr std::string_view kName = "reduce";
  static constexpr std::string_view kKinds[] = {"sum",     "mean",        "max",      "min",
                                                "product", "any",         "all",      "sum_squares",
                                                "l2",      "log_sum_exp", "variance", "stddev"};
  Kind kind = Kind::mean;
  std::vector<std::int64_t> axes;  // ascending, not negative
  bool keep_dims = false;

  void attributes(AttributeVisitor& v) {
    visit_enum(v, "kind", kind, kKinds);
    v("axes", axes);
    v("keep_dims", keep_dims);
  }
  VIVACE_OP_RULES;
};

}  // namespace vivace
