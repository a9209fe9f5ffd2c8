// Padding and filling: copies of the tensor, of its mirror, or of one value.
#include "ops/movement/pad.h"

#include "cpu/movement/copies.h"
#include "ops/indexing/fill.h"

namespace vivace::cpu {
namespace {

// One value of any type, kept alive by the step that copies from it.
using Cell = std::array<std::uint64_t, 1>;

std::shared_ptr<Cell> cell_of(DType dtype, double value) {
  auto cell = std::make_shared<Cell>();
  store({cell->data(), dtype, {}}, 0, value);
  return cell;
}

Step keeping(Step step, std::shared_ptr<Cell> cell) {
  step.work = make_work([cell = std::move(cell), work = std::shared_ptr<const Work>(std::move(step.work))](
                            const Frame& frame, Share share) noexcept { return work->run(frame, share); });
  return step;
}

// A part of an axis of y: the padding before, the tensor itself, or the padding after.
struct Segment {
  std::int64_t size, to;    // in y
  std::int64_t from, step;  // in x
  bool outside;
};

std::array<Segment, 3> segments_of(const Pad& op, std::size_t axis, std::int64_t size) {
  const std::int64_t before = op.before[axis], after = op.after[axis];
  const bool edge = op.mode == Pad::Mode::edge, reflect = op.mode == Pad::Mode::reflect;
  const std::int64_t skipped = reflect ? 1 : 0, step = edge ? 0 : -1;
  return {Segment{before, 0, edge ? 0 : before - 1 + skipped, step, true}, Segment{size, before, 0, 1, false},
          Segment{after, before + size, edge ? size - 1 : size - 1 - skipped, step, true}};
}

// The boxes of y: one segment along every axis. `number` counts them in base 3.
Copy box_copy(const NodeView& node, std::size_t number, Address value) {
  const auto& op = node.as<Pad>();
  const Shape from = strides_of(node.inputs[0].dims), to = strides_of(node.outputs[0].dims);
  Copy copy;
  copy.from.address = node.inputs[0].address;
  copy.to.address = node.outputs[0].address;
  copy.to.strides = to;
  bool outside = false;
  for (std::size_t axis = 0; axis < to.size(); ++axis) {
    const bool padded = op.before[axis] != 0 || op.after[axis] != 0;
    const std::size_t which = padded ? number % 3 : 1;
    if (padded) number /= 3;
    const Segment part = segments_of(op, axis, node.inputs[0].dims[axis])[which];
    copy.dims.push_back(part.size);
    copy.from.start += part.from * from[axis];
    copy.from.strides.push_back(part.step * from[axis]);
    copy.to.start += part.to * to[axis];
    outside = outside || part.outside;
  }
  if (outside && op.mode == Pad::Mode::constant) copy.from = {value, 0, Shape(to.size(), 0)};
  return copy;
}

std::size_t padded_axes(const Pad& op) {
  std::size_t count = 0;
  for (std::size_t axis = 0; axis < op.before.size(); ++axis)
    count += op.before[axis] != 0 || op.after[axis] != 0;
  return count;
}

// The boxes are three to the power of the padded axes; no layer pads more than three.
constexpr std::size_t kMostPadded = 4;

std::optional<Choice> choose_pad(const NodeView& node, const Processor& processor,
                                 const NumericOptions& numerics) {
  if (padded_axes(node.as<Pad>()) > kMostPadded) return std::nullopt;
  return choose_copy(node, processor, numerics);
}

Result<Step> emit_pad(const NodeView& node, const Choice&, const Processor&) {
  const auto& op = node.as<Pad>();
  std::shared_ptr<Cell> cell = cell_of(node.outputs[0].dtype, op.value);
  std::size_t boxes = 1;
  for (std::size_t i = padded_axes(op); i > 0; --i) boxes *= 3;
  std::vector<Copy> copies;
  for (std::size_t i = 0; i < boxes; ++i) copies.push_back(box_copy(node, i, Address::of(cell.get())));
  return keeping(copy_step(copies, size_of(node.outputs[0].dtype)), std::move(cell));
}

Result<Step> emit_fill(const NodeView& node, const Choice&, const Processor&) {
  const Operand& y = node.outputs[0];
  std::shared_ptr<Cell> cell = cell_of(y.dtype, node.as<Fill>().value);
  Copy copy{
      y.dims, {Address::of(cell.get()), 0, Shape(y.dims.size(), 0)}, {y.address, 0, strides_of(y.dims)}};
  return keeping(copy_step({std::move(copy)}, size_of(y.dtype)), std::move(cell));
}

}  // namespace

extern const Emitter k_pad, k_fill;
constinit const Emitter k_pad{"pad", choose_pad, emit_pad};
constinit const Emitter k_fill{"fill", choose_copy, emit_fill};

}  // namespace vivace::cpu
