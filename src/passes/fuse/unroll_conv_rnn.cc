// A convolutional LSTM over a known number of steps becomes its steps: convolutions and arithmetic on gates.
//
//   gates -> conv_rnn -> sequence, h, c
//   for each step: z = conv(h) + gates[t]; i, f, c, o = split(z); ... -> h, c;   sequence = concat(h...)
//
// Convolutions have fast kernels, and the arithmetic between them becomes tapes. Does nothing for more steps
// than kMostSteps, where the nodes would cost more than they gain.
#include "ops/elementwise/binary.h"
#include "ops/elementwise/select.h"
#include "ops/elementwise/unary.h"
#include "ops/linear/conv.h"
#include "ops/linear/conv_rnn.h"
#include "ops/movement/concat.h"
#include "ops/movement/reshape.h"
#include "ops/movement/slice.h"
#include "ops/movement/split.h"
#include "passes/pass.h"

namespace vivace {
namespace {

constexpr std::int64_t kMostSteps = 128;

class Unrolled {
 public:
  Unrolled(const Graph& graph, NodeId id, const ConvRnn& op)
      : graph_(graph), node_(graph.node(id)), op_(op), patch_("unroll_conv_rnn", id) {
    gates_ = node_.inputs[0];
    rank_ = graph.value(gates_).dims.size();
    mask_ = input(2), h_ = input(3), c_ = input(4);
    Tensor zero(graph.value(gates_).dtype, {});
    zero_ = patch_.constant(std::move(zero));
  }

  Patch run(std::int64_t steps) {
    std::vector<ValueId> outputs(static_cast<std::size_t>(steps));
    for (std::int64_t i = 0; i < steps; ++i) {
      const std::int64_t t = op_.reverse ? steps - 1 - i : i;
      step(t);
      outputs[static_cast<std::size_t>(t)] = with_time(output_);
    }
    Concat join;
    join.axis = 1;
    patch_.replace(node_.outputs[0], add(join, std::move(outputs), "sequence"));
    patch_.replace(node_.outputs[1], h_);
    patch_.replace(node_.outputs[2], c_);
    return std::move(patch_);
  }

 private:
  ValueId input(std::size_t i) const { return i < node_.inputs.size() ? node_.inputs[i] : kNoValue; }

  template <class T>
  ValueId add(T op, std::vector<ValueId> inputs, const char* name, std::size_t outputs = 1) {
    return patch_.add(make_op(std::move(op)), std::move(inputs), node_.name + "/" + name, node_.origin,
                      outputs);
  }
  ValueId binary(Binary::Kind kind, ValueId a, ValueId b, const char* name) {
    Binary op;
    op.kind = kind;
    return add(op, {a, b}, name);
  }
  ValueId activated(const Activation& function, ValueId x, const char* name) {
    if (function.none()) return x;
    Unary op;
    op.function = function;
    return add(op, {x}, name);
  }

  // Step t of a tensor [B,T,...], without its time axis; `ones` more axes of size 1 behind.
  ValueId step_of(ValueId whole, std::size_t rank, std::int64_t t, std::size_t ones, const char* name) {
    Slice slice;
    slice.axes = {1}, slice.starts = {t}, slice.stops = {t + 1}, slice.steps = {1};
    Reshape drop;
    for (std::size_t axis = 0; axis < rank; ++axis)
      if (axis != 1) drop.target.push_back(Reshape::keep(static_cast<std::int64_t>(axis)));
    drop.target.insert(drop.target.end(), ones, 1);
    return add(drop, {add(slice, {whole}, name)}, name);
  }
  ValueId with_time(ValueId state) {
    Reshape op;
    op.target = {Reshape::keep(0), 1};
    for (std::size_t axis = 1; axis + 1 < rank_; ++axis)
      op.target.push_back(Reshape::keep(static_cast<std::int64_t>(axis)));
    return add(op, {state}, "step");
  }

  // The gates of step t, before their functions.
  ValueId sums(std::int64_t t) {
    const ValueId x = step_of(gates_, rank_, t, 0, "input_step");
    if (h_ == kNoValue) return x;
    Conv op;
    op.strides.assign(rank_ - 3, 1);
    op.dilations.assign(rank_ - 3, 1);
    op.padding = Padding::same();
    return binary(Binary::Kind::add, add(op, {h_, node_.inputs[1]}, "recurrent"), x, "gates");
  }

  void step(std::int64_t t) {
    using Kind = Binary::Kind;
    Split split;
    split.axis = static_cast<std::int64_t>(rank_) - 2;
    split.parts = 4;
    const auto first = static_cast<std::uint32_t>(add(split, {sums(t)}, "split", 4));
    const auto gate = [&](std::uint32_t which) {
      return activated(op_.recurrent_activation, static_cast<ValueId>(first + which), "gate");
    };
    const ValueId proposed = activated(op_.activation, static_cast<ValueId>(first + 2), "proposed");
    ValueId c = binary(Kind::multiply, gate(0), proposed, "input_gate");
    if (c_ != kNoValue) c = binary(Kind::add, binary(Kind::multiply, gate(1), c_, "forget_gate"), c, "c");
    const ValueId h = binary(Kind::multiply, gate(3), activated(op_.activation, c, "c_activated"), "h");
    keep_masked(t, h, c);
  }

  // Where the mask is false the state stays, and the output is the one before, or zero.
  void keep_masked(std::int64_t t, ValueId h, ValueId c) {
    if (mask_ == kNoValue) {
      h_ = output_ = h;
      c_ = c;
      return;
    }
    const std::size_t mask_rank = graph_.value(mask_).dims.size();
    const ValueId runs = step_of(mask_, mask_rank, t, rank_ - mask_rank, "mask_step");
    const bool zero = op_.zero_output_for_mask || output_ == kNoValue;
    output_ = add(Select{}, {runs, h, zero ? zero_ : output_}, "output");
    h_ = add(Select{}, {runs, h, h_ == kNoValue ? zero_ : h_}, "h_kept");
    c_ = add(Select{}, {runs, c, c_ == kNoValue ? zero_ : c_}, "c_kept");
  }

  const Graph& graph_;
  const Node& node_;
  const ConvRnn& op_;
  Patch patch_;
  std::size_t rank_ = 0;
  ValueId gates_, mask_, h_, c_, zero_, output_ = kNoValue;
};

}  // namespace

std::optional<Patch> unroll_conv_rnn(const Graph& graph, NodeId id) {
  const ConvRnn* op = graph.as<ConvRnn>(id);
  if (!op) return std::nullopt;
  const Dim& steps = graph.value(graph.node(id).inputs[0]).dims[1];
  if (!steps.known() || steps.number() < 1 || steps.number() > kMostSteps) return std::nullopt;
  return Unrolled(graph, id, *op).run(steps.number());
}

}  // namespace vivace
