// q_resize of bytes: four neighbouring places, mixed channel by channel.
#include "ops/quantised/q_resize.h"

#include <algorithm>

#include "cpu/emitter.h"
#include "cpu/quantised/bytes.h"

namespace vivace::cpu {
namespace {

constexpr std::string_view kKernel = "q_resize";

std::optional<Choice> choose(const NodeView& node, const Processor&, const NumericOptions&) {
  if (!is_byte(node.inputs[0].dtype)) return std::nullopt;
  Choice choice;
  choice.algorithm = kKernel;
  return choice;
}

// How four neighbours are mixed, and what their weights are counted in.
struct Whole {
  using Weight = std::int32_t;
  static std::int32_t mix(auto... of) { return QResize::mix(of...); }
};
struct Real {
  using Weight = float;
  static std::int32_t mix(auto... of) { return QResize::mix(of...); }
};
struct Fine {
  using Weight = std::int32_t;
  static std::int32_t mix(auto... of) { return QResize::mix_fine(of...); }
};

// Lines of the output.
template <class T, class Mix>
struct Resizer {
  using Weight = typename Mix::Weight;
  std::vector<QResize::Between<Weight>> rows, columns;
  std::int64_t height, width, channels;  // of x

  void line(const T* image, const QResize::Between<Weight>& row, T* y) const {
    const T* const upper = image + row.low * width * channels;
    const T* const lower = image + row.high * width * channels;
    for (const auto& column : columns) {
      const std::int64_t left = column.low * channels, right = column.high * channels;
      for (std::int64_t c = 0; c < channels; ++c)
        y[c] = static_cast<T>(Mix::mix(static_cast<Weight>(upper[left + c]),
                                       static_cast<Weight>(lower[left + c]),
                                       static_cast<Weight>(upper[right + c]),
                                       static_cast<Weight>(lower[right + c]), row.weight, column.weight));
      y += channels;
    }
  }
};

template <class T, class Mix>
Step emit_lines(const NodeView& node, Resizer<T, Mix> resizer) {
  const auto lines = static_cast<std::int64_t>(resizer.rows.size());
  const std::int64_t total = node.outputs[0].dims[0] * lines;
  Step step;
  step.kernel = kKernel;
  step.chunks = std::max<std::int64_t>(1, total);
  step.work = make_work([resizer = std::move(resizer), lines, total, from = node.inputs[0].address,
                         to = node.outputs[0].address](const Frame& frame, Share share) noexcept {
    const std::int64_t image = resizer.height * resizer.width * resizer.channels;
    const std::int64_t line = static_cast<std::int64_t>(resizer.columns.size()) * resizer.channels;
    for (std::int64_t i = share.begin; i < std::min(share.end, total); ++i)
      resizer.line(frame.at<const T>(from) + i / lines * image,
                   resizer.rows[static_cast<std::size_t>(i % lines)], frame.at<T>(to) + i * line);
  });
  return step;
}

Result<Step> emit(const NodeView& node, const Choice&, const Processor&) {
  const auto& op = node.as<QResize>();
  const Shape &x = node.inputs[0].dims, &y = node.outputs[0].dims;
  const bool is_signed = node.inputs[0].dtype == DType::i8;
  if (op.as_xnnpack) {
    auto rows = op.fine_steps(x[1], y[1]), columns = op.fine_steps(x[2], y[2]);
    return is_signed ? emit_lines<std::int8_t, Fine>(node, {rows, columns, x[1], x[2], x[3]})
                     : emit_lines<std::uint8_t, Fine>(node, {rows, columns, x[1], x[2], x[3]});
  }
  if (is_signed)
    return emit_lines<std::int8_t, Whole>(
        node, {op.whole_steps(x[1], y[1]), op.whole_steps(x[2], y[2]), x[1], x[2], x[3]});
  return emit_lines<std::uint8_t, Real>(
      node, {op.real_steps(x[1], y[1]), op.real_steps(x[2], y[2]), x[1], x[2], x[3]});
}

}  // namespace

extern const Emitter k_q_resize;
constinit const Emitter k_q_resize = {"q_resize", choose, emit};

}  // namespace vivace::cpu
