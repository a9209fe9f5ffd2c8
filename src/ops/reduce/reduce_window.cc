#include "ops/reduce/reduce_window.h"

#include "base/text.h"
#include "base/try.h"
#include "ops/common/reference.h"
#include "ops/common/shape_rules.h"
#include "ops/common/window.h"
#include "ops/elementwise/binary.h"

namespace vivace {
namespace {

using Kind = ReduceWindow::Kind;

bool takes_truth(Kind kind) { return kind == Kind::all || kind == Kind::any; }

Binary::Kind pair_of(Kind kind) {
  switch (kind) {
    case Kind::sum:
      return Binary::Kind::add;
    case Kind::product:
      return Binary::Kind::multiply;
    case Kind::min:
      return Binary::Kind::minimum;
    case Kind::max:
      return Binary::Kind::maximum;
    case Kind::all:
      return Binary::Kind::logical_and;
    default:
      return Binary::Kind::logical_or;
  }
}

// y[to] and x[from] become y[to].
void combine(Kind kind, const MutableTensorView& y, std::int64_t to, const TensorView& x, std::int64_t from) {
  if (is_float(y.dtype))
    store(y, to, evaluate(pair_of(kind), y.dtype, load(y, to), load(x, from)));
  else
    store_integer(y, to,
                  evaluate_integer(pair_of(kind), y.dtype, load_integer(y, to), load_integer(x, from)));
}

Shape times(Shape a, std::span<const std::int64_t> b) {
  for (std::size_t i = 0; i < a.size(); ++i) a[i] *= b[i];
  return a;
}

}  // namespace

Result<std::vector<Fact>> ReduceWindow::infer(std::span<const Fact> inputs) const {
  VIVACE_CHECK_OK(require_inputs(kName, inputs, 2, 2));
  const Fact& x = inputs[0];
  const std::size_t axes = x.dims.size();
  if (x.dtype == (takes_truth(kind) ? DType::u64 : DType::boolean))
    return dtype_error(kName, text("the input is {}", name_of(x.dtype)));
  VIVACE_CHECK_OK(require_rank(kName, "the input", x, 1, kMaxRank));
  VIVACE_CHECK_OK(require_dtype(kName, "the first value", inputs[1], x.dtype));
  VIVACE_CHECK_OK(require_rank(kName, "the first value", inputs[1], 0, 0));
  const Padding none = Padding::valid(axes);
  VIVACE_CHECK_OK(require_window(kName, none, window, strides, dilations, axes));
  Dims dims;
  for (std::size_t axis = 0; axis < axes; ++axis) {
    dims.push_back(window_output(none, axis, x.dims[axis], window[axis], strides[axis], dilations[axis]));
    if (dims.back().known() && dims.back().number() < 1)
      return shape_error(kName, text("a window of {} with dilation {} does not fit axis {} of {}",
                                     window[axis], dilations[axis], axis, to_text(x.dims)));
  }
  return inferred(kName, {Fact::tensor(x.dtype, std::move(dims))});
}

Cost ReduceWindow::cost(std::span<const Fact> inputs, std::span<const Fact> outputs) const {
  double taps = 1;
  for (const std::int64_t size : window) taps *= static_cast<double>(size);
  return cost_of(taps * elements_of(outputs[0]), inputs, outputs);
}

Status ReduceWindow::evaluate(std::span<const TensorView> inputs,
                              std::span<const MutableTensorView> outputs) const {
  const TensorView& x = inputs[0];
  const MutableTensorView& y = outputs[0];
  const Shape own = strides_of(x.dims);
  Walk place(y.dims, {times(own, strides)}), tap(window, {times(own, dilations)});
  const std::int64_t taps = count_of(window), count = y.count();
  for (std::int64_t i = 0; i < count; ++i, place.next()) {
    if (is_float(y.dtype))
      store(y, i, load(inputs[1], 0));
    else
      store_integer(y, i, load_integer(inputs[1], 0));
    for (std::int64_t t = 0; t < taps; ++t, tap.next()) combine(kind, y, i, x, place[0] + tap[0]);
  }
  return {};
}

}  // namespace vivace
