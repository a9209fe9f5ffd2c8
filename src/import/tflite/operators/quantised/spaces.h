// What the integers of quantised activations stand for, and how sums become those of the output: scales
// turned into factors in the precision that TensorFlow Lite's reference kernels use (docs/design/0015).
#pragma once

#include <optional>
#include <vector>

#include "import/tflite/operators/families.h"

namespace vivace::tflite {

/// scale (number - zero), in one tensor.
struct Space {
  float scale = 1;
  std::int64_t zero = 0;
  DType dtype = DType::i8;
  friend bool operator==(const Space&, const Space&) = default;
};

/// Of an input or output; import.config where it has no scale or several.
Space space_of(Call& call, std::size_t input = 0);
Space output_space(Call& call, std::size_t output = 0);

/// The end of an operator's sums: bounds of real numbers become integers of the output, as TensorFlow Lite
/// rounds them.
Requantisation end_between(const Space& y, std::vector<double> multipliers, std::optional<float> low,
                           std::optional<float> high);
/// The same with the bounds of a fused activation; import.unsupported for one that is no clamp.
Requantisation end_of(Call& call, const Space& y, std::vector<double> multipliers, int fused = 0,
                      Rounding rounding = Rounding::fixed31);

/// Whether XNNPACK's rounding is wanted of these numbers: it takes bytes alone.
bool rounds_as_xnnpack(Call& call, const Space& x);
/// Whether all factors lie in [least, most), outside which XNNPACK leaves an operator to TensorFlow Lite.
bool between(std::span<const double> factors, double least, double most);

/// x to `y`'s scale and zero point, in fixed point.
ValueId requantised(Call& call, ValueId x, const Space& from, const Requantisation& end,
                    std::string_view step = {});

}  // namespace vivace::tflite
