// Reductions over whole axes; global pooling is one of them.
#pragma once

#include "ops/common/op_base.h"

namespace vivace {

/// inputs: x; mask, optional (mean over axis 1 only): boolean [B,T], averages over the true steps of axis 1
/// (Keras's GlobalAveragePooling1D; what is masked counts as 0, whatever it holds). Integers know sum,
/// product, max and min, and keep their type; any and all take and give booleans. max and min keep NaN; over
/// nothing they are the type's lowest and highest (-inf, inf), the mean and variance NaN. variance is the
/// population's.
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
