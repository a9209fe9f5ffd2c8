#include "ops/common/window.h"

#include <algorithm>

namespace vivace {

void Padding::attributes(AttributeVisitor& v) {
  static constexpr std::string_view kModeNames[] = {"explicit", "same"};
  visit_enum(v, "padding", mode, kModeNames);
  v("pad_before", before);
  v("pad_after", after);
}

std::array<std::int64_t, 2> resolve_padding(const Padding& padding, std::size_t axis, std::int64_t input,
                                            std::int64_t kernel, std::int64_t stride, std::int64_t dilation) {
  if (padding.mode == Padding::Mode::explicit_) return {padding.before[axis], padding.after[axis]};
  const std::int64_t output = input / stride + (input % stride != 0);
  const std::int64_t reach = (output - 1) * stride + (kernel - 1) * dilation + 1;
  const std::int64_t total = std::max<std::int64_t>(reach - input, 0);
  return {total / 2, total - total / 2};
}

Dim window_output(const Padding& padding, std::size_t axis, const Dim& input, std::int64_t kernel,
                  std::int64_t stride, std::int64_t dilation) {
  if (padding.mode == Padding::Mode::same) return floor_div(input + Dim(stride - 1), stride);
  const Dim reach = (Dim(kernel) - 1) * Dim(dilation) + 1;
  const Dim padded = input + Dim(padding.before[axis]) + Dim(padding.after[axis]);
  return floor_div(padded - reach, stride) + 1;
}

}  // namespace vivace
