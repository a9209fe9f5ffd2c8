// Resampling of spatial axes.
#pragma once

#include "ops/common/op_base.h"

namespace vivace {

/// inputs: x [N, spatial..., C] (two spatial axes; one for nearest too). y has `size` or in * `scale`.
/// source coordinate of place i: half_pixel (i + 0.5) in/out - 0.5; align_corners i (in-1)/(out-1);
/// asymmetric i in/out. nearest takes floor(c) under asymmetric, floor(c + 0.5) under half_pixel and
/// round-half-up under align_corners. bicubic is Keys's with cubic_a (-0.5 in TensorFlow's half-pixel form),
/// its weights renormalised at the border. `antialias` widens the kernel when shrinking, as
/// tf.image.resize(antialias=True).
/// `fit` keeps proportions, for two spatial axes and `size`: crop takes the largest middle part that has
/// those of the output; pad fills up to them with `fill`, alike on both sides (of an odd rest one is lost, as
/// in Keras); centre takes the middle as it is where the input is large enough, else it is crop.
struct Resize : OpBase<Resize> {
  enum class Mode : std::uint32_t {
    nearest,
    bilinear,
    bicubic,
    area,
    lanczos3,
    lanczos5,
    gaussian,
    mitchellcubic
  };
  enum class Coordinates : std::uint32_t { half_pixel, align_corners, asymmetric };
  enum class Fit : std::uint32_t { stretch, crop, pad, centre };
  static constexpr std::string_view kName = "resize";
  static constexpr std::int64_t kLongest = 1 << 24;  // places of an axis: each has a table of its own
  static constexpr std::string_view kModes[] = {"nearest",  "bilinear", "bicubic",  "area",
                                                "lanczos3", "lanczos5", "gaussian", "mitchellcubic"};
  static constexpr std::string_view kCoordinates[] = {"half_pixel", "align_corners", "asymmetric"};
  static constexpr std::string_view kFits[] = {"stretch", "crop", "pad", "centre"};
  Mode mode = Mode::bilinear;
  Coordinates coordinates = Coordinates::half_pixel;
  std::vector<std::int64_t> size;   // output sizes of the spatial axes; empty where scale is given
  std::vector<std::int64_t> scale;  // whole factors of the spatial axes
  double cubic_a = -0.5;
  bool antialias = false;
  Fit fit = Fit::stretch;
  double fill = 0;

  void attributes(AttributeVisitor& v) {
    visit_enum(v, "mode", mode, kModes);
    visit_enum(v, "coordinates", coordinates, kCoordinates);
    v("size", size);
    v("scale", scale);
    v("cubic_a", cubic_a);
    v("antialias", antialias);
    visit_enum(v, "fit", fit, kFits);
    v("fill", fill);
  }
  VIVACE_OP_RULES;
};

}  // namespace vivace
