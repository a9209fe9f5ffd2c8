// The discrete Fourier transform of the last axis.
#pragma once

#include "ops/common/op_base.h"

namespace vivace {

/// inputs: real part x [..., n]; imaginary part, optional, of the same sizes. The last axis is cut, or filled
/// with zeros, to what `length` needs.
/// complex: two outputs [..., length], y[k] = sum of x[n] e^(-2 pi i n k / length).
/// real: of a real x (one input), places 0 to length/2 of the same: two outputs.
/// inverse_real: x holds places 0 to length/2 of a spectrum of real numbers, which are the one output
/// [..., length], divided by length as tf.signal.irfft does.
struct Dft : OpBase<Dft> {
  enum class Kind : std::uint32_t { complex, real, inverse_real };
  static constexpr std::string_view kName = "dft";
  static constexpr std::string_view kKinds[] = {"complex", "real", "inverse_real"};
  static constexpr std::int64_t kLongest = 1 << 20;
  /// A factor p of the length costs p steps for each place.
  static constexpr std::int64_t kLargestFactor = 1 << 11;
  Kind kind = Kind::complex;
  std::int64_t length = 1;

  void attributes(AttributeVisitor& v) {
    visit_enum(v, "kind", kind, kKinds);
    v("length", length);
  }
  VIVACE_OP_RULES;

  std::int64_t half() const { return length / 2 + 1; }
  /// Places of the last axis that are read, and written.
  std::int64_t places_in() const { return kind == Kind::inverse_real ? half() : length; }
  std::int64_t places_out() const { return kind == Kind::real ? half() : length; }
  static std::int64_t largest_factor(std::int64_t length);
};

}  // namespace vivace
