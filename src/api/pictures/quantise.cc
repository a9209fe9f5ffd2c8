// Real numbers to a model's integers and back.
#include <algorithm>
#include <cmath>

#include "ops/common/reference.h"
#include "vivace/io.h"

namespace vivace {
namespace {

// The least and the largest number of an integer type.
std::pair<double, double> range_of(DType dtype) {
  const auto bits = static_cast<int>(8 * size_of(dtype));
  const bool is_signed =
      dtype == DType::i8 || dtype == DType::i16 || dtype == DType::i32 || dtype == DType::i64;
  return is_signed ? std::pair(-std::ldexp(1.0, bits - 1), std::ldexp(1.0, bits - 1) - 1)
                   : std::pair(0.0, std::ldexp(1.0, bits) - 1);
}

}  // namespace

bool is_quantised(const Port& port) {
  return port.card.scale > 0 && !is_float(port.dtype) && port.dtype != DType::string &&
         port.dtype != DType::boolean;
}

Tensor quantised(const TensorView& reals, const Port& port) {
  Tensor numbers(port.dtype, Shape(reals.dims.begin(), reals.dims.end()));
  const auto scale = static_cast<float>(port.card.scale);
  const auto zero = static_cast<double>(port.card.zero_point);
  const auto [least, most] = range_of(port.dtype);
  for (std::int64_t i = 0; i < numbers.count(); ++i) {
    const float steps = std::round(reals.as<float>()[i] / scale);
    const double number = std::isnan(steps) ? zero : static_cast<double>(steps) + zero;
    store(numbers.view(), i, std::clamp(number, least, most));
  }
  return numbers;
}

Tensor dequantised(const TensorView& numbers, const Port& port) {
  Tensor reals(DType::f32, Shape(numbers.dims.begin(), numbers.dims.end()));
  for (std::int64_t i = 0; i < reals.count(); ++i)
    reals.as<float>()[i] =
        static_cast<float>(port.card.scale * (load(numbers, i) - static_cast<double>(port.card.zero_point)));
  return reals;
}

}  // namespace vivace
