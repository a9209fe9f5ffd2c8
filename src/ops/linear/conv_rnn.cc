#include "ops/linear/conv_rnn.h"

#include <algorithm>

#include "base/text.h"
#include "base/try.h"
#include "ops/common/reference.h"
#include "ops/common/shape_rules.h"
#include "ops/common/window_walk.h"

namespace vivace {
namespace {

enum Input : std::size_t { kGates, kRecurrent, kMask, kH0, kC0 };
using Row = std::vector<double>;
using Numbers = std::vector<std::int64_t>;

// The state of one sample, and how a step changes it.
class Recurrence {
 public:
  Recurrence(const ConvRnn& op, std::span<const TensorView> inputs)
      : op_(op),
        recurrent_(load_all(inputs[kRecurrent])),
        filters_(inputs[kRecurrent].dims[inputs[kRecurrent].dims.size() - 2]) {
    const auto gates = inputs[kGates].dims;
    const Numbers ones(gates.size() - 3, 1);
    Shape state{1};
    state.insert(state.end(), gates.begin() + 2, gates.end() - 1);
    places_ = count_of(state);
    state.push_back(filters_);
    axes_ =
        window_axes(Padding::same(), state, state, inputs[kRecurrent].dims.first(ones.size()), ones, ones);
  }

  Row h, c;
  std::int64_t places() const { return places_; }
  std::int64_t filters() const { return filters_; }

  // `gates` are one step's of this sample; a place where `runs` says no keeps its state.
  template <class Runs>
  void step(std::span<const double> gates, Runs runs) {
    const Row before = h;
    Row z(static_cast<std::size_t>(4 * filters_));
    std::int64_t place = 0;
    for_each_window(axes_, 1, [&](const WindowPlace& window) {
      const std::int64_t here = place++;
      if (!runs(here)) return;
      std::copy_n(gates.begin() + here * 4 * filters_, 4 * filters_, z.begin());
      for_each_tap(axes_, window, [&](std::int64_t pixel, std::int64_t tap) {
        add_tap(z, before.data() + pixel * filters_, recurrent_.data() + tap * filters_ * 4 * filters_);
      });
      update(z, static_cast<std::size_t>(here * filters_));
    });
  }

 private:
  void add_tap(Row& z, const double* state, const double* weights) const {
    for (std::int64_t f = 0; f < filters_; ++f)
      for (double& sum : z) sum += state[f] * *weights++;
  }

  void update(const Row& z, std::size_t first) {
    const auto filters = static_cast<std::size_t>(filters_);
    const auto gate = [&](std::size_t which) { return evaluate(op_.recurrent_activation, z[which]); };
    for (std::size_t f = 0; f < filters; ++f) {
      double& cell = c[first + f];
      const double proposed = evaluate(op_.activation, z[2 * filters + f]);
      cell = gate(filters + f) * cell + gate(f) * proposed;
      h[first + f] = gate(3 * filters + f) * evaluate(op_.activation, cell);
    }
  }

  const ConvRnn& op_;
  Row recurrent_;
  std::int64_t filters_, places_ = 1;
  WindowAxes axes_;
};

// Sample b of an initial state, or zeros.
Row initial(std::span<const TensorView> inputs, std::size_t which, std::int64_t b, std::int64_t size) {
  Row state(static_cast<std::size_t>(size));
  if (!given(inputs, which)) return state;
  for (std::int64_t i = 0; i < size; ++i)
    state[static_cast<std::size_t>(i)] = load(inputs[which], b * size + i);
  return state;
}

void store_sample(const MutableTensorView& y, std::int64_t sample, const Row& values) {
  std::int64_t i = sample * static_cast<std::int64_t>(values.size());
  for (const double value : values) store(y, i++, value);
}

Status require_sizes(std::span<const Fact> inputs, const Dims& state) {
  const Dims &gates = inputs[kGates].dims, &weights = inputs[kRecurrent].dims;
  const Dim filters = weights[weights.size() - 2];
  Dims want_weights = weights;
  want_weights.back() = filters * Dim(4);
  VIVACE_CHECK_OK(require_dims(ConvRnn::kName, "the recurrent kernel", inputs[kRecurrent], want_weights));
  Dims want_gates = gates;
  want_gates.back() = filters * Dim(4);
  VIVACE_CHECK_OK(require_dims(ConvRnn::kName, "the gates", inputs[kGates], want_gates));
  if (given(inputs, kMask)) {
    const bool whole = inputs[kMask].dims.size() == 2;
    const auto axes = static_cast<std::ptrdiff_t>(whole ? 2 : gates.size() - 1);
    VIVACE_CHECK_OK(
        require_dims(ConvRnn::kName, "the mask", inputs[kMask], Dims(gates.begin(), gates.begin() + axes)));
  }
  for (const std::size_t i : {kH0, kC0})
    if (given(inputs, i)) VIVACE_CHECK_OK(require_dims(ConvRnn::kName, "an initial state", inputs[i], state));
  return {};
}

}  // namespace

Result<std::vector<Fact>> ConvRnn::infer(std::span<const Fact> inputs) const {
  VIVACE_CHECK_OK(require_inputs(kName, inputs, 2, 5));
  const Fact& gates = inputs[kGates];
  const std::size_t rank = gates.dims.size();
  VIVACE_CHECK_OK(require_rank(kName, "the gates", gates, 4, 6));
  VIVACE_CHECK_OK(require_rank(kName, "the recurrent kernel", inputs[kRecurrent], rank - 1, rank - 1));
  VIVACE_CHECK_OK(require_float(kName, "the gates", gates));
  for (std::size_t i = kRecurrent; i < inputs.size(); ++i)
    if (given(inputs, i))
      VIVACE_CHECK_OK(require_dtype(kName, "an input", inputs[i], i == kMask ? DType::boolean : gates.dtype));
  VIVACE_TRY(const Numbers kernel, kernel_sizes(kName, inputs[kRecurrent].dims));
  VIVACE_CHECK_OK(require_numbers(kName, "kernel", kernel, rank - 3, 1));
  Dims state{gates.dims[0]};
  state.insert(state.end(), gates.dims.begin() + 2, gates.dims.end() - 1);
  state.push_back(inputs[kRecurrent].dims[rank - 3]);
  VIVACE_CHECK_OK(require_sizes(inputs, state));
  Dims sequence = gates.dims;
  sequence.back() = state.back();
  const Fact last = Fact::tensor(gates.dtype, std::move(state));
  return inferred(kName, {Fact::tensor(gates.dtype, std::move(sequence)), last, last});
}

Cost ConvRnn::cost(std::span<const Fact> inputs, std::span<const Fact> outputs) const {
  const std::span weights(inputs[kRecurrent].dims);
  const double taps = elements_of(weights.first(weights.size() - 1));
  const double gate_flops = 2 * taps + flops_of(recurrent_activation.kind) + 4;
  const double each = 4 * gate_flops + flops_of(activation.kind);
  return cost_of(elements_of(outputs[0]) * each, inputs, outputs);
}

Status ConvRnn::evaluate(std::span<const TensorView> inputs,
                         std::span<const MutableTensorView> outputs) const {
  const std::int64_t batch = inputs[kGates].dims[0], steps = inputs[kGates].dims[1];
  const Row gates = load_all(inputs[kGates]);
  Recurrence state(*this, inputs);
  const std::int64_t places = state.places(), filters = state.filters();
  const bool masked = given(inputs, kMask), each_place = masked && inputs[kMask].dims.size() > 2;
  for (std::int64_t b = 0; b < batch; ++b) {
    state.h = initial(inputs, kH0, b, places * filters);
    state.c = initial(inputs, kC0, b, places * filters);
    Row output(state.h.size());
    for (std::int64_t i = 0; i < steps; ++i) {
      const std::int64_t step = b * steps + (reverse ? steps - 1 - i : i);
      const auto runs = [&](std::int64_t place) {
        return !masked || load_integer(inputs[kMask], each_place ? step * places + place : step) != 0;
      };
      const auto size = static_cast<std::size_t>(places * 4 * filters);
      state.step(std::span(gates).subspan(static_cast<std::size_t>(step) * size, size), runs);
      for (std::int64_t place = 0; place < places; ++place) {
        const auto at = place * filters;
        if (runs(place))
          std::copy_n(state.h.begin() + at, filters, output.begin() + at);
        else if (zero_output_for_mask)
          std::fill_n(output.begin() + at, filters, 0.0);
      }
      store_sample(outputs[0], step, output);
    }
    store_sample(outputs[1], b, state.h);
    store_sample(outputs[2], b, state.c);
  }
  return {};
}

}  // namespace vivace
