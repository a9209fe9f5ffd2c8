// Recurrent layers: their states are variable tensors, which live on from call to call.
#include <array>

#include "base/text.h"
#include "import/tflite/operators/families.h"

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

// The inputs of one direction of an LSTM, by number.
struct Lstm {
  std::size_t kernels, recurrent, peepholes, biases, projection, hidden, cell, norms;
  bool reverse = false;
};

bool is_plain(Call& call, const Lstm& at, double cell_clip, double projection_clip) {
  std::string_view reason;
  if (!call.has(at.kernels) || !call.has(at.recurrent))
    reason = "its input gate is coupled to the forget gate";
  for (std::size_t i = 0; i < 3; ++i)
    if (call.has(at.peepholes + i)) reason = "its gates see the cell";
  if (call.has(at.projection)) reason = "it has a projection";
  for (std::size_t i = 0; at.norms != 0 && i < 4; ++i)
    if (call.has(at.norms + i)) reason = "its gates are normalised";
  if (cell_clip != 0 || projection_clip != 0) reason = "its cell is bounded";
  if (!reason.empty()) call.refuse(std::string(reason), std::string(kWayOut));
  return reason.empty();
}

ValueId state(Call& call, std::size_t i) {
  if (!call.failed() && (!call.has(i) || !call.tensor(i).variable))
    call.mistake(text("input {} is no state", i));
  return call.input(i);
}

// What a state is from here on, in this call and at the start of the next.
void keep(Call& call, std::size_t i, ValueId now) {
  if (call.failed()) return;
  const std::int32_t tensor = call.op().inputs[i];
  call.builder().assign_variable(call.builder().variable(text("tensor {} {}", call.scope().subgraph, tensor)),
                                 now);
  call.scope().values[static_cast<std::size_t>(tensor)] = now;
}

ValueId turned(Call& call, ValueId x, bool time_major, std::string_view step) {
  return time_major ? call.transpose(x, {1, 0, 2}, step) : x;
}

// The sequence [B, T, U] of one direction.
ValueId lstm_sequence(Call& call, ValueId x, const Lstm& at, int fused, std::string_view step) {
  Rnn op = with(Rnn{}, &Rnn::activation, call.activation(fused), &Rnn::reverse, at.reverse);
  const ValueId kernel = beside(call, at.kernels, 4, "kernel"),
                recurrent = beside(call, at.recurrent, 4, "recurrent");
  const ValueId hidden = state(call, at.hidden), cell = state(call, at.cell);
  const auto made = call.add_many(
      op, {x, kernel, recurrent, biases(call, at.biases, 4, "bias"), kNoValue, hidden, cell}, step);
  if (made.size() != 3) return kNoValue;
  keep(call, at.hidden, made[1]);
  keep(call, at.cell, made[2]);
  return made[0];
}

constexpr Lstm kForward{1, 5, 9, 12, 16, 18, 19, 20};

void sequence_lstm(Call& call) {
  const auto& o = call.options<schema::UnidirectionalSequenceLSTMOptions>();
  if (o.diagonal_recurrent_tensors())
    return call.refuse("its recurrent weights are diagonals", std::string(kWayOut));
  if (!is_plain(call, kForward, o.cell_clip(), o.proj_clip())) return;
  const ValueId x = turned(call, call.input(), o.time_major(), "rows");
  const ValueId y =
      lstm_sequence(call, x, kForward, o.fused_activation_function(), o.time_major() ? "sequence" : "");
  call.output(turned(call, y, o.time_major(), {}));
}

void lstm(Call& call) {
  const auto& o = call.options<schema::LSTMOptions>();
  if (o.kernel_type() != 0 || call.output_count() != 1)
    return call.refuse("it is of the basic kind", std::string(kWayOut));
  if (!is_plain(call, kForward, o.cell_clip(), o.proj_clip())) return;
  const ValueId x = with_axes(call, call.input(), {1}, "step");
  call.output(
      without_axes(call, lstm_sequence(call, x, kForward, o.fused_activation_function(), "sequence"), {1}));
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
  if (!is_plain(call, forward, o.cell_clip(), o.proj_clip()) || !is_plain(call, backward, 0, 0)) return;
  const ValueId x = turned(call, call.input(), o.time_major(), "rows");
  const int fused = o.fused_activation_function();
  const ValueId there = lstm_sequence(call, x, forward, fused, "forward");
  merge(call, there, lstm_sequence(call, x, backward, fused, "backward"), o.merge_outputs(), o.time_major());
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

// Features of the input are remembered for some steps, and each unit sums `rank` of them over time.
void svdf(Call& call) {
  const auto& o = call.options<schema::SVDFOptions>();
  const ValueId x = call.input(), features = call.weight(1, {1, 0}), times = call.weight(2),
                before = state(call, 4);
  call.want_rank(features, 2, 2), call.want_rank(times, 2, 2), call.want_rank(x, 2, 2);
  const std::int64_t filters = call.size(times, 0), steps = call.size(times, 1), batch = call.size(before, 0);
  if (!call.failed() && (o.rank() < 1 || filters % o.rank() != 0))
    return call.mistake(text("{} filters of rank {}", filters, o.rank()));
  const ValueId fresh = with_axes(call, call.add(MatMul{}, {x, features}, "features"), {2}, "fresh");
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
