#include "base/float16.h"

#include <doctest/doctest.h>

#include <cmath>

using namespace vivace;

TEST_CASE("every float16 survives the way to float and back") {
  for (std::uint32_t bits = 0; bits <= 0xffff; ++bits) {
    const auto half = static_cast<std::uint16_t>(bits);
    const float value = f16_to_float(half);
    if (std::isnan(value))
      CHECK(std::isnan(f16_to_float(float_to_f16(value))));
    else
      CHECK(float_to_f16(value) == half);
  }
}

TEST_CASE("16-bit floats round to nearest even, overflow to infinity, keep NaN") {
  CHECK(float_to_f16(65519.0f) == 0x7bff);
  CHECK(float_to_f16(65520.0f) == 0x7c00);
  CHECK(float_to_f16(1.0f + 0x1p-11f) == 0x3c00);
  CHECK(float_to_f16(1.0f + 3 * 0x1p-11f) == 0x3c02);
  CHECK(float_to_f16(0x1p-25f) == 0);
  CHECK(float_to_bf16(1.0f + 0x1p-8f) == 0x3f80);
  CHECK(std::isnan(bf16_to_float(float_to_bf16(std::nanf("")))));
}
