// Boxes of pictures, and how much of each other they cover.
#pragma once

#include <algorithm>

namespace vivace {

struct Box {
  float top = 0, left = 0, bottom = 0, right = 0;

  /// Its corners in order, whichever came first.
  Box in_order() const {
    return {std::min(top, bottom), std::min(left, right), std::max(top, bottom), std::max(left, right)};
  }
  float area() const { return (bottom - top) * (right - left); }
};

/// What two boxes share, of what they cover together; 0 where one of them is empty.
inline float share_of_both(const Box& a, const Box& b) {
  const float area_a = a.area(), area_b = b.area();
  if (area_a <= 0 || area_b <= 0) return 0;
  const float height = std::min(a.bottom, b.bottom) - std::max(a.top, b.top);
  const float width = std::min(a.right, b.right) - std::max(a.left, b.left);
  const float shared = std::max(height, 0.0F) * std::max(width, 0.0F);
  return shared / (area_a + area_b - shared);
}

}  // namespace vivace
