// The fast Fourier transform of several rows at once: shared by the reference (double, a row) and the
// processor's step (float, a row a lane). Any length: its prime factors one after the other, 4 and 2 by their
// own butterflies.
#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>
#include <span>
#include <utility>
#include <vector>

namespace vivace {

template <class T, std::size_t kLanes>
class Fft {
 public:
  struct Complex {
    T re[kLanes], im[kLanes];
  };

  explicit Fft(std::size_t length) : turns_(length) {
    for (std::size_t i = 0; i < length; ++i) {
      // Quarter turns come out exact.
      const double angle = -2 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(length);
      turns_[i] = {static_cast<T>(4 * i % length == 0 && 4 * i / length % 2 == 1 ? 0 : std::cos(angle)),
                   static_cast<T>(2 * i % length == 0 ? 0 : std::sin(angle))};
    }
    for (std::size_t left = length; left > 1; left /= factors_.back()) factors_.push_back(factor_of(left));
    for (const std::size_t factor : factors_)
      if (factor > widest_) widest_ = factor;
  }

  std::size_t length() const { return turns_.size(); }
  /// Places that `scratch` needs.
  std::size_t scratch() const { return widest_; }

  /// to[k] = sum over n of from[n] e^(-2 pi i n k / length).
  void run(std::span<const Complex> from, std::span<Complex> to, std::span<Complex> scratch) const {
    step(from.data(), 1, to.data(), length(), 0, scratch.data());
  }

  static std::size_t factor_of(std::size_t length) {
    if (length % 4 == 0) return 4;
    for (std::size_t factor = 2; factor * factor <= length; ++factor)
      if (length % factor == 0) return factor;
    return length;
  }

 private:
  struct Turn {
    T re, im;
  };

  static void turned(const Complex& x, const Turn& w, Complex& y) {
    for (std::size_t l = 0; l < kLanes; ++l) {
      const T re = x.re[l] * w.re - x.im[l] * w.im;
      y.im[l] = x.re[l] * w.im + x.im[l] * w.re;
      y.re[l] = re;
    }
  }

  // from[0], from[stride], ...: `size` places into to[0 .. size).
  void step(const Complex* from, std::size_t stride, Complex* to, std::size_t size, std::size_t level,
            Complex* scratch) const {
    if (size == 1) {
      *to = *from;
      return;
    }
    const std::size_t factor = factors_[level], part = size / factor;
    for (std::size_t r = 0; r < factor; ++r)
      step(from + r * stride, stride * factor, to + r * part, part, level + 1, scratch);
    for (std::size_t k = 0; k < part; ++k) {
      for (std::size_t r = 0; r < factor; ++r) turned(to[r * part + k], turns_[r * k * stride], scratch[r]);
      if (factor == 2)
        two(scratch, to + k, part);
      else if (factor == 4)
        four(scratch, to + k, part);
      else
        any(scratch, to + k, part, factor);
    }
  }

  static void two(const Complex* x, Complex* y, std::size_t part) {
    for (std::size_t l = 0; l < kLanes; ++l) {
      y[0].re[l] = x[0].re[l] + x[1].re[l];
      y[0].im[l] = x[0].im[l] + x[1].im[l];
      y[part].re[l] = x[0].re[l] - x[1].re[l];
      y[part].im[l] = x[0].im[l] - x[1].im[l];
    }
  }

  static void four(const Complex* x, Complex* y, std::size_t part) {
    for (std::size_t l = 0; l < kLanes; ++l) {
      const T sum_re = x[0].re[l] + x[2].re[l], sum_im = x[0].im[l] + x[2].im[l];
      const T odd_re = x[1].re[l] + x[3].re[l], odd_im = x[1].im[l] + x[3].im[l];
      const T gap_re = x[0].re[l] - x[2].re[l], gap_im = x[0].im[l] - x[2].im[l];
      const T side_re = x[1].re[l] - x[3].re[l], side_im = x[1].im[l] - x[3].im[l];
      y[0].re[l] = sum_re + odd_re;
      y[0].im[l] = sum_im + odd_im;
      y[part].re[l] = gap_re + side_im;
      y[part].im[l] = gap_im - side_re;
      y[2 * part].re[l] = sum_re - odd_re;
      y[2 * part].im[l] = sum_im - odd_im;
      y[3 * part].re[l] = gap_re - side_im;
      y[3 * part].im[l] = gap_im + side_re;
    }
  }

  void any(const Complex* x, Complex* y, std::size_t part, std::size_t factor) const {
    const std::size_t unit = length() / factor;
    for (std::size_t q = 0; q < factor; ++q) {
      Complex sum = x[0];
      for (std::size_t r = 1; r < factor; ++r) {
        Complex term;
        turned(x[r], turns_[r * q % factor * unit], term);
        for (std::size_t l = 0; l < kLanes; ++l) {
          sum.re[l] += term.re[l];
          sum.im[l] += term.im[l];
        }
      }
      y[q * part] = sum;
    }
  }

  std::vector<Turn> turns_;
  std::vector<std::size_t> factors_;
  std::size_t widest_ = 1;
};

}  // namespace vivace
