// Scales and zero points of a tensor, one for all of it or one for each place of an axis.
#pragma once

#include <span>
#include <string_view>

#include "graph/op.h"
#include "ops/common/quantised/requantisation.h"

namespace vivace {

/// An operator's attributes; with one scale the axis does not count.
struct Scales {
  std::span<const double> scales;
  std::span<const std::int64_t> zeros;
  std::int64_t axis;
};

/// As many zeros as scales, one or the axis's size; scales finite and above 0; zeros within the type of x.
/// op.attribute
Status require_scales(std::string_view op, const Scales& scales, const Fact& x);
/// A single scale, likewise. op.attribute
Status require_scale(std::string_view op, std::string_view attribute, double scale);

/// Which scale element i has.
class ScaleIndex {
 public:
  ScaleIndex(const Scales& scales, std::span<const std::int64_t> dims);
  std::size_t operator()(std::int64_t i) const { return static_cast<std::size_t>(i / step_ % count_); }

 private:
  std::int64_t step_ = 1, count_ = 1;
};

/// round(x / scale) + zero, saturated to the type; NaN gives its lowest number.
std::int64_t quantize_one(float x, float scale, std::int64_t zero, DType dtype);
/// The same of x times 1 / scale, ties to even.
std::int64_t quantize_one_even(float x, float scale, std::int64_t zero, DType dtype);

}  // namespace vivace
