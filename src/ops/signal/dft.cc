#include "ops/signal/dft.h"

#include <cmath>

#include "base/text.h"
#include "base/try.h"
#include "ops/common/dft_rows.h"
#include "ops/common/reference.h"
#include "ops/common/shape_rules.h"

namespace vivace {

std::int64_t Dft::largest_factor(std::int64_t length) {
  std::int64_t largest = 1;
  for (std::int64_t factor = 2; factor * factor <= length; ++factor)
    for (; length % factor == 0; length /= factor) largest = factor;
  return std::max(largest, length);
}

Result<std::vector<Fact>> Dft::infer(std::span<const Fact> inputs) const {
  VIVACE_CHECK_OK(require_inputs(kName, inputs, 1, kind == Kind::real ? 1 : 2));
  const Fact& x = inputs[0];
  VIVACE_CHECK_OK(require_rank(kName, "the input", x, 1, kMaxRank));
  VIVACE_CHECK_OK(require_dtype(kName, "the input", x, DType::f32));
  if (given(inputs, 1)) {
    VIVACE_CHECK_OK(require_dtype(kName, "the imaginary part", inputs[1], DType::f32));
    VIVACE_CHECK_OK(require_dims(kName, "the imaginary part", inputs[1], x.dims));
  }
  VIVACE_CHECK_OK(require_number(kName, "length", length, 1, kLongest));
  if (largest_factor(length) > kLargestFactor)
    return attribute_error(kName,
                           text("the length {} has the prime factor {}", length, largest_factor(length)))
        .why(text("factors up to {} are transformed", kLargestFactor))
        .fix("take a power of two");
  Dims dims = x.dims;
  dims.back() = Dim(places_out());
  std::vector<Fact> outputs(kind == Kind::inverse_real ? 1 : 2, Fact::tensor(DType::f32, dims));
  return inferred(kName, std::move(outputs));
}

Cost Dft::cost(std::span<const Fact> inputs, std::span<const Fact> outputs) const {
  const double places = static_cast<double>(length),
               rows = elements_of(outputs[0]) / static_cast<double>(places_out());
  return cost_of(5 * rows * places * std::log2(places + 1), inputs, outputs);
}

Status Dft::evaluate(std::span<const TensorView> inputs, std::span<const MutableTensorView> outputs) const {
  using Transform = Fft<double, 1>;
  const TensorView& x = inputs[0];
  const std::int64_t n = x.dims.back(), m = places_out();
  const Transform fft(static_cast<std::size_t>(length));
  std::vector<Transform::Complex> room(DftRoom<double, 1>::places(fft));
  const std::int64_t rows = outputs[0].count() / m;
  for (std::int64_t row = 0; row < rows; ++row)
    dft_rows<double, 1>(
        *this, fft, {fft, room.data()}, 1, n,
        [&](std::size_t, std::size_t i) {
          const std::int64_t at = row * n + static_cast<std::int64_t>(i);
          return std::pair(load(x, at), given(inputs, 1) ? load(inputs[1], at) : 0.0);
        },
        [&](std::size_t, std::size_t i, double re, double im) {
          store(outputs[0], row * m + static_cast<std::int64_t>(i), re);
          if (outputs.size() > 1) store(outputs[1], row * m + static_cast<std::int64_t>(i), im);
        });
  return {};
}

}  // namespace vivace
