#include "ops/spatial/projective_transform.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/text.h"
#include "base/try.h"
#include "ops/common/reference.h"
#include "ops/common/shape_rules.h"

namespace vivace {
namespace {

using Fill = ProjectiveTransform::Fill;

// Where a coordinate beyond an axis of `size` is looked up; in float32, as TensorFlow, since a place may fall
// on the border between two pixels.
float folded(Fill fill, float at, std::int64_t size) {
  const auto length = static_cast<float>(size);
  if (fill == Fill::constant || !std::isfinite(at)) return at;
  if (fill == Fill::nearest) return std::clamp(at, 0.0f, length - 1);
  if (size <= 1 && (at < 0 || at > length - 1)) return 0;
  if (fill == Fill::reflect) {
    const float twice = 2 * length;
    if (at < 0) {
      if (at < twice) at = twice * std::trunc(-at / twice) + at;
      at = at < -length ? at + twice : -at - 1;
    } else if (at > length - 1) {
      at -= twice * std::trunc(at / twice);
      if (at >= length) at = twice - at - 1;
    }
  } else if (at < 0) {
    at += length * (std::trunc(-at / (length - 1)) + 1);
  } else if (at > length - 1) {
    at -= length * std::trunc(at / (length - 1));
  }
  return std::clamp(at, 0.0f, length - 1);
}

struct Picture {
  const float* x;
  std::int64_t height, width, channels;
  float value;

  float at(float row, float column, std::int64_t c) const {
    const bool inside =
        row >= 0 && row < static_cast<float>(height) && column >= 0 && column < static_cast<float>(width);
    if (!inside) return value;
    return x[(static_cast<std::int64_t>(row) * width + static_cast<std::int64_t>(column)) * channels + c];
  }
  float between(float row, float column, std::int64_t c) const {
    const float top = std::floor(row), left = std::floor(column), bottom = top + 1, right = left + 1;
    const float upper = (right - column) * at(top, left, c) + (column - left) * at(top, right, c);
    const float lower = (right - column) * at(bottom, left, c) + (column - left) * at(bottom, right, c);
    return (bottom - row) * upper + (row - top) * lower;
  }
};

void pixel(const ProjectiveTransform& op, const Picture& picture, const float* t, std::int64_t row,
           std::int64_t column, float* y) {
  const auto r = static_cast<float>(row), c = static_cast<float>(column);
  const float scale = t[6] * c + t[7] * r + 1.0f;
  const float from_column = folded(op.fill, (t[0] * c + t[1] * r + t[2]) / scale, picture.width);
  const float from_row = folded(op.fill, (t[3] * c + t[4] * r + t[5]) / scale, picture.height);
  for (std::int64_t channel = 0; channel < picture.channels; ++channel)
    if (scale == 0)
      y[channel] = picture.value;
    else if (op.mode == ProjectiveTransform::Mode::nearest)
      y[channel] = picture.at(std::round(from_row), std::round(from_column), channel);
    else
      y[channel] = picture.between(from_row, from_column, channel);
}

}  // namespace

Result<std::vector<Fact>> ProjectiveTransform::infer(std::span<const Fact> inputs) const {
  VIVACE_CHECK_OK(require_inputs(kName, inputs, 2, 2));
  const Fact &x = inputs[0], &transforms = inputs[1];
  VIVACE_CHECK_OK(require_rank(kName, "the picture", x, 4, 4));
  VIVACE_CHECK_OK(require_rank(kName, "the transforms", transforms, 2, 2));
  VIVACE_CHECK_OK(require_dtype(kName, "the picture", x, DType::f32));
  VIVACE_CHECK_OK(require_dtype(kName, "the transforms", transforms, DType::f32));
  const bool fits = transforms.dims[0] == Dim(1) || may_equal(transforms.dims[0], x.dims[0]);
  if (!fits || !may_equal(transforms.dims[1], Dim(8)))
    return shape_error(kName, text("transforms {} for pictures {}: eight numbers for each, or for all",
                                   to_text(transforms.dims), to_text(x.dims)));
  return inferred(kName, {Fact::tensor(DType::f32, x.dims)});
}

Cost ProjectiveTransform::cost(std::span<const Fact> inputs, std::span<const Fact> outputs) const {
  return cost_of(20 * elements_of(outputs[0]), inputs, outputs);
}

Status ProjectiveTransform::evaluate(std::span<const TensorView> inputs,
                                     std::span<const MutableTensorView> outputs) const {
  const auto dims = inputs[0].dims;
  Picture picture{inputs[0].as<float>(), dims[1], dims[2], dims[3], static_cast<float>(value)};
  float* y = outputs[0].as<float>();
  for (std::int64_t n = 0; n < dims[0]; ++n) {
    const float* const t = inputs[1].as<float>() + (inputs[1].dims[0] == 1 ? 0 : n * 8);
    for (std::int64_t row = 0; row < picture.height; ++row)
      for (std::int64_t column = 0; column < picture.width; ++column, y += picture.channels)
        pixel(*this, picture, t, row, column, y);
    picture.x += picture.height * picture.width * picture.channels;
  }
  return {};
}

}  // namespace vivace
