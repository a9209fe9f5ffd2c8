// Softmax of quantised numbers.
#pragma once

#include <algorithm>
#include <array>

#include "ops/common/op_base.h"

namespace vivace {

/// y = softmax of beta input_scale x along the last axis. inputs: x, int8, uint8 or int16.
///
/// y has the fixed scale 1 / 256 and the type's lowest number as zero point; for int16 1 / 32768 and 0.
/// Computed in fixed point as TensorFlow Lite's reference kernels do: 8-bit numbers by exponentials of 5
/// integer bits, sums of 12, and a reciprocal; 16-bit ones by interpolated tables of exp and 1 / (1 + x).
/// int8 may give int16
/// (`result`), to scale 1 / 65536 with zero point -32768. `logarithm`, of 8 bits, gives log(softmax) to
/// scale 1 / 16 with the type's highest number as zero point.
struct QSoftmax : OpBase<QSoftmax> {
  static constexpr std::string_view kName = "q_softmax";
  double input_scale = 1, beta = 1;
  DType result = DType::i8;
  bool logarithm = false;

  void attributes(AttributeVisitor& v) {
    v("input_scale", input_scale);
    v("beta", beta);
    v("result", result);
    v("logarithm", logarithm);
  }
  VIVACE_OP_RULES;
};

/// Softmax of rows of 8-bit numbers that have the scale `scale`, by a table of the exponentials.
class ByteSoftmax {
 public:
  ByteSoftmax(double scale, DType result);

  /// y = softmax of x, n numbers each, n > 0; x's greatest is at most 255 above the least. May be in place.
  template <class X, class Y>
  void operator()(const X* x, std::size_t n, Y* y) const {
    const std::int32_t greatest = *std::max_element(x, x + n);
    std::int32_t sum = 0;
    for (std::size_t i = 0; i < n; ++i) sum += terms_[static_cast<std::size_t>(greatest - x[i])];
    const Divisor divisor = divisor_of(sum);
    for (std::size_t i = 0; i < n; ++i) y[i] = static_cast<Y>(divided(greatest - x[i], divisor));
  }

 private:
  struct Divisor {
    std::int32_t reciprocal;
    int shift;
  };
  Divisor divisor_of(std::int32_t sum) const;
  std::int32_t divided(std::int32_t below, const Divisor& divisor) const;

  // Of numbers that are so much below the greatest: with no integer bits, and as the sum takes them. Zero
  // terms from `count_` on, where results are the least.
  std::array<std::int32_t, 256> exponentials_{}, terms_{};
  std::int32_t count_ = 256;
  std::int32_t low_, high_;
  int bits_;
};

}  // namespace vivace
