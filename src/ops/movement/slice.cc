#include "ops/movement/slice.h"

#include <algorithm>

#include "base/text.h"
#include "base/try.h"
#include "ops/common/elements/strided.h"
#include "ops/common/reference.h"
#include "ops/common/shape_rules.h"

namespace vivace {
namespace {

struct Range {
  std::int64_t start, stop, step;
};

struct Clipped {
  std::int64_t start, length;
};

// Python's rule for an axis of known size.
Clipped clip(const Range& range, std::int64_t size) {
  const bool forward = range.step > 0;
  const auto place = [&](std::int64_t at) {
    if (at < 0) return std::max(at + size, forward ? std::int64_t{0} : std::int64_t{-1});
    return std::min(at, forward ? size : size - 1);
  };
  const std::int64_t start = place(range.start);
  const std::int64_t stop = !forward && range.stop == Slice::kEnd ? -1 : place(range.stop);
  if (forward ? start >= stop : start <= stop) return {start, 0};
  return {start, (stop - start - (forward ? 1 : -1)) / range.step + 1};
}

// The least that a size can be, where every symbol stands for 1 or more.
std::int64_t least(const Dim& size) {
  if (size.symbol_id() == Dim::kAnonymous || size.scale() < 0) return 0;
  const Dim at_one = Dim(size.scale()) + Dim(size.offset());
  return at_one.known() ? at_one.number() : 0;
}

// The size of x[start:stop] for an axis of unknown size. A part that begins after the first and ends before
// the last element is the axis less a number: that supposes an axis at least as long as what is cut off,
// which the inference with numbers, when a plan is made, does not.
Dim unknown_length(std::int64_t start, std::int64_t stop, const Dim& size) {
  const bool to_end = stop == Slice::kEnd;
  if (start >= 0 && to_end) return size - Dim(start);
  if (start >= 0 && stop < 0) return size - Dim(start) + Dim(stop);
  if ((start < 0) != (stop < 0) && !(start < 0 && to_end)) return Dim::unknown();
  const std::int64_t end = to_end ? 0 : stop;
  if (start >= end) return 0;
  if (start < 0 ? start < -least(size) : end > least(size)) return Dim::unknown();
  return Dim(end) - Dim(start);
}

Dim length_of(const Range& range, const Dim& size) {
  if (size.known()) return clip(range, size.number()).length;
  if (range.step == -1 && range.start == Slice::kEnd && range.stop == Slice::kEnd) return size;
  if (range.step < 0) return Dim::unknown();
  const Dim length = unknown_length(range.start, range.stop, size);
  if (range.step == 1) return length;
  return floor_div(length + Dim(range.step - 1), range.step);
}

}  // namespace

Result<std::vector<Fact>> Slice::infer(std::span<const Fact> inputs) const {
  VIVACE_CHECK_OK(require_inputs(kName, inputs, 1, 1, Strings::taken));
  const Fact& x = inputs[0];
  if (starts.size() != axes.size() || stops.size() != axes.size() || steps.size() != axes.size())
    return attribute_error(kName, text("{} axes, {} starts, {} stops and {} steps: must be as many of each",
                                       axes.size(), starts.size(), stops.size(), steps.size()));
  Dims dims = x.dims;
  std::vector<bool> seen(dims.size());
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const auto axis = static_cast<std::size_t>(axes[i]);
    if (axes[i] < 0 || axis >= dims.size() || seen[axis])
      return attribute_error(kName,
                             text("axes holds {}, must name an axis of {} once", axes[i], to_text(x.dims)));
    if (steps[i] == 0) return attribute_error(kName, "a step is 0");
    seen[axis] = true;
    dims[axis] = length_of({starts[i], stops[i], steps[i]}, x.dims[axis]);
  }
  return inferred(kName, {Fact::tensor(x.dtype, std::move(dims))});
}

Cost Slice::cost(std::span<const Fact>, std::span<const Fact> outputs) const {
  return cost_of(0, outputs, outputs);
}

std::int64_t Slice::place(std::span<const std::int64_t> dims, Shape& strides) const {
  strides = strides_of(dims);
  std::int64_t start = 0;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const auto axis = static_cast<std::size_t>(axes[i]);
    const Clipped part = clip({starts[i], stops[i], steps[i]}, dims[axis]);
    start += part.start * strides[axis];
    strides[axis] = part.length > 1 ? strides[axis] * steps[i] : 0;  // a lone element's step may be huge
  }
  return start;
}

Status Slice::evaluate(std::span<const TensorView> inputs, std::span<const MutableTensorView> outputs) const {
  if (outputs[0].count() == 0) return {};
  Shape strides;
  const std::int64_t start = place(inputs[0].dims, strides);
  gather_strided(inputs[0], start, strides, outputs[0]);
  return {};
}

}  // namespace vivace
