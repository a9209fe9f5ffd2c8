#include "ops/common/resize_taps.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace vivace {
namespace {

using Mode = Resize::Mode;
using Coordinates = Resize::Coordinates;

float scale_of(const Resize& op, std::int64_t input, std::int64_t output) {
  if (op.coordinates == Coordinates::align_corners && output > 1)
    return static_cast<float>(input - 1) / static_cast<float>(output - 1);
  return static_cast<float>(input) / static_cast<float>(output);
}

// The place in the input, in units of its pixels, whose centres are whole numbers.
float centre_of(const Resize& op, std::int64_t place, float scale) {
  if (op.coordinates == Coordinates::half_pixel) return (static_cast<float>(place) + 0.5f) * scale - 0.5f;
  return static_cast<float>(place) * scale;
}

// Keys's cubic of parameter a at distance x >= 0.
double keys(double x, double a) {
  if (x >= 2) return 0;
  if (x >= 1) return ((a * x - 5 * a) * x + 8 * a) * x - 4 * a;
  return ((a + 2) * x - (a + 3)) * x * x + 1;
}

double lanczos(double x, double radius) {
  if (x > radius) return 0;
  if (x <= 1e-3) return 1;
  const double angle = std::numbers::pi * x;
  return radius * std::sin(angle) * std::sin(angle / radius) / (angle * angle);
}

double mitchell(double x) {
  if (x >= 2) return 0;
  if (x >= 1) return ((-7.0 / 18 * x + 2) * x - 10.0 / 3) * x + 16.0 / 9;
  return (7.0 / 6 * x - 2) * x * x + 8.0 / 9;
}

float radius_of(Mode mode) {
  switch (mode) {
    case Mode::lanczos3:
      return 3;
    case Mode::lanczos5:
      return 5;
    case Mode::gaussian:
      return 1.5f;
    case Mode::bilinear:
      return 1;
    default:
      return 2;
  }
}

double kernel_at(const Resize& op, double x) {
  switch (op.mode) {
    case Mode::lanczos3:
    case Mode::lanczos5:
      return lanczos(x, static_cast<double>(radius_of(op.mode)));
    case Mode::gaussian:
      return x >= 1.5 ? 0 : std::exp(-2 * x * x);  // sigma 0.5
    case Mode::mitchellcubic:
      return mitchell(x);
    case Mode::bicubic:
      return keys(x, op.cubic_a);
    default:
      return std::max(0.0, 1 - x);
  }
}

// Collects the taps of one place, then scales them to the sum 1 where asked.
class Collector {
 public:
  void start() { result.begin.push_back(static_cast<std::int64_t>(result.taps.size())); }
  void add(std::int64_t source, double weight) {
    result.taps.push_back({source, static_cast<float>(weight)});
  }
  void normalise() {
    double total = 0;
    const auto first = result.taps.begin() + static_cast<std::ptrdiff_t>(result.begin.back());
    for (auto tap = first; tap != result.taps.end(); ++tap) total += static_cast<double>(tap->weight);
    if (std::fabs(total) < 1e-35) return;
    for (auto tap = first; tap != result.taps.end(); ++tap)
      tap->weight = static_cast<float>(static_cast<double>(tap->weight) / total);
  }
  ResizeTaps result;
};

void add_nearest(Collector& out, const Resize& op, std::int64_t place, std::int64_t input, float scale) {
  const float product = static_cast<float>(place) * scale;
  float source = std::floor(product);
  if (op.coordinates == Coordinates::half_pixel)
    source = std::floor((static_cast<float>(place) + 0.5f) * scale);
  if (op.coordinates == Coordinates::align_corners) source = std::round(product);
  out.add(std::clamp<std::int64_t>(static_cast<std::int64_t>(source), 0, input - 1), 1);
}

void add_bilinear(Collector& out, const Resize& op, std::int64_t place, std::int64_t input, float scale) {
  const float centre = centre_of(op, place, scale), low = std::floor(centre), upper_weight = centre - low;
  const auto source = static_cast<std::int64_t>(low);
  out.add(std::clamp<std::int64_t>(source, 0, input - 1), static_cast<double>(1 - upper_weight));
  out.add(std::clamp<std::int64_t>(source + 1, 0, input - 1), static_cast<double>(upper_weight));
}

// TensorFlow reads the cubic from a table of 1024 steps a pixel; half-pixel coordinates drop what lies
// outside and renormalise, the older ones repeat the border.
void add_bicubic(Collector& out, const Resize& op, std::int64_t place, std::int64_t input, float scale) {
  constexpr double kSteps = 1024;
  const float centre = centre_of(op, place, scale), low = std::floor(centre);
  const double offset = static_cast<double>(std::nearbyint((centre - low) * 1024.0f)) / kSteps;
  const bool drops = op.coordinates == Coordinates::half_pixel;
  for (std::int64_t tap = -1; tap <= 2; ++tap) {
    const std::int64_t source = static_cast<std::int64_t>(low) + tap;
    const std::int64_t inside = std::clamp<std::int64_t>(source, 0, input - 1);
    if (drops && inside != source) continue;
    out.add(inside, keys(std::fabs(static_cast<double>(tap) - offset), op.cubic_a));
  }
  if (drops) out.normalise();
}

// Each pixel counts with the part of it that the place covers.
void add_area(Collector& out, std::int64_t place, std::int64_t input, float scale) {
  const float from = static_cast<float>(place) * scale, to = static_cast<float>(place + 1) * scale;
  const auto first = static_cast<std::int64_t>(std::floor(from)),
             last = static_cast<std::int64_t>(std::ceil(to));
  for (std::int64_t i = first; i < last; ++i) {
    const auto pixel = static_cast<float>(i);
    const float covered = std::min(pixel + 1, to) - std::max(pixel, from);
    out.add(std::clamp<std::int64_t>(i, 0, input - 1),
            static_cast<double>(covered) / static_cast<double>(scale));
  }
}

// A kernel around the centre, widened by the shrinking factor where it should not alias.
void add_kernel(Collector& out, const Resize& op, std::int64_t place, std::int64_t input,
                std::int64_t output) {
  const float inverse = 1.0f / (static_cast<float>(output) / static_cast<float>(input));
  const float widening = op.antialias ? std::max(inverse, 1.0f) : 1.0f;
  const float sample = (static_cast<float>(place) + 0.5f) * inverse, reach = radius_of(op.mode) * widening;
  if (sample < 0 || sample > static_cast<float>(input)) return;
  const auto first = static_cast<std::int64_t>(std::ceil(sample - reach - 0.5f));
  const auto last = static_cast<std::int64_t>(std::floor(sample + reach - 0.5f));
  for (std::int64_t i = std::max<std::int64_t>(first, 0); i <= std::min(last, input - 1); ++i) {
    const float distance = (static_cast<float>(i) + 0.5f - sample) / widening;
    out.add(i, kernel_at(op, std::fabs(static_cast<double>(distance))));
  }
  out.normalise();
}

// The part of an input axis that is resized; it may reach beyond the axis.
struct Extent {
  std::int64_t start, size;
};

// `a` of b / c pixels, as Keras computes it, in float32.
std::int64_t proportion(std::int64_t a, std::int64_t b, std::int64_t c) {
  return static_cast<std::int64_t>(static_cast<float>(a * b) / static_cast<float>(c));
}

// Along one axis of `input` pixels, to `output`, where the other axis has other_input and other_output.
Extent extent_of(Resize::Fit fit, std::int64_t input, std::int64_t output, std::int64_t other_input,
                 std::int64_t other_output) {
  using Fit = Resize::Fit;
  if (fit == Fit::centre && input >= output && other_input >= other_output)
    return {(input - output) / 2, output};
  if (fit == Fit::stretch) return {0, input};
  const std::int64_t wanted = proportion(other_input, output, other_output);
  if (fit != Fit::pad) {
    const std::int64_t size = std::clamp<std::int64_t>(wanted, 1, input);
    return {(input - size) / 2, size};
  }
  const std::int64_t border = (std::max(input, wanted) - input) / 2;
  return {-border, input + 2 * border};
}

ResizeTaps taps_of(const Resize& op, std::int64_t input, std::int64_t output) {
  const float scale = scale_of(op, input, output);
  const bool linear = op.mode == Mode::bilinear || op.mode == Mode::bicubic;
  Collector out;
  for (std::int64_t place = 0; place < output; ++place) {
    out.start();
    if (op.mode == Mode::nearest)
      add_nearest(out, op, place, input, scale);
    else if (op.mode == Mode::area)
      add_area(out, place, input, scale);
    else if (!linear || op.antialias)
      add_kernel(out, op, place, input, output);
    else if (op.mode == Mode::bilinear)
      add_bilinear(out, op, place, input, scale);
    else
      add_bicubic(out, op, place, input, scale);
  }
  out.start();
  return std::move(out.result);
}

// Taps into an extent as taps into its axis; what lies beyond the axis is filled.
ResizeTaps placed(const ResizeTaps& relative, const Extent& extent, std::int64_t input) {
  ResizeTaps taps;
  for (std::size_t place = 0; place + 1 < relative.begin.size(); ++place) {
    taps.begin.push_back(static_cast<std::int64_t>(taps.taps.size()));
    float outside = 0;
    for (ResizeTap tap : relative.of(place)) {
      tap.source += extent.start;
      if (tap.source >= 0 && tap.source < input)
        taps.taps.push_back(tap);
      else
        outside += tap.weight;
    }
    taps.outside.push_back(outside);
  }
  taps.begin.push_back(static_cast<std::int64_t>(taps.taps.size()));
  return taps;
}

}  // namespace

std::vector<ResizeTaps> resize_taps(const Resize& op, std::span<const std::int64_t> x,
                                    std::span<const std::int64_t> y) {
  const std::size_t axes = x.size() - 2;
  std::vector<ResizeTaps> all;
  for (std::size_t axis = 1; axis <= axes; ++axis) {
    const std::size_t other = axes == 2 ? 3 - axis : axis;
    const Extent extent = extent_of(op.fit, x[axis], y[axis], x[other], y[other]);
    ResizeTaps taps = taps_of(op, extent.size, y[axis]);
    const bool moved = extent.start != 0 || extent.size != x[axis];
    all.push_back(moved ? placed(taps, extent, x[axis]) : std::move(taps));
  }
  return all;
}

}  // namespace vivace
