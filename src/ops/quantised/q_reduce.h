// Sum, mean and product of quantised numbers over whole axes.
#pragma once

#include "ops/common/op_base.h"
#include "ops/common/quantised/requantisation.h"

namespace vivace {

/// y = end(sum (x - input_zero)), for a mean with the factor divided by the count of what is summed: in fixed
/// point, as TensorFlow Lite's reference kernels divide, the quotient truncated. Maximum and minimum are
/// Reduce's.
///
/// With float_even, as XNNPACK computes: the whole sum of x times `even_factor`, plus `even_zero`, in
/// float32, to the nearest integer, ties to even.
///
/// A product of the numbers x - input_zero is multiplied by the factor after each but the first, and once
/// more at the end, each time rounded by fixed16 to 32 bits that wrap around (reference/reduce.h): the factor
/// is x's scale / the n-th root of y's, n the count.
///
/// inputs: x, int8, uint8 or int16. Otherwise the multiplier is x's scale / y's, in double; fixed31. Over
/// nothing y is 0, the stored number.
struct QReduce : OpBase<QReduce> {
  enum class Kind : std::uint32_t { sum, mean, product };
  static constexpr std::string_view kName = "q_reduce";
  static constexpr std::string_view kKinds[] = {"sum", "mean", "product"};
  Kind kind = Kind::mean;
  std::vector<std::int64_t> axes;  // ascending, not negative
  bool keep_dims = false;
  std::int64_t input_zero = 0;
  Requantisation end;

  void attributes(AttributeVisitor& v) {
    visit_enum(v, "kind", kind, kKinds);
    v("axes", axes);
    v("keep_dims", keep_dims);
    v("input_zero", input_zero);
    end.attributes(v);
  }
  VIVACE_OP_RULES;

  /// The factor of a sum of `count` numbers, a mean's divided by it. Requires count > 0.
  QuantisedMultiplier factor(std::int64_t count) const;
  /// What ends the sum of `count` stored numbers, input_zero not taken off. Requires count > 0.
  struct End {
    QuantisedMultiplier fixed;
    bool even;
    float even_factor, even_zero;
  };
  End end_of(std::int64_t count) const;
  std::int64_t ended(const End& by, std::int64_t count, std::int64_t sum) const;
};

}  // namespace vivace
