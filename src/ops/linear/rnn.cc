#include "ops/linear/rnn.h"

#include <algorithm>

#include "base/text.h"
#include "base/try.h"
#include "ops/common/reference.h"
#include "ops/common/shape_rules.h"

namespace vivace {
namespace {

enum Input : std::size_t { kX, kKernel, kRecurrent, kBias, kMask, kH0, kC0 };
using Row = std::vector<double>;

// sums += x times `columns` columns, from `first` on, of a matrix [x's length, width].
void add_product(std::span<double> sums, std::span<const double> x, const Row& matrix, std::size_t width,
                 std::size_t first) {
  for (std::size_t i = 0; i < x.size(); ++i)
    for (std::size_t j = 0; j < sums.size(); ++j) sums[j] += x[i] * matrix[i * width + first + j];
}

// The state of one sequence, and how a step changes it.
class Recurrence {
 public:
  Recurrence(const Rnn& op, std::span<const TensorView> inputs)
      : op_(op),
        kernel_(load_all(inputs[kKernel])),
        recurrent_(load_all(inputs[kRecurrent])),
        bias_(given(inputs, kBias) ? load_all(inputs[kBias]) : Row{}),
        width_(static_cast<std::size_t>(inputs[kRecurrent].dims[1])),
        units_(static_cast<std::size_t>(inputs[kRecurrent].dims[0])) {}

  Row h, c;

  void step(std::span<const double> x) {
    Row gates(width_);
    if (!bias_.empty()) std::copy_n(bias_.begin(), width_, gates.begin());
    add_product(gates, x, kernel_, width_, 0);
    if (op_.cell == Rnn::Cell::gru) return gru(gates);
    add_product(gates, h, recurrent_, width_, 0);
    if (op_.cell == Rnn::Cell::lstm) return lstm(gates);
    for (std::size_t u = 0; u < units_; ++u) h[u] = evaluate(op_.activation, gates[u]);
  }

 private:
  double gate(double x) const { return evaluate(op_.recurrent_activation, x); }

  void lstm(const Row& gates) {
    for (std::size_t u = 0; u < units_; ++u) {
      const double input = gate(gates[u]), forget = gate(gates[units_ + u]);
      c[u] = forget * c[u] + input * evaluate(op_.activation, gates[2 * units_ + u]);
      h[u] = gate(gates[3 * units_ + u]) * evaluate(op_.activation, c[u]);
    }
  }

  void gru(Row& gates) {
    const std::size_t two = 2 * units_;
    add_product(std::span(gates).first(two), h, recurrent_, width_, 0);
    Row candidate(units_), update(units_), reset(units_);
    const bool second_bias = op_.reset_after && !bias_.empty();
    for (std::size_t u = 0; u < units_; ++u) {
      update[u] = gate(gates[u] + (second_bias ? bias_[width_ + u] : 0));
      reset[u] = gate(gates[units_ + u] + (second_bias ? bias_[width_ + units_ + u] : 0));
    }
    if (op_.reset_after) {
      if (second_bias)
        std::copy_n(bias_.begin() + static_cast<std::ptrdiff_t>(width_ + two), units_, candidate.begin());
      add_product(candidate, h, recurrent_, width_, two);
      for (std::size_t u = 0; u < units_; ++u) candidate[u] *= reset[u];
    } else {
      for (std::size_t u = 0; u < units_; ++u) reset[u] *= h[u];
      add_product(candidate, reset, recurrent_, width_, two);
    }
    for (std::size_t u = 0; u < units_; ++u) {
      const double proposed = evaluate(op_.activation, gates[two + u] + candidate[u]);
      h[u] = update[u] * h[u] + (1 - update[u]) * proposed;
    }
  }

  const Rnn& op_;
  Row kernel_, recurrent_, bias_;
  std::size_t width_, units_;
};

// Row b of an initial state, or zeros.
Row initial(std::span<const TensorView> inputs, std::size_t which, std::int64_t b, std::int64_t units) {
  Row state(static_cast<std::size_t>(units));
  if (!given(inputs, which)) return state;
  for (std::int64_t u = 0; u < units; ++u)
    state[static_cast<std::size_t>(u)] = load(inputs[which], b * units + u);
  return state;
}

void store_row(const MutableTensorView& y, std::int64_t row, const Row& values) {
  std::int64_t i = row * static_cast<std::int64_t>(values.size());
  for (const double value : values) store(y, i++, value);
}

}  // namespace

Result<std::vector<Fact>> Rnn::infer(std::span<const Fact> inputs) const {
  const bool has_c = cell == Cell::lstm;
  VIVACE_CHECK_OK(require_inputs(kName, inputs, 3, has_c ? 7 : 6));
  static constexpr const char* kInputs[] = {"the input",    "the kernel", "the recurrent kernel",
                                            "the bias",     "the mask",   "the initial state",
                                            "the initial c"};
  VIVACE_CHECK_OK(require_float(kName, kInputs[kX], inputs[kX]));
  VIVACE_CHECK_OK(require_rank(kName, kInputs[kX], inputs[kX], 3, 3));
  VIVACE_CHECK_OK(require_rank(kName, kInputs[kRecurrent], inputs[kRecurrent], 2, 2));
  for (std::size_t i = kKernel; i < inputs.size(); ++i)
    if (given(inputs, i))
      VIVACE_CHECK_OK(
          require_dtype(kName, kInputs[i], inputs[i], i == kMask ? DType::boolean : inputs[kX].dtype));

  const Dims& x = inputs[kX].dims;
  const Dim &batch = x[0], &units = inputs[kRecurrent].dims[0], width = units * Dim(gates());
  const Dims bias = cell == Cell::gru && reset_after ? Dims{2, width} : Dims{width};
  const Dims want[] = {x, {x[2], width}, {units, width}, bias, {batch, x[1]}, {batch, units}, {batch, units}};
  for (std::size_t i = kKernel; i < inputs.size(); ++i)
    if (given(inputs, i)) VIVACE_CHECK_OK(require_dims(kName, kInputs[i], inputs[i], want[i]));

  const DType dtype = inputs[kX].dtype;
  std::vector<Fact> outputs = {Fact::tensor(dtype, {batch, x[1], units}),
                               Fact::tensor(dtype, {batch, units})};
  if (has_c) outputs.push_back(outputs[1]);
  return inferred(kName, std::move(outputs));
}

Cost Rnn::cost(std::span<const Fact> inputs, std::span<const Fact> outputs) const {
  const double products = 2 * (elements_of(inputs[kKernel]) + elements_of(inputs[kRecurrent]));
  const double units = elements_of(outputs[1]) / std::max(1.0, elements_of(Dims{inputs[kX].dims[0]}));
  const double gate_flops = static_cast<double>(gates()) * (flops_of(recurrent_activation.kind) + 4);
  const double steps = elements_of(Dims{inputs[kX].dims[0], inputs[kX].dims[1]});
  return cost_of(steps * (products + units * (gate_flops + flops_of(activation.kind))), inputs, outputs);
}

Status Rnn::evaluate(std::span<const TensorView> inputs, std::span<const MutableTensorView> outputs) const {
  const std::int64_t batch = inputs[kX].dims[0], steps = inputs[kX].dims[1],
                     units = inputs[kRecurrent].dims[0];
  const auto features = static_cast<std::size_t>(inputs[kX].dims[2]);
  const Row x = load_all(inputs[kX]);
  Recurrence state(*this, inputs);
  for (std::int64_t b = 0; b < batch; ++b) {
    state.h = initial(inputs, kH0, b, units);
    state.c = initial(inputs, kC0, b, units);
    Row output(static_cast<std::size_t>(units));
    for (std::int64_t i = 0; i < steps; ++i) {
      const std::int64_t place = b * steps + (reverse ? steps - 1 - i : i);
      const bool skipped = given(inputs, kMask) && load_integer(inputs[kMask], place) == 0;
      if (!skipped) {
        state.step(std::span(x).subspan(static_cast<std::size_t>(place) * features, features));
        output = state.h;
      }
      store_row(outputs[0], place, skipped && zero_output_for_mask ? Row(output.size()) : output);
    }
    store_row(outputs[1], b, state.h);
    if (cell == Cell::lstm) store_row(outputs[2], b, state.c);
  }
  return {};
}

}  // namespace vivace
