// Spectrum of 16-bit numbers in 16-bit arithmetic.
#pragma once

#include "ops/common/op_base.h"

namespace vivace {

/// inputs: x int16 [..., n], n <= length; zeros follow. outputs: int16 [..., length + 2], real and imaginary
/// parts in turn, of frequencies 0 to length / 2, divided by length.
///
/// KISS FFT's arithmetic in 16 bits, as TensorFlow Lite for Microcontrollers computes it: factors of four,
/// then of two; every stage divides before it adds, and rounds each product. length is a power of two from 4
/// on.
struct FixedRfft : OpBase<FixedRfft> {
  static constexpr std::string_view kName = "fixed_rfft";
  std::int64_t length = 512;

  void attributes(AttributeVisitor& v) { v("length", length); }
  VIVACE_OP_RULES;
};

}  // namespace vivace
