#include "ops/signal/fixed_rfft.h"

#include <bit>
#include <cmath>
#include <numbers>

#include "base/text.h"
#include "base/try.h"
#include "ops/common/reference.h"
#include "ops/common/shape_rules.h"

namespace vivace {
namespace {

constexpr std::int64_t kLongest = 1 << 16;
constexpr std::int32_t kOne = 32767;

struct Complex16 {
  std::int16_t real = 0, imaginary = 0;
};

std::int16_t wrapped(std::int32_t x) { return static_cast<std::int16_t>(x); }
std::int16_t rounded(std::int32_t x) { return wrapped((x + (1 << 14)) >> 15); }

Complex16 operator+(Complex16 a, Complex16 b) {
  return {wrapped(a.real + b.real), wrapped(a.imaginary + b.imaginary)};
}
Complex16 operator-(Complex16 a, Complex16 b) {
  return {wrapped(a.real - b.real), wrapped(a.imaginary - b.imaginary)};
}
// Products may pass 31 bits by one where all are the least number; they wrap as the microcontroller's do.
std::int32_t sum(std::int32_t a, std::int32_t b) {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(a) + static_cast<std::uint32_t>(b));
}
Complex16 operator*(Complex16 a, Complex16 b) {
  return {rounded(sum(a.real * b.real, -(a.imaginary * b.imaginary))),
          rounded(sum(a.real * b.imaginary, a.imaginary * b.real))};
}
Complex16 divided(Complex16 a, std::int32_t by) {
  return {rounded(a.real * (kOne / by)), rounded(a.imaginary * (kOne / by))};
}
Complex16 turn(double phase) {
  return {wrapped(static_cast<std::int32_t>(std::floor(0.5 + kOne * std::cos(phase)))),
          wrapped(static_cast<std::int32_t>(std::floor(0.5 + kOne * std::sin(phase))))};
}

// The transform of complex numbers, a power of two of them.
class Transform {
 public:
  explicit Transform(std::size_t count) : turns_(count) {
    for (std::size_t i = 0; i < count; ++i)
      turns_[i] = turn(-2 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(count));
  }

  /// Of every stride-th number of x.
  void operator()(std::span<Complex16> y, const Complex16* x, std::size_t stride = 1) const {
    if (y.size() == 1) {
      y[0] = x[0];
      return;
    }
    const std::size_t radix = y.size() % 4 == 0 ? 4 : 2, each = y.size() / radix;
    for (std::size_t part = 0; part < radix; ++part)
      (*this)(y.subspan(part * each, each), x + part * stride, stride * radix);
    radix == 4 ? by_four(y, stride) : by_two(y, stride);
  }

 private:
  void by_two(std::span<Complex16> y, std::size_t stride) const {
    const std::size_t half = y.size() / 2;
    for (std::size_t k = 0; k < half; ++k) {
      const Complex16 a = divided(y[k], 2), b = divided(y[half + k], 2) * turns_[k * stride];
      y[half + k] = a - b;
      y[k] = a + b;
    }
  }

  void by_four(std::span<Complex16> y, std::size_t stride) const {
    const std::size_t m = y.size() / 4;
    for (std::size_t k = 0; k < m; ++k) {
      const Complex16 first = divided(y[k], 4), b = divided(y[m + k], 4) * turns_[k * stride],
                      c = divided(y[2 * m + k], 4) * turns_[2 * k * stride],
                      d = divided(y[3 * m + k], 4) * turns_[3 * k * stride];
      const Complex16 outer = first - c, inner = first + c, even = b + d, odd = b - d;
      y[2 * m + k] = inner - even;
      y[k] = inner + even;
      y[m + k] = {wrapped(outer.real + odd.imaginary), wrapped(outer.imaginary - odd.real)};
      y[3 * m + k] = {wrapped(outer.real - odd.imaginary), wrapped(outer.imaginary + odd.real)};
    }
  }

  std::vector<Complex16> turns_;
};

// Of real numbers: neighbours as one complex number, and their spectrum taken apart.
class RealTransform {
 public:
  explicit RealTransform(std::size_t length)
      : half_(length / 2), transform_(half_), packed_(half_), parts_(half_) {
    for (std::size_t i = 0; i < half_ / 2; ++i)
      turns_.push_back(
          turn(-std::numbers::pi * (static_cast<double>(i + 1) / static_cast<double>(half_) + 0.5)));
  }

  void operator()(const std::int16_t* x, std::size_t given, std::int16_t* y) {
    for (std::size_t i = 0; i < half_; ++i)
      packed_[i] = {2 * i < given ? x[2 * i] : std::int16_t{0},
                    2 * i + 1 < given ? x[2 * i + 1] : std::int16_t{0}};
    transform_(parts_, packed_.data());
    const Complex16 level = divided(parts_[0], 2);
    put(y, 0, {wrapped(level.real + level.imaginary), 0});
    put(y, half_, {wrapped(level.real - level.imaginary), 0});
    for (std::size_t k = 1; k <= half_ / 2; ++k) {
      const Complex16 mirrored{parts_[half_ - k].real, wrapped(-parts_[half_ - k].imaginary)};
      const Complex16 a = divided(parts_[k], 2), b = divided(mirrored, 2);
      const Complex16 even = a + b, odd = (a - b) * turns_[k - 1];
      put(y, k, {wrapped((even.real + odd.real) >> 1), wrapped((even.imaginary + odd.imaginary) >> 1)});
      put(y, half_ - k,
          {wrapped((even.real - odd.real) >> 1), wrapped((odd.imaginary - even.imaginary) >> 1)});
    }
  }

 private:
  static void put(std::int16_t* y, std::size_t k, Complex16 value) {
    y[2 * k] = value.real;
    y[2 * k + 1] = value.imaginary;
  }

  std::size_t half_;
  Transform transform_;
  std::vector<Complex16> packed_, parts_, turns_;
};

}  // namespace

Result<std::vector<Fact>> FixedRfft::infer(std::span<const Fact> inputs) const {
  VIVACE_CHECK_OK(require_inputs(kName, inputs, 1, 1));
  const Fact& x = inputs[0];
  VIVACE_CHECK_OK(require_dtype(kName, "x", x, DType::i16));
  VIVACE_CHECK_OK(require_rank(kName, "x", x, 1, kMaxRank));
  VIVACE_CHECK_OK(require_number(kName, "length", length, 4, kLongest));
  if (!std::has_single_bit(static_cast<std::uint64_t>(length)))
    return attribute_error(kName, text("{} is no power of two", length));
  if (x.dims.back().known() && x.dims.back().number() > length)
    return shape_error(kName, text("{} numbers for a transform of {}", x.dims.back().number(), length));
  Dims dims = x.dims;
  dims.back() = Dim(length + 2);
  return inferred(kName, {Fact::tensor(DType::i16, std::move(dims))});
}

Cost FixedRfft::cost(std::span<const Fact> inputs, std::span<const Fact> outputs) const {
  return cost_of(5 * elements_of(outputs[0]) * std::log2(static_cast<double>(length)), inputs, outputs);
}

Status FixedRfft::evaluate(std::span<const TensorView> inputs,
                           std::span<const MutableTensorView> outputs) const {
  const TensorView& x = inputs[0];
  const std::int64_t given = x.dims.back(), rows = outputs[0].count() / (length + 2);
  RealTransform transform(static_cast<std::size_t>(length));
  for (std::int64_t row = 0; row < rows; ++row)
    transform(x.as<std::int16_t>() + row * given, static_cast<std::size_t>(given),
              outputs[0].as<std::int16_t>() + row * (length + 2));
  return {};
}

}  // namespace vivace
