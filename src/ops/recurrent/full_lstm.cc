#include "ops/recurrent/full_lstm.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/text.h"
#include "base/try.h"
#include "ops/common/quantised/scales.h"
#include "ops/common/recurrent/lstm_inputs.h"
#include "ops/common/reference.h"
#include "ops/common/shape_rules.h"
#include "ops/hybrid/dynamic_quantize.h"

namespace vivace {
namespace {

using namespace lstm;
using Row = std::vector<double>;

constexpr Types kFloats{DType::f32, DType::f32, DType::f32, DType::f32, DType::f32, DType::f32};
constexpr Types kBytes{DType::f32, DType::i8, DType::i8, DType::f32, DType::f32, DType::f32};
constexpr std::size_t kScales =
    kProjection - kKernels - kGates + 1;  // kernels to peepholes, and the projection
constexpr double kLeastVariance = 1e-8;
// The peephole of a gate; the cell's has none.
constexpr std::array<std::size_t, kGates> kPeepholeOf = {kPeepholes, kPeepholes + 1, kInputs, kPeepholes + 2};

void normalise(Row& row) {
  double mean = 0, variance = 0;
  for (const double x : row) mean += x;
  mean /= static_cast<double>(row.size());
  for (const double x : row) variance += (x - mean) * (x - mean);
  const double inverse = 1 / std::sqrt(variance / static_cast<double>(row.size()) + kLeastVariance);
  for (double& x : row) x = (x - mean) * inverse;
}

double bounded(double x, double bound) { return bound > 0 ? std::clamp(x, -bound, bound) : x; }

// W x, row i.
double product(const Row& w, std::size_t i, std::span<const double> x) {
  double sum = 0;
  for (std::size_t k = 0; k < x.size(); ++k) sum += w[i * x.size() + k] * x[k];
  return sum;
}

// A row as integers less their zero point, and the scale of one.
struct Integers {
  Row numbers;
  float scale;
};
Integers integers_of(std::span<const double> x, bool asymmetric) {
  if (x.empty()) return {{}, 1};
  DynamicQuantize op;
  op.asymmetric = asymmetric;
  const auto [least, most] = std::minmax_element(x.begin(), x.end());
  const DynamicQuantize::Row row = op.row_of(static_cast<float>(*least), static_cast<float>(*most));
  Integers found{{}, row.scale};
  for (const double value : x) {
    const float steps = std::round(static_cast<float>(value) * row.factor) + static_cast<float>(row.zero);
    found.numbers.push_back(std::isnan(steps)
                                ? row.low - static_cast<float>(row.zero)
                                : std::clamp(steps, row.low, 127.0F) - static_cast<float>(row.zero));
  }
  return found;
}

// One sequence at a time.
class Cells {
 public:
  Cells(const FullLstm& op, std::span<const TensorView> inputs)
      : op_(op), parts_(parts(inputs)), cells_(static_cast<std::size_t>(inputs[kCell].dims[1])) {
    for (std::size_t i = kKernels; i < inputs.size() && i < kInputs; ++i)
      if (i != kHidden && i != kCell && given(inputs, i)) inputs_[i] = load_all(inputs[i]);
  }

  Row h, c;

  void step(std::span<const double> x) {
    const Row forget = gate(kForgetGate, x), fresh = gate(kCellGate, x);
    Row input = parts_.input_gate ? gate(kInputGate, x) : forget;
    if (!parts_.input_gate)
      for (double& value : input) value = 1 - value;
    for (std::size_t i = 0; i < cells_; ++i)
      c[i] = bounded(forget[i] * c[i] + input[i] * fresh[i], op_.cell_clip);
    Row shown = gate(kOutputGate, x);
    for (std::size_t i = 0; i < cells_; ++i) shown[i] *= vivace::evaluate(op_.activation, c[i]);
    if (parts_.projection) shown = projected(shown);
    h = std::move(shown);
  }

 private:
  Row gate(Gate which, std::span<const double> x) const {
    const Row& bias = inputs_[kBiases + which];
    Row sums = parts_.norms ? Row(cells_) : bias;
    add_product(sums, kKernels + which, x);
    add_product(sums, kRecurrent + which, h);
    if (parts_.peepholes && which != kCellGate)
      for (std::size_t i = 0; i < cells_; ++i)
        sums[i] += inputs_[kPeepholeOf[which]][i] * scale(kPeepholeOf[which]) * c[i];
    if (parts_.norms) {
      normalise(sums);
      for (std::size_t i = 0; i < cells_; ++i) sums[i] = sums[i] * inputs_[kNorms + which][i] + bias[i];
    }
    for (double& sum : sums)
      sum = which == kCellGate ? vivace::evaluate(op_.activation, sum) : 1 / (1 + std::exp(-sum));
    return sums;
  }

  // The scale of a weight; 1 of one in floats.
  double scale(std::size_t weight) const {
    if (op_.weight_scales.empty()) return 1;
    return op_.weight_scales[weight == kProjection ? kScales - 1 : weight - kKernels];
  }

  // y += W x; in dynamic range in float32, with a rounding after each step.
  void add_product(Row& y, std::size_t weight, std::span<const double> x) const {
    const Row& w = inputs_[weight];
    if (op_.weight_scales.empty()) {
      for (std::size_t i = 0; i < y.size(); ++i) y[i] += product(w, i, x);
      return;
    }
    const Integers by = integers_of(x, op_.asymmetric);
    const float both = static_cast<float>(scale(weight)) * by.scale;
    for (std::size_t i = 0; i < y.size(); ++i) {
      const float added = static_cast<float>(product(w, i, by.numbers)) * both;
      y[i] = double{static_cast<float>(y[i]) + added};
    }
  }

  Row projected(const Row& shown) const {
    Row y = inputs_[kProjectionBias].empty() ? Row(h.size()) : inputs_[kProjectionBias];
    add_product(y, kProjection, shown);
    for (double& value : y) value = bounded(value, op_.projection_clip);
    return y;
  }

  const FullLstm& op_;
  Parts parts_;
  std::size_t cells_;
  std::array<Row, kInputs> inputs_;
};

Row row_of(const TensorView& x, std::int64_t row) {
  Row values(static_cast<std::size_t>(x.dims[1]));
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = load(x, row * x.dims[1] + static_cast<std::int64_t>(i));
  return values;
}

void store_row(const MutableTensorView& y, std::int64_t row, const Row& values) {
  std::int64_t i = row * static_cast<std::int64_t>(values.size());
  for (const double value : values) store(y, i++, value);
}

}  // namespace

Result<std::vector<Fact>> FullLstm::infer(std::span<const Fact> inputs) const {
  const Types& types = weight_scales.empty() ? kFloats : kBytes;
  VIVACE_CHECK_OK(lstm::require_inputs(kName, inputs, types));
  if (!weight_scales.empty() && weight_scales.size() != kScales)
    return attribute_error(kName,
                           text("weight_scales has {} numbers, needs {}", weight_scales.size(), kScales));
  for (const double scale : weight_scales) VIVACE_CHECK_OK(require_scale(kName, "weight_scales", scale));
  for (const double clip : {cell_clip, projection_clip})
    if (!(clip >= 0) || !std::isfinite(clip)) return attribute_error(kName, "a bound must be 0 or more");
  return inferred(kName, lstm::outputs(inputs, types));
}

Cost FullLstm::cost(std::span<const Fact> inputs, std::span<const Fact> outputs) const {
  const double steps = elements_of(Dims{inputs[kX].dims[0], inputs[kX].dims[1]});
  return cost_of(steps * flops_of_step(inputs), inputs, outputs);
}

Status FullLstm::evaluate(std::span<const TensorView> inputs,
                          std::span<const MutableTensorView> outputs) const {
  const TensorView& x = inputs[kX];
  const std::int64_t steps = x.dims[1];
  const auto features = static_cast<std::size_t>(x.dims[2]);
  const Row all = load_all(x);
  Cells cells(*this, inputs);
  for (std::int64_t b = 0; b < x.dims[0]; ++b) {
    cells.h = row_of(inputs[kHidden], b);
    cells.c = row_of(inputs[kCell], b);
    for (std::int64_t i = 0; i < steps; ++i) {
      const std::int64_t place = b * steps + (reverse ? steps - 1 - i : i);
      cells.step(std::span(all).subspan(static_cast<std::size_t>(place) * features, features));
      store_row(outputs[0], place, cells.h);
    }
    store_row(outputs[1], b, cells.h);
    store_row(outputs[2], b, cells.c);
  }
  return {};
}

}  // namespace vivace
