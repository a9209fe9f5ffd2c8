// Recurrent layers: their states are variable tensors, which live on from call to call.
#include "import/tflite/operators/recurrent.h"

#include <array>

#include "base/text.h"
#include "ops/common/recurrent/lstm_inputs.h"

namespace vivace::tflite {
namespace {

constexpr std::string_view kWayOut = "convert the model with plain layers, or keep it in Keras's format";

// Weights [out, in] of several gates beside each other, [in, gates * out].
ValueId beside(Call& call, std::size_t first, std::size_t gates, std::string_view step) {
  std::vector<ValueId> parts;
  for (std::size_t i = 0; i < gates; ++i) parts.push_back(call.weight(first + i, {1, 0}));
  return gates == 1 ? parts[0] : call.add(with(Concat{}, &Concat::axis, 1), parts, step);
}

ValueId biases(Call& call, std::size_t first, std::size_t gates, std::string_view step) {
  std::vector<ValueId> parts;
  for (std::size_t i = 0; i < gates; ++i) parts.push_back(call.weight(first + i));
  return gates == 1 ? parts[0] : call.add(with(Concat{}, &Concat::axis, 0), parts, step);
}

// Whether its weights are integers that meet floats.
bool in_dynamic_range(Call& call, const Lstm& at) {
  const TensorRecord& weight = call.tensor(at.kernels + lstm::kOutputGate);
  return !call.builder().dynamic_range_float() && call.tensor(0).type == Type::f32 &&
         (weight.type == Type::i8 || weight.type == Type::u8) && !weight.quantisation.scales.empty();
}

// What TensorFlow Lite makes of an LSTM's weights in dynamic range: integers, of which each has one scale.
void set_scales(Call& call, FullLstm& op, const Lstm& at) {
  const auto scale = [&](std::size_t i) {
    if (!call.has(i)) return 1.0;
    const Quantisation& q = call.quantisation(i);
    if (q.scales.size() != 1 || q.zero_point() != 0 || call.tensor(i).type != Type::i8)
      call.refuse("its weights are no int8 with one scale and no zero point", std::string(kWayOut));
    return call.failed() ? 1.0 : static_cast<double>(q.scales[0]);
  };
  for (const std::size_t first : {at.kernels, at.recurrent})
    for (std::size_t gate = 0; gate < lstm::kGates; ++gate) op.weight_scales.push_back(scale(first + gate));
  for (std::size_t i = 0; i < 3; ++i) op.weight_scales.push_back(scale(at.peepholes + i));
  op.weight_scales.push_back(scale(at.projection));
}

ValueId as_floats(Call& call, std::size_t i) { return call.optional_weight(i); }
// Integers stay so; what else there is, norms and biases, are floats.
ValueId as_integers(Call& call, std::size_t i) {
  return call.has(i) && call.tensor(i).type == Type::i8 ? call.input(i) : call.optional_weight(i);
}

// Whether all of it is what Rnn computes.
bool is_plain(Call& call, const Lstm& at, double cell_clip, double projection_clip) {
  bool plain = !in_dynamic_range(call, at) && call.has(at.kernels) && call.has(at.recurrent) &&
               !call.has(at.projection);
  for (std::size_t i = 0; i < 3; ++i) plain &= !call.has(at.peepholes + i);
  for (std::size_t i = 0; at.norms != 0 && i < 4; ++i) plain &= !call.has(at.norms + i);
  return plain && cell_clip == 0 && projection_clip == 0;
}

// An LSTM's own numbers.
struct Settings {
  int fused;
  double cell_clip, projection_clip;
  bool asymmetric;
};
template <class Options>
Settings settings_of(const Options& o) {
  return {o.fused_activation_function(), o.cell_clip(), o.proj_clip(), o.asymmetric_quantize_inputs()};
}

// The sequence [B, T, U] of one direction.
ValueId lstm_sequence(Call& call, ValueId x, const Lstm& at, const Settings& o, std::string_view step) {
  if (!is_plain(call, at, o.cell_clip, o.projection_clip)) {
    FullLstm op = with(FullLstm{}, &FullLstm::activation, call.activation(o.fused), &FullLstm::cell_clip,
                       o.cell_clip, &FullLstm::projection_clip, o.projection_clip, &FullLstm::reverse,
                       at.reverse, &FullLstm::asymmetric, o.asymmetric);
    const bool bytes = in_dynamic_range(call, at);
    if (bytes) set_scales(call, op, at);
    return lstm_outputs(call, at,
                        call.add_many(op, lstm_inputs(call, x, at, bytes ? as_integers : as_floats), step));
  }
  Rnn op = with(Rnn{}, &Rnn::activation, call.activation(o.fused), &Rnn::reverse, at.reverse);
  const ValueId kernel = beside(call, at.kernels, 4, "kernel"),
                recurrent = beside(call, at.recurrent, 4, "recurrent");
  const ValueId hidden = state(call, at.hidden), cell = state(call, at.cell);
  return lstm_outputs(
      call, at,
      call.add_many(op, {x, kernel, recurrent, biases(call, at.biases, 4, "bias"), kNoValue, hidden, cell},
                    step));
}

void sequence_lstm(Call& call) {
  const auto& o = call.options<schema::UnidirectionalSequenceLSTMOptions>();
  if (o.diagonal_recurrent_tensors())
    return call.refuse("its recurrent weights are diagonals", std::string(kWayOut));
  const ValueId x = turned(call, call.input(), o.time_major(), "rows");
  const ValueId y = lstm_sequence(call, x, kForwardLstm, settings_of(o), o.time_major() ? "sequence" : "");
  call.output(turned(call, y, o.time_major(), {}));
}

void lstm(Call& call) {
  const auto& o = call.options<schema::LSTMOptions>();
  if (o.kernel_type() != 0 || call.output_count() != 1)
    return call.refuse("it is of the basic kind", std::string(kWayOut));
  const ValueId x = with_axes(call, call.input(), {1}, "step");
  call.output(without_axes(call, lstm_sequence(call, x, kForwardLstm, settings_of(o), "sequence"), {1}));
}

void merge(Call& call, ValueId forward, ValueId backward, bool merged, bool time_major) {
  forward = turned(call, forward, time_major, "forward_turned");
  backward = turned(call, backward, time_major, "backward_turned");
  if (!merged) return call.output({forward, backward});
  call.output(call.add(with(Concat{}, &Concat::axis, 2), {forward, backward}));
}

void both_lstm(Call& call) {
  const auto& o = call.options<schema::BidirectionalSequenceLSTMOptions>();
  const Lstm forward{1, 5, 9, 12, 16, 35, 36, 0}, backward{18, 22, 26, 29, 33, 37, 38, 0, true};
  if (call.has(39)) return call.refuse("it has an auxiliary input", std::string(kWayOut));
  const ValueId x = turned(call, call.input(), o.time_major(), "rows");
  const ValueId there = lstm_sequence(call, x, forward, settings_of(o), "forward");
  merge(call, there, lstm_sequence(call, x, backward, settings_of(o), "backward"), o.merge_outputs(),
        o.time_major());
}

// kernel, recurrent weights and bias stand at `first`, the state behind them.
ValueId rnn_sequence(Call& call, ValueId x, std::size_t first, int fused, bool reverse,
                     std::string_view step) {
  const Rnn op = with(Rnn{}, &Rnn::cell, Rnn::Cell::simple, &Rnn::activation, call.activation(fused),
                      &Rnn::reverse, reverse);
  const auto made = call.add_many(op,
                                  {x, beside(call, first, 1, {}), beside(call, first + 1, 1, {}),
                                   call.weight(first + 2), kNoValue, state(call, first + 3)},
                                  step);
  if (made.size() < 2) return kNoValue;
  keep(call, first + 3, made[1]);
  return made[0];
}

void sequence_rnn(Call& call) {
  const auto& o = call.options<schema::SequenceRNNOptions>();
  const ValueId x = turned(call, call.input(), o.time_major(), "rows");
  const ValueId y =
      rnn_sequence(call, x, 1, o.fused_activation_function(), false, o.time_major() ? "sequence" : "");
  call.output(turned(call, y, o.time_major(), {}));
}

void both_rnn(Call& call) {
  const auto& o = call.options<schema::BidirectionalSequenceRNNOptions>();
  if (call.has(9)) return call.refuse("it has an auxiliary input", std::string(kWayOut));
  const ValueId x = turned(call, call.input(), o.time_major(), "rows");
  const int fused = o.fused_activation_function();
  const ValueId there = rnn_sequence(call, x, 1, fused, false, "forward");
  merge(call, there, rnn_sequence(call, x, 5, fused, true, "backward"), o.merge_outputs(), o.time_major());
}

void rnn(Call& call) {
  const ValueId x = with_axes(call, call.input(), {1}, "step");
  const ValueId y = rnn_sequence(call, x, 1, call.options<schema::RNNOptions>().fused_activation_function(),
                                 false, "sequence");
  call.output(without_axes(call, y, {1}));
}

// x by the features [F, I], input 1; in TensorFlow Lite's dynamic range where they are integers.
ValueId features_of(Call& call, ValueId x) {
  if (is_dynamic_range(call))
    return dynamic_rows(call, x, call.options<schema::SVDFOptions>().asymmetric_quantize_inputs(), kNoValue);
  return call.add(with(MatMul{}, &MatMul::transpose_b, true), {x, call.weight(1)}, "features");
}

// Features of the input are remembered for some steps, and each unit sums `rank` of them over time.
void svdf(Call& call) {
  const auto& o = call.options<schema::SVDFOptions>();
  const ValueId x = call.input(), times = call.weight(2), before = state(call, 4);
  call.want_rank(times, 2, 2), call.want_rank(x, 2, 2);
  const std::int64_t filters = call.size(times, 0), steps = call.size(times, 1), batch = call.size(before, 0);
  if (!call.failed() && (o.rank() < 1 || filters % o.rank() != 0))
    return call.mistake(text("{} filters of rank {}", filters, o.rank()));
  const ValueId fresh = with_axes(call, features_of(call, x), {2}, "fresh");
  const ValueId memory = call.reshape(before, Sizes{batch, filters, steps}, "memory");
  Slice older;
  older.axes = {2}, older.starts = {1}, older.stops = {Slice::kEnd}, older.steps = {1};
  const ValueId now =
      call.add(with(Concat{}, &Concat::axis, 2), {call.add(older, {memory}, "older"), fresh}, "now");
  keep(call, 4, call.reshape(now, Sizes{batch, filters * steps}, "state"));
  const ValueId weighed = call.binary(Binary::Kind::multiply, now, times, "weighed");
  const ValueId ranked =
      call.reshape(weighed, Sizes{batch, filters / std::max(o.rank(), 1), o.rank() * steps}, "ranked");
  ValueId y =
      call.add(with(Reduce{}, &Reduce::kind, Reduce::Kind::sum, &Reduce::axes, Sizes{2}), {ranked}, "sums");
  if (call.has(3)) y = call.binary(Binary::Kind::add, y, call.weight(3), "biased");
  call.output(activated(call, y, o.fused_activation_function()));
}

constexpr Rule kRules[] = {
    {Code::UNIDIRECTIONAL_SEQUENCE_LSTM, sequence_lstm, OptionsKind::UnidirectionalSequenceLSTMOptions},
    {Code::BIDIRECTIONAL_SEQUENCE_LSTM, both_lstm, OptionsKind::BidirectionalSequenceLSTMOptions},
    {Code::LSTM, lstm, OptionsKind::LSTMOptions},
    {Code::UNIDIRECTIONAL_SEQUENCE_RNN, sequence_rnn, OptionsKind::SequenceRNNOptions},
    {Code::BIDIRECTIONAL_SEQUENCE_RNN, both_rnn, OptionsKind::BidirectionalSequenceRNNOptions},
    {Code::RNN, rnn, OptionsKind::RNNOptions},
    {Code::SVDF, svdf, OptionsKind::SVDFOptions},
};

}  // namespace

std::span<const Rule> recurrent_rules() { return kRules; }

}  // namespace vivace::tflite
