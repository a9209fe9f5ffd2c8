#include "ops/movement/pad.h"

#include <algorithm>

#include "base/text.h"
#include "base/try.h"
#include "ops/common/elements/strided.h"
#include "ops/common/reference.h"
#include "ops/common/shape_rules.h"

namespace vivace {
namespace {

// Where the element at `place` (0 is the tensor's first, so padding lies at negative places and from `size`
// on) comes from.
std::int64_t mirrored(Pad::Mode mode, std::int64_t place, std::int64_t size) {
  const std::int64_t past = place < 0 ? -place : place - size + 1;  // steps beyond the edge, from 1
  const std::int64_t inwards = mode == Pad::Mode::edge ? 0 : mode == Pad::Mode::symmetric ? past - 1 : past;
  return place < 0 ? inwards : size - 1 - inwards;
}

// Fills the padding of one axis of y, whose earlier axes are complete, from y's own interior. What lies in
// the padding of later axes is copied too, and made right when their turn comes.
void fill_axis(const Pad& op, std::size_t axis, std::int64_t size, const MutableTensorView& y) {
  const Shape strides = strides_of(y.dims);
  Shape slab(y.dims.begin(), y.dims.end());
  slab[axis] = 1;
  for (std::int64_t place = -op.before[axis]; place < size + op.after[axis]; ++place) {
    if (place >= 0 && place < size) continue;
    const std::int64_t from = op.before[axis] + mirrored(op.mode, place, size);
    copy_strided(slab, size_of(y.dtype), {y.data, from * strides[axis], strides},
                 {y.data, (op.before[axis] + place) * strides[axis], strides});
  }
}

}  // namespace

Result<std::vector<Fact>> Pad::infer(std::span<const Fact> inputs) const {
  VIVACE_CHECK_OK(require_inputs(kName, inputs, 1, 1));
  const Fact& x = inputs[0];
  VIVACE_CHECK_OK(require_numbers(kName, "before", before, x.dims.size(), 0));
  VIVACE_CHECK_OK(require_numbers(kName, "after", after, x.dims.size(), 0));
  Dims dims;
  for (std::size_t i = 0; i < before.size(); ++i) {
    const Dim& size = x.dims[i];
    const std::int64_t most = std::max(before[i], after[i]);
    const std::int64_t needed = most == 0               ? 0
                                : mode == Mode::edge    ? 1
                                : mode == Mode::reflect ? most + 1
                                                        : most;
    if (mode != Mode::constant && size.known() && size.number() < needed)
      return shape_error(kName, text("axis {} of {} is too short to be continued by {} in mode {}", i,
                                     to_text(x.dims), most, kModes[static_cast<std::size_t>(mode)]));
    dims.push_back(size + Dim(before[i] + after[i]));
  }
  return inferred(kName, {Fact::tensor(x.dtype, std::move(dims))});
}

Cost Pad::cost(std::span<const Fact> inputs, std::span<const Fact> outputs) const {
  return cost_of(0, inputs, outputs);
}

Status Pad::evaluate(std::span<const TensorView> inputs, std::span<const MutableTensorView> outputs) const {
  const TensorView& x = inputs[0];
  const MutableTensorView& y = outputs[0];
  const Shape from = strides_of(x.dims), to = strides_of(y.dims);
  if (mode == Mode::constant)
    for (std::int64_t i = 0; i < y.count(); ++i) store(y, i, value);
  std::int64_t start = 0;
  for (std::size_t i = 0; i < to.size(); ++i) start += before[i] * to[i];
  copy_strided(x.dims, size_of(x.dtype), {x.data, 0, from}, {y.data, start, to});
  if (mode == Mode::constant) return {};
  for (std::size_t axis = 0; axis < to.size(); ++axis) fill_axis(*this, axis, x.dims[axis], y);
  return {};
}

}  // namespace vivace
