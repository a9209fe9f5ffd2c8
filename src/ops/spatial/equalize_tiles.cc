#include "ops/spatial/equalize_tiles.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/try.h"
#include "ops/common/reference.h"
#include "ops/common/shape_rules.h"

namespace vivace {
namespace {

constexpr std::size_t kSteps = 256;
using Curve = std::array<float, kSteps>;

// One axis of the picture, cut into tiles.
struct Axis {
  std::int64_t size, tiles, tile;
  Axis(std::int64_t pixels, std::int64_t count)
      : size(pixels), tiles(count), tile((pixels + count - 1) / count) {}

  // Behind the edge it goes back.
  std::int64_t mirrored(std::int64_t i) const {
    const std::int64_t around = i % (2 * size);
    return around < size ? around : 2 * size - 1 - around;
  }
  // The two tiles whose centres are around pixel i, and how far it is on its way to the second.
  struct Between {
    std::size_t first, second;
    float share;
  };
  Between between(std::int64_t i) const {
    const auto width = static_cast<float>(tile);
    const float at = (static_cast<float>(i) - width / 2) / width + 1, low = std::floor(at);
    const auto inside = [&](float t) {
      return static_cast<std::size_t>(std::clamp(t, 1.0f, static_cast<float>(tiles)) - 1);
    };
    return {inside(low), inside(low + 1), at - low};
  }
};

// NaN counts as black.
std::size_t step_of(double brightness) {
  return brightness > 0 ? static_cast<std::size_t>(std::min(brightness, 255.0)) : 0;
}

// From a histogram of `pixels` to the new brightness of every old one. In floats, as Keras has it: bytes are
// cut off from what comes of it, so the last digit shows.
Curve curve_of(Curve counts, float pixels, float limit) {
  if (limit > 0) {
    const float most = limit * pixels / kSteps;
    float excess = 0;
    for (float& count : counts) {
      excess += std::max(count - most, 0.0f);
      count = std::min(count, most);
    }
    for (float& count : counts) count += excess / kSteps;
  }
  for (std::size_t i = 1; i < kSteps; ++i) counts[i] += counts[i - 1];
  const float least = counts[0], range = pixels - least == 0 ? 1 : pixels - least;
  for (float& count : counts) count = std::clamp((count - least) * 255 / range, 0.0f, 255.0f);
  return counts;
}

// One channel of one picture; the pixel (y, x) lies at start + (y width + x) stride.
struct Channel {
  const TensorView& x;
  Axis high, wide;
  std::int64_t start, stride;

  std::int64_t place(std::int64_t i, std::int64_t j) const { return start + (i * wide.size + j) * stride; }

  Curve tile_curve(std::int64_t row, std::int64_t column, double limit) const {
    Curve counts{};
    for (std::int64_t i = row * high.tile; i < (row + 1) * high.tile; ++i)
      for (std::int64_t j = column * wide.tile; j < (column + 1) * wide.tile; ++j)
        counts[step_of(load(x, place(high.mirrored(i), wide.mirrored(j))))] += 1;
    return curve_of(counts, static_cast<float>(high.tile * wide.tile), static_cast<float>(limit));
  }

  void equalize(double limit, std::vector<Curve>& curves, const MutableTensorView& y) const {
    const auto columns = static_cast<std::size_t>(wide.tiles);
    for (std::size_t tile = 0; tile < curves.size(); ++tile)
      curves[tile] = tile_curve(static_cast<std::int64_t>(tile / columns),
                                static_cast<std::int64_t>(tile % columns), limit);
    for (std::int64_t i = 0; i < high.size; ++i) {
      const Axis::Between v = high.between(i);
      for (std::int64_t j = 0; j < wide.size; ++j) {
        const Axis::Between h = wide.between(j);
        const std::size_t step = step_of(load(x, place(i, j)));
        const auto along = [&](std::size_t row) {
          const std::size_t first = row * columns;
          return curves[first + h.first][step] * (1 - h.share) + curves[first + h.second][step] * h.share;
        };
        store(y, place(i, j), along(v.first) * (1 - v.share) + along(v.second) * v.share);
      }
    }
  }
};

}  // namespace

Result<std::vector<Fact>> EqualizeTiles::infer(std::span<const Fact> inputs) const {
  VIVACE_CHECK_OK(require_inputs(kName, inputs, 1, 1));
  VIVACE_CHECK_OK(require_rank(kName, "the input", inputs[0], 4, 4));
  VIVACE_CHECK_OK(require_float(kName, "the input", inputs[0]));
  VIVACE_CHECK_OK(require_number(kName, "rows", rows, 1, kMostTiles));
  VIVACE_CHECK_OK(require_number(kName, "columns", columns, 1, kMostTiles));
  if (!std::isfinite(limit)) return attribute_error(kName, "the limit is not a number");
  return inferred(kName, {inputs[0]});
}

Cost EqualizeTiles::cost(std::span<const Fact> inputs, std::span<const Fact> outputs) const {
  return cost_of(12 * elements_of(inputs[0]), inputs, outputs);
}

Status EqualizeTiles::evaluate(std::span<const TensorView> inputs,
                               std::span<const MutableTensorView> outputs) const {
  const TensorView& x = inputs[0];
  if (x.count() == 0) return {};
  const std::int64_t channels = x.dims[3], picture = x.dims[1] * x.dims[2] * channels;
  std::vector<Curve> curves(static_cast<std::size_t>(rows * columns));
  for (std::int64_t n = 0; n < x.dims[0]; ++n)
    for (std::int64_t c = 0; c < channels; ++c)
      Channel{x, Axis(x.dims[1], rows), Axis(x.dims[2], columns), n * picture + c, channels}.equalize(
          limit, curves, outputs[0]);
  return {};
}

}  // namespace vivace
