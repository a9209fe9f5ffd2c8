#include "ops/recurrent/q_lstm.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/numbers/fixed_point.h"
#include "base/text.h"
#include "base/try.h"
#include "ops/common/quantised/fixed_functions.h"
#include "ops/common/quantised/requantisation.h"
#include "ops/common/recurrent/lstm_inputs.h"
#include "ops/common/reference.h"
#include "ops/common/shape_rules.h"

namespace vivace {
namespace {

using namespace lstm;

constexpr Types kIntegers{DType::i8, DType::i8, DType::i16, DType::i32, DType::i16, DType::i16};
constexpr std::array<std::size_t, kGates> kPeepholeOf = {0, 1, kInputs, 2};
constexpr int kGateBits = 3;                  // integer bits of a gate
constexpr int kNormShift = 12;                // a normalised gate has 12 bits behind the point
constexpr double kMostNorm = 0x1p17;          // so that its factor may be shifted that far
constexpr std::int64_t kMostCells = 1 << 20;  // a mean needs 2^20 / cells to be a number

using Shorts = std::vector<std::int16_t>;
using Bytes8 = std::vector<std::int8_t>;

std::int16_t to_short(std::int64_t x) {
  return static_cast<std::int16_t>(std::clamp<std::int64_t>(x, -32768, 32767));
}
std::int8_t to_byte(std::int64_t x) {
  return static_cast<std::int8_t>(std::clamp<std::int64_t>(x, -128, 127));
}

// A matrix [rows, columns] with what it adds to each of its sums: a bias, and a zero point times its row.
struct Matrix {
  std::span<const std::int8_t> weights;
  std::vector<std::uint32_t> sums;
  QuantisedMultiplier factor;

  Matrix(const TensorView& w, const TensorView* bias, std::int64_t zero, double by)
      : weights(w.as<std::int8_t>(), static_cast<std::size_t>(w.count())),
        sums(static_cast<std::size_t>(w.dims[0])),
        factor(quantize_multiplier(by)) {
    const auto columns = static_cast<std::size_t>(w.dims[1]);
    for (std::size_t row = 0; row < sums.size(); ++row) {
      std::int64_t sum = 0;
      for (std::size_t k = 0; k < columns; ++k) sum += weights[row * columns + k];
      const std::int64_t own = bias ? load_integer(*bias, static_cast<std::int64_t>(row)) : 0;
      sums[row] = static_cast<std::uint32_t>(own + sum * zero);
    }
  }

  /// The product with x in a row, scaled.
  std::int32_t row(std::size_t row, std::span<const std::int8_t> x) const {
    std::uint32_t sum = sums[row];
    for (std::size_t k = 0; k < x.size(); ++k)
      sum += static_cast<std::uint32_t>(std::int32_t{weights[row * x.size() + k]} * x[k]);
    return multiply(static_cast<std::int32_t>(sum), factor);
  }
};

// What normalises a gate: its mean and deviation in integers.
class Norm {
 public:
  Norm(const TensorView& weights, const TensorView& bias, double factor)
      : weights_(weights),
        bias_(bias),
        by_(quantize_multiplier(factor)),
        least_variance_(std::max(1, static_cast<std::int32_t>(10000 * static_cast<float>(factor)))) {
    by_.shift = by_.mantissa == 0 ? 0 : by_.shift + kNormShift;
  }

  void operator()(Shorts& gate) const {
    const auto count = static_cast<std::int64_t>(gate.size());
    std::int64_t sum = 0, squares = 0;
    for (const std::int16_t x : gate) sum += x, squares += std::int64_t{x} * x;
    const auto mean = static_cast<std::int32_t>(sum * 1024 / count);
    const std::int64_t scaled = squares * ((1 << 20) / count) - std::int64_t{mean} * mean;
    auto variance = static_cast<std::int32_t>(scaled / (1 << 20));
    if (variance < 1) variance = least_variance_;
    const QuantisedMultiplier inverse = fixed::inverse_root(variance);
    for (std::int64_t i = 0; i < count; ++i) {
      std::int16_t& x = gate[static_cast<std::size_t>(i)];
      const std::int32_t from_mean = multiply(1024 * x - mean, inverse);
      const auto weighed = static_cast<std::int32_t>(
          static_cast<std::uint32_t>(from_mean) * static_cast<std::uint32_t>(load_integer(weights_, i)) +
          static_cast<std::uint32_t>(load_integer(bias_, i)));
      const std::int64_t rounded = (std::int64_t{weighed} + (weighed > 0 ? 512 : -512)) / 1024;
      x = to_short(multiply(static_cast<std::int32_t>(rounded), by_));
    }
  }

 private:
  TensorView weights_, bias_;
  QuantisedMultiplier by_;
  std::int32_t least_variance_;
};

// One sequence at a time.
class IntegerCells {
 public:
  IntegerCells(const QLstm& op, std::span<const TensorView> inputs)
      : op_(op), inputs_(inputs), parts_(parts(inputs)), hidden_(quantize_multiplier(op.hidden_factor)) {
    for (std::size_t gate = parts_.input_gate ? kInputGate : kForgetGate; gate < kGates; ++gate) {
      const TensorView* bias = parts_.norms ? nullptr : &inputs[kBiases + gate];
      kernels_.emplace_back(inputs[kKernels + gate], bias, -op.input_zero, op.kernel_factors[gate]);
      recurrent_.emplace_back(inputs[kRecurrent + gate], nullptr, -op.state_zero, op.recurrent_factors[gate]);
      if (parts_.norms)
        norms_.emplace_back(inputs[kNorms + gate], inputs[kBiases + gate], op.norm_factors[gate]);
    }
    for (const double factor : op.peephole_factors) peepholes_.push_back(quantize_multiplier(factor));
    if (parts_.projection)
      projection_.emplace_back(inputs[kProjection],
                               given(inputs, kProjectionBias) ? &inputs[kProjectionBias] : nullptr,
                               op.hidden_zero, op.projection_factor);
  }

  Bytes8 h;
  Shorts c;

  void step(std::span<const std::int8_t> x) {
    const Shorts forget = gate(kForgetGate, x), fresh = gate(kCellGate, x);
    Shorts input = parts_.input_gate ? gate(kInputGate, x) : forget;
    if (!parts_.input_gate)
      for (std::int16_t& value : input) value = static_cast<std::int16_t>(32767 - value);
    update(input, forget, fresh);
    show(gate(kOutputGate, x));
  }

 private:
  Shorts gate(Gate which, std::span<const std::int8_t> x) const {
    const std::size_t place = which - (parts_.input_gate ? 0 : 1);
    Shorts gate(c.size());
    for (std::size_t i = 0; i < gate.size(); ++i) {
      gate[i] = to_short(kernels_[place].row(i, x));
      gate[i] = to_short(std::int64_t{gate[i]} + recurrent_[place].row(i, h));
    }
    if (parts_.peepholes && which != kCellGate) look(gate, kPeepholeOf[which]);
    if (parts_.norms) norms_[place](gate);
    for (std::int16_t& value : gate)
      value = which == kCellGate ? fixed::tanh(value, kGateBits) : fixed::logistic(value, kGateBits);
    return gate;
  }

  // What a gate sees of the cell.
  void look(Shorts& gate, std::size_t which) const {
    const auto* weights = inputs_[kPeepholes + which].as<std::int16_t>();
    for (std::size_t i = 0; i < gate.size(); ++i)
      gate[i] = to_short(std::int64_t{gate[i]} + multiply(weights[i] * c[i], peepholes_[which]));
  }

  void update(const Shorts& input, const Shorts& forget, const Shorts& fresh) {
    const int shift = 30 + static_cast<int>(op_.cell_exponent);
    for (std::size_t i = 0; i < c.size(); ++i) {
      const auto kept = static_cast<std::int16_t>(rounding_divide_by_power_of_two(forget[i] * c[i], 15));
      const auto added =
          static_cast<std::int16_t>(rounding_divide_by_power_of_two(input[i] * fresh[i], shift));
      c[i] = to_short(kept + added);
      if (op_.cell_clip > 0)
        c[i] = static_cast<std::int16_t>(std::clamp<std::int64_t>(c[i], -op_.cell_clip, op_.cell_clip));
    }
  }

  void show(const Shorts& output) {
    const int bits = 15 + static_cast<int>(op_.cell_exponent);
    const std::int64_t zero = parts_.projection ? -op_.hidden_zero : op_.hidden_zero;
    Bytes8 shown(c.size());
    for (std::size_t i = 0; i < c.size(); ++i)
      shown[i] = to_byte(multiply(output[i] * fixed::tanh(c[i], bits), hidden_) + zero);
    if (!parts_.projection) {
      h = std::move(shown);
      return;
    }
    for (std::size_t i = 0; i < h.size(); ++i) {
      h[i] = to_byte(projection_[0].row(i, shown) + op_.state_zero);
      if (op_.projection_clip > 0)
        h[i] = static_cast<std::int8_t>(
            std::clamp<std::int64_t>(h[i], -op_.projection_clip, op_.projection_clip));
    }
  }

  const QLstm& op_;
  std::span<const TensorView> inputs_;
  Parts parts_;
  QuantisedMultiplier hidden_;
  std::vector<Matrix> kernels_, recurrent_, projection_;
  std::vector<Norm> norms_;
  std::vector<QuantisedMultiplier> peepholes_;
};

Status require_factors_of(std::string_view op, std::string_view attribute, std::span<const double> factors,
                          std::size_t count) {
  if (factors.size() != count)
    return attribute_error(op, text("{} has {} numbers, needs {}", attribute, factors.size(), count));
  for (const double factor : factors)
    VIVACE_CHECK_OK(require_factor(op, attribute, factor, Rounding::fixed31));
  return {};
}

}  // namespace

Result<std::vector<Fact>> QLstm::infer(std::span<const Fact> inputs) const {
  VIVACE_CHECK_OK(lstm::require_inputs(kName, inputs, kIntegers));
  for (const std::int64_t zero : {input_zero, state_zero, hidden_zero})
    VIVACE_CHECK_OK(require_zero(kName, "a zero point", zero, DType::i8));
  VIVACE_CHECK_OK(require_factors_of(kName, "kernel_factors", kernel_factors, kGates));
  VIVACE_CHECK_OK(require_factors_of(kName, "recurrent_factors", recurrent_factors, kGates));
  VIVACE_CHECK_OK(require_factors_of(kName, "peephole_factors", peephole_factors, 3));
  VIVACE_CHECK_OK(require_factors_of(kName, "norm_factors", norm_factors, kGates));
  for (const double factor : norm_factors)
    if (factor > kMostNorm) return attribute_error(kName, text("a norm's factor of {} is too large", factor));
  const double single[] = {hidden_factor, projection_factor};
  VIVACE_CHECK_OK(require_factors_of(kName, "hidden_factor and projection_factor", single, 2));
  VIVACE_CHECK_OK(require_number(kName, "cell_exponent", cell_exponent, -15, -9));
  VIVACE_CHECK_OK(require_number(kName, "cell_clip", cell_clip, 0, 32767));
  VIVACE_CHECK_OK(require_number(kName, "projection_clip", projection_clip, 0, 127));
  const Dim& cells = inputs[kRecurrent + kOutputGate].dims[0];
  if (cells.known() && (cells.number() < 1 || cells.number() > kMostCells))
    return shape_error(kName, text("it has {} cells", cells.number()));
  return inferred(kName, lstm::outputs(inputs, kIntegers));
}

Cost QLstm::cost(std::span<const Fact> inputs, std::span<const Fact> outputs) const {
  const double steps = elements_of(Dims{inputs[kX].dims[0], inputs[kX].dims[1]});
  return cost_of(steps * flops_of_step(inputs), inputs, outputs);
}

Status QLstm::evaluate(std::span<const TensorView> inputs, std::span<const MutableTensorView> outputs) const {
  const TensorView &x = inputs[kX], &h = inputs[kHidden], &c = inputs[kCell];
  const std::int64_t steps = x.dims[1], features = x.dims[2], states = h.dims[1], units = c.dims[1];
  if (units == 0) return {};
  IntegerCells cells(*this, inputs);
  for (std::int64_t b = 0; b < x.dims[0]; ++b) {
    cells.h.assign(h.as<std::int8_t>() + b * states, h.as<std::int8_t>() + (b + 1) * states);
    cells.c.assign(c.as<std::int16_t>() + b * units, c.as<std::int16_t>() + (b + 1) * units);
    for (std::int64_t i = 0; i < steps; ++i) {
      const std::int64_t place = b * steps + (reverse ? steps - 1 - i : i);
      cells.step({x.as<std::int8_t>() + place * features, static_cast<std::size_t>(features)});
      std::copy(cells.h.begin(), cells.h.end(), outputs[0].as<std::int8_t>() + place * states);
    }
    std::copy(cells.h.begin(), cells.h.end(), outputs[1].as<std::int8_t>() + b * states);
    std::copy(cells.c.begin(), cells.c.end(), outputs[2].as<std::int16_t>() + b * units);
  }
  return {};
}

}  // namespace vivace
