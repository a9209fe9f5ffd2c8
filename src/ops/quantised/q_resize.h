// Bilinear resampling of quantised images.
#pragma once

#include "ops/common/op_base.h"

namespace vivace {

/// inputs: x [N, H, W, C], int8, uint8 or int16; y [N, size..., C] of the same type, scale and zero point.
/// Coordinates as Resize has them. The arithmetic is that of TensorFlow Lite's reference kernels: int8 and
/// int16 in whole 1024ths of a place, ties away from zero; uint8 in float32, half added and cut off. Or
/// XNNPACK's: of every type in whole 2048ths, ties up.
struct QResize : OpBase<QResize> {
  enum class Coordinates : std::uint32_t { half_pixel, align_corners, asymmetric };
  static constexpr std::string_view kName = "q_resize";
  static constexpr std::int64_t kLongest = 1 << 20;  // places of an axis: products of 1024ths stay exact
  static constexpr std::string_view kCoordinates[] = {"half_pixel", "align_corners", "asymmetric"};
  Coordinates coordinates = Coordinates::half_pixel;
  std::vector<std::int64_t> size = {1, 1};
  bool as_xnnpack = false;

  void attributes(AttributeVisitor& v) {
    visit_enum(v, "coordinates", coordinates, kCoordinates);
    v("size", size);
    v("as_xnnpack", as_xnnpack);
  }
  VIVACE_OP_RULES;

  /// The two places of an axis between which a place of the output lies, and how far it is behind the first.
  template <class T>
  struct Between {
    std::int64_t low, high;
    T weight;
  };
  /// For each place of the output: in 1024ths, as int8 and int16 want it; in float, as uint8 does; in
  /// 2048ths, as XNNPACK does.
  std::vector<Between<std::int32_t>> whole_steps(std::int64_t input, std::int64_t output) const;
  std::vector<Between<std::int32_t>> fine_steps(std::int64_t input, std::int64_t output) const;
  std::vector<Between<float>> real_steps(std::int64_t input, std::int64_t output) const;

  /// The number between four, weighted by how far down and along it lies.
  static std::int32_t mix(std::int64_t a, std::int64_t below, std::int64_t right, std::int64_t both,
                          std::int64_t down, std::int64_t along) {
    const std::int64_t up = 1024 - down, back = 1024 - along;
    const std::int64_t sum = a * up * back + below * down * back + right * up * along + both * down * along;
    return static_cast<std::int32_t>((sum + (sum > 0 ? 1 << 19 : -(1 << 19))) / (1 << 20));
  }
  /// The same of 8-bit numbers.
  static std::int32_t mix(std::int32_t a, std::int32_t below, std::int32_t right, std::int32_t both,
                          std::int32_t down, std::int32_t along) {
    const std::int32_t up = 1024 - down, back = 1024 - along;
    const std::int32_t sum = a * up * back + below * down * back + right * up * along + both * down * along;
    return (sum + (sum > 0 ? 1 << 19 : -(1 << 19))) / (1 << 20);
  }
  /// The same in XNNPACK's 2048ths; N holds 22 bits more than the numbers have.
  template <class N>
  static std::int32_t mix_fine(N a, N below, N right, N both, N down, N along) {
    const N upper = a * (2048 - along) + right * along, lower = below * (2048 - along) + both * along;
    return static_cast<std::int32_t>((upper * (2048 - down) + lower * down + (1 << 21)) >> 22);
  }
  static std::int32_t mix(float a, float below, float right, float both, float down, float along) {
    const float sum = a * (1 - down) * (1 - along) + below * down * (1 - along) + right * (1 - down) * along +
                      both * down * along + 0.5f;
    return static_cast<std::int32_t>(sum < 0.0f ? 0.0f : sum > 255.0f ? 255.0f : sum);
  }
};

}  // namespace vivace
