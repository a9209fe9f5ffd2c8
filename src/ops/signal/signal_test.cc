// Fourier transforms against their definition, frames and their sum, and what both refuse.
#include <doctest/doctest.h>

#include <cmath>
#include <numbers>

#include "ops/signal/dft.h"
#include "ops/signal/frames.h"
#include "support/op_errors.h"

using namespace vivace;
using namespace vivace::testing;

namespace {

struct Pair {
  std::vector<float> re, im;
};

Pair signal(std::size_t count) {
  Pair x;
  for (std::size_t i = 0; i < count; ++i) {
    x.re.push_back(static_cast<float>(i * 7 % 11) - 5);
    x.im.push_back(static_cast<float>(i * 5 % 13) - 6);
  }
  return x;
}

// One row of n places through the operator.
Pair transformed(const Dft& op, Pair x, bool imaginary) {
  const Shape in = {static_cast<std::int64_t>(x.re.size())}, out = {op.places_out()};
  Pair y{std::vector<float>(static_cast<std::size_t>(out[0])),
         std::vector<float>(static_cast<std::size_t>(out[0]))};
  std::vector<TensorView> inputs = {{x.re.data(), DType::f32, in}};
  if (imaginary) inputs.push_back({x.im.data(), DType::f32, in});
  std::vector<MutableTensorView> outputs = {{y.re.data(), DType::f32, out}};
  if (op.kind != Dft::Kind::inverse_real) outputs.push_back({y.im.data(), DType::f32, out});
  REQUIRE(op.evaluate(inputs, outputs).ok());
  return y;
}

Dft dft(Dft::Kind kind, std::int64_t length) {
  Dft op;
  op.kind = kind;
  op.length = length;
  return op;
}

Frames frames(std::int64_t length, std::int64_t stride, bool inverse = false) {
  Frames op;
  op.length = length;
  op.stride = stride;
  op.inverse = inverse;
  return op;
}

}  // namespace

TEST_CASE("dft: every length gives the sum that defines it") {
  for (const std::size_t length : {1, 2, 3, 4, 5, 6, 7, 8, 12, 13, 16, 30, 49, 64, 100}) {
    CAPTURE(length);
    const Pair x = signal(length);
    const Pair y = transformed(dft(Dft::Kind::complex, static_cast<std::int64_t>(length)), x, true);
    for (std::size_t k = 0; k < length; ++k) {
      double re = 0, im = 0;
      for (std::size_t n = 0; n < length; ++n) {
        const double angle =
            -2 * std::numbers::pi * static_cast<double>(n * k % length) / static_cast<double>(length);
        const double a = static_cast<double>(x.re[n]), b = static_cast<double>(x.im[n]);
        re += a * std::cos(angle) - b * std::sin(angle);
        im += a * std::sin(angle) + b * std::cos(angle);
      }
      CHECK(std::fabs(static_cast<double>(y.re[k]) - re) < 1e-4);
      CHECK(std::fabs(static_cast<double>(y.im[k]) - im) < 1e-4);
    }
  }
}

TEST_CASE("dft: a real signal there and back is the same") {
  for (const std::size_t length : {1, 2, 5, 8, 21}) {
    const Pair x = signal(length);
    const auto n = static_cast<std::int64_t>(length);
    const Pair y =
        transformed(dft(Dft::Kind::inverse_real, n), transformed(dft(Dft::Kind::real, n), x, false), true);
    for (std::size_t i = 0; i < length; ++i) CHECK(y.re[i] == doctest::Approx(x.re[i]).epsilon(1e-5));
  }
}

TEST_CASE("dft: a shorter row is filled with zeros, a longer one is cut") {
  const Pair longer = transformed(dft(Dft::Kind::real, 8), signal(5), false);
  Pair filled = signal(5);
  filled.re.resize(8);
  CHECK(longer.re == transformed(dft(Dft::Kind::real, 8), filled, false).re);
  Pair cut = signal(5);
  cut.re.resize(4);
  CHECK(transformed(dft(Dft::Kind::real, 4), signal(5), false).re ==
        transformed(dft(Dft::Kind::real, 4), cut, false).re);
}

TEST_CASE("dft: what it refuses") {
  const Fact x = f32({2, 8});
  check_errors({{dft(Dft::Kind::real, 0), {x}, "op.attribute"},
                {dft(Dft::Kind::real, Dft::kLongest + 1), {x}, "op.attribute"},
                {dft(Dft::Kind::real, 2 * 104729), {x}, "op.attribute"},
                {dft(Dft::Kind::real, 8), {x, x}, "op.inputs"},
                {dft(Dft::Kind::complex, 8), {x, f32({2, 7})}, "op.shape"},
                {dft(Dft::Kind::complex, 8), {Fact::tensor(DType::i32, {8})}, "op.dtype"}});
}

TEST_CASE("frames: parts that overlap, and their sum") {
  const float x[] = {1, 2, 3, 4, 5, 6, 7};
  float parts[9] = {}, sum[7] = {};
  const Shape time = {7}, deep = {3, 3};
  const TensorView whole{x, DType::f32, time};
  const MutableTensorView spread{parts, DType::f32, deep};
  REQUIRE(frames(3, 2).evaluate({&whole, 1}, {&spread, 1}).ok());
  CHECK(std::vector<float>(parts, parts + 9) == std::vector<float>{1, 2, 3, 3, 4, 5, 5, 6, 7});
  const TensorView given{parts, DType::f32, deep};
  const MutableTensorView added{sum, DType::f32, time};
  REQUIRE(frames(3, 2, true).evaluate({&given, 1}, {&added, 1}).ok());
  CHECK(std::vector<float>(sum, sum + 7) == std::vector<float>{1, 2, 6, 4, 10, 6, 7});
}

TEST_CASE("frames: sizes, known and unknown") {
  const auto frames_in = [](const Frames& op, Dims dims) {
    const Fact x = Fact::tensor(DType::f32, std::move(dims));
    return op.infer({&x, 1}).value()[0].dims;
  };
  CHECK(frames_in(frames(4, 3), {2, 10}) == Dims{2, 3, 4});
  CHECK(frames_in(frames(4, 3), {3}) == Dims{0, 4});
  CHECK(frames_in(frames(4, 1), {Dim::symbol(1)}) == Dims{Dim::affine(1, 1, -3), 4});
  CHECK(frames_in(frames(4, 3, true), {2, 3, 4}) == Dims{2, 10});
  check_errors({{frames(0, 1), {f32({5})}, "op.attribute"},
                {frames(2, 0), {f32({5})}, "op.attribute"},
                {frames(2, 1, true), {f32({5, 3})}, "op.shape"}});
}
