// Recurrent layers of int8 activations, with a cell or memory of int16.
#include "import/tflite/operators/recurrent.h"

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "import/tflite/operators/quantised/spaces.h"
#include "ops/common/recurrent/lstm_inputs.h"

namespace vivace::tflite {
namespace {

constexpr std::size_t kHiddenSpace = 4;  // among the operator's inner tensors, behind those of the gates

// The scale of an input that may be left out; 1 then, as in TensorFlow Lite.
float scale_of(Call& call, std::size_t i) { return call.has(i) ? space_of(call, i).scale : 1.0F; }

// Scale and zero point of an inner tensor.
Space inner_space(Call& call, std::size_t i) {
  const Quantisation& q = call.intermediate(i).quantisation;
  if (!call.failed() && q.scales.size() != 1)
    call.mistake(text("its inner tensor {} has {} scales, needs 1", i, q.scales.size()));
  return call.failed() ? Space{} : Space{q.scales[0], q.zero_point(), DType::i8};
}

// The exponent of a scale that is a power of two.
std::int64_t exponent_of(Call& call, float scale) {
  const float exponent = std::log(scale) * (1.0F / std::log(2.0F)), whole = std::round(exponent);
  if (!call.failed() && !(std::fabs(exponent - whole) < 1e-3F && std::fabs(whole) < 100))
    call.mistake(text("its cell has the scale {}, which is no power of two", scale));
  return call.failed() ? 0 : static_cast<std::int64_t>(whole);
}

// A bound in the integers of a scale; 0 for none.
std::int64_t bound_in(float bound, float scale, std::int64_t most) {
  if (!(bound > 0)) return 0;
  return static_cast<std::int64_t>(std::min(bound / scale, static_cast<float>(most)));
}

double wide(float x) { return static_cast<double>(x); }

// The factors of an LSTM's sums, in the precision in which TensorFlow Lite computes them.
void set_factors(Call& call, QLstm& op, const Lstm& at) {
  const float x = space_of(call).scale, h = space_of(call, at.hidden).scale;
  const bool norms = at.norms != 0 && call.has(at.norms + lstm::kOutputGate);
  const double cell = std::ldexp(1.0, static_cast<int>(op.cell_exponent));
  float gates[lstm::kGates];
  for (std::size_t gate = 0; gate < lstm::kGates; ++gate) {
    gates[gate] = norms ? inner_space(call, gate).scale : 0x1p-12F;
    op.kernel_factors[gate] = wide(scale_of(call, at.kernels + gate) * x / gates[gate]);
    op.recurrent_factors[gate] = wide(scale_of(call, at.recurrent + gate) * h / gates[gate]);
    op.norm_factors[gate] = norms ? wide(scale_of(call, at.norms + gate)) : 1;
  }
  constexpr std::size_t kSeeing[] = {lstm::kInputGate, lstm::kForgetGate, lstm::kOutputGate};
  for (std::size_t i = 0; i < 3; ++i)
    if (call.has(at.peepholes + i))
      op.peephole_factors[i] =
          wide(static_cast<float>(cell * wide(scale_of(call, at.peepholes + i)) / wide(gates[kSeeing[i]])));
  const Space hidden = inner_space(call, kHiddenSpace);
  op.hidden_zero = hidden.zero;
  op.hidden_factor = wide(static_cast<float>(0x1p-15 / wide(hidden.scale) * 0x1p-15));
  op.projection_factor = wide(scale_of(call, at.projection) * hidden.scale / h);
}

ValueId integer_sequence(Call& call, ValueId x, const Lstm& at, float cell_clip, float projection_clip,
                         std::string_view step) {
  if (!call.failed() && (call.op().intermediates.size() != 5 || call.tensor(0).type != Type::i8)) {
    call.refuse("its cell has 8 bits, or it takes no int8",
                "convert the model with TensorFlow 2's converter");
    return kNoValue;
  }
  QLstm op = with(QLstm{}, &QLstm::input_zero, space_of(call).zero, &QLstm::state_zero,
                  space_of(call, at.hidden).zero, &QLstm::reverse, at.reverse);
  const Space cell = space_of(call, at.cell);
  op.cell_exponent = exponent_of(call, cell.scale);
  op.cell_clip = bound_in(cell_clip, cell.scale, 32767);
  op.projection_clip = bound_in(projection_clip, output_space(call).scale, 127);
  if (!call.failed()) set_factors(call, op, at);
  const auto as_it_is = +[](Call& c, std::size_t i) { return c.optional(i); };
  std::vector<ValueId> inputs = lstm_inputs(call, x, at, as_it_is);
  if (call.failed()) return kNoValue;
  // TensorFlow Lite counts peepholes by the state's width, not the cell's.
  if (call.has(at.peepholes + 2) && call.has(at.projection) &&
      call.size(inputs[lstm::kProjection], 0) != call.size(inputs[lstm::kProjection], 1)) {
    call.refuse("its gates see a cell of another width than the state's",
                "convert the model without peepholes, or without a projection");
    return kNoValue;
  }
  return lstm_outputs(call, at, call.add_many(op, inputs, step));
}

void sequence_lstm(Call& call) {
  const auto& o = call.options<schema::UnidirectionalSequenceLSTMOptions>();
  if (o.diagonal_recurrent_tensors())
    return call.refuse("its recurrent weights are diagonals", "convert the model with plain layers");
  const ValueId x = turned(call, call.input(), o.time_major(), "rows");
  const ValueId y =
      integer_sequence(call, x, kForwardLstm, o.cell_clip(), o.proj_clip(), o.time_major() ? "sequence" : "");
  call.output(turned(call, y, o.time_major(), {}));
}

void lstm_step(Call& call) {
  const auto& o = call.options<schema::LSTMOptions>();
  if (o.kernel_type() != 0 || call.output_count() != 1)
    return call.refuse("it is of the basic kind", "convert the model with TensorFlow 2's converter");
  const ValueId x = with_axes(call, call.input(), {1}, "step");
  const ValueId y = integer_sequence(call, x, kForwardLstm, o.cell_clip(), o.proj_clip(), "sequence");
  call.output(without_axes(call, y, {1}));
}

void svdf(Call& call) {
  const auto& o = call.options<schema::SVDFOptions>();
  const ValueId x = call.input(), before = state(call, 4);
  if (!call.failed() && (call.tensor(0).type != Type::i8 || call.tensor(2).type != Type::i16))
    return call.refuse("it takes no int8 and remembers no int16",
                       "convert the model with TensorFlow's converter, to int8");
  if (o.fused_activation_function() != 1)  // ReLU
    return call.refuse("it does not end in ReLU", "convert the model again with TensorFlow's converter");
  const Space input = space_of(call), memory = space_of(call, 4), y = output_space(call);
  QSvdf op = with(QSvdf{}, &QSvdf::input_zero, input.zero, &QSvdf::rank, o.rank());
  op.feature_factor = wide(input.scale * scale_of(call, 1) / memory.scale);
  // TensorFlow Lite wants ReLU here, and leaves it to the output's zero point.
  op.end = end_between(y, {wide(memory.scale * scale_of(call, 2) / y.scale)}, {}, {});
  const auto made = call.add_many(op, {x, call.input(1), call.input(2), before, call.optional(3)});
  if (made.size() != 2) return;
  keep(call, 4, made[1]);
  call.output(made[0]);
}

constexpr QuantisedRule kRules[] = {
    {Code::UNIDIRECTIONAL_SEQUENCE_LSTM, sequence_lstm},
    {Code::LSTM, lstm_step},
    {Code::SVDF, svdf},
};

}  // namespace

std::span<const QuantisedRule> quantised_recurrent_rules() { return kRules; }

}  // namespace vivace::tflite
