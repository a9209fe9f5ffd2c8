// A function of two tensors with broadcasting: float32 by vectors, other types one by one.
#include "ops/elementwise/binary.h"

#include "cpu/elementwise/broadcast_sweep.h"
#include "cpu/elementwise/functions.h"
#include "cpu/reference_step.h"
#include "ops/common/elements/integers.h"

namespace vivace::cpu {
namespace {

std::optional<Choice> choose(const NodeView& node, const Processor&, const NumericOptions&) {
  const bool vectors = node.inputs[0].dtype == DType::f32 && !node.as<Binary>().gives_truth();
  Choice choice;
  choice.algorithm = vectors ? "combine" : "scalar";
  if (node.inputs[0].dtype != node.outputs[0].dtype) return choice;
  for (std::size_t i = 2; i-- > 0;)
    if (node.inputs[i].dims == node.outputs[0].dims) choice.in_place = i;
  return choice;
}

std::unique_ptr<const Work> vector_work(const NodeView& node, const BroadcastSweep& sweep, kernels::Isa isa) {
  kernels::Combine combine{};
  combine.pair = pair_of(node.as<Binary>().kind);
  const Ending ending = ending_of(node.as<Binary>().activation);
  combine.low = ending.low;
  combine.high = ending.high;
  combine.a.row = sweep.row_stride(0);
  combine.b.row = sweep.row_stride(1);
  combine.a.column = sweep.columns.strides[0];
  combine.b.column = sweep.columns.strides[1];
  return make_work([=, run = kernels::pick(kernels::combine, isa), a = node.inputs[0].address,
                    b = node.inputs[1].address,
                    y = node.outputs[0].address](const Frame& frame, Share share) noexcept {
    kernels::Combine p = combine;
    sweep.for_each_piece(share, [&](const BroadcastSweep::Piece& piece) {
      p.a.data = frame.at<const float>(a) + piece.a;
      p.b.data = frame.at<const float>(b) + piece.b;
      p.y = frame.at<float>(y) + piece.y;
      p.rows = static_cast<std::size_t>(piece.rows);
      p.columns = static_cast<std::size_t>(piece.columns);
      run(p);
      ending(p.y, piece.rows * piece.columns, isa);
    });
  });
}

// What both operands and the result are, for the loop over single elements.
struct Scalars {
  Binary::Kind kind;
  Activation activation;
  bool gives_truth;
  DType in, out;
};

Fault combine_one(const Frame& frame, const Scalars& s, const TensorView& a, std::int64_t i,
                  const TensorView& b, std::int64_t j, const MutableTensorView& y, std::int64_t k) {
  if (is_float(s.in)) {
    store(y, k, evaluate(s.activation, evaluate(s.kind, s.in, load(a, i), load(b, j))));
    return Fault::none;
  }
  const std::int64_t left = load_integer(a, i), right = load_integer(b, j);
  if (!is_defined(s.kind, s.in, right)) return fault_of(frame, undefined_operand(s.kind, right));
  const std::int64_t value = evaluate_integer(s.kind, s.in, left, right);
  store_integer(y, k, s.gives_truth ? value : evaluate_integer(s.activation, s.in, value));
  return Fault::none;
}

std::unique_ptr<const Work> scalar_work(const NodeView& node, const BroadcastSweep& sweep) {
  const auto& op = node.as<Binary>();
  const Scalars scalars{op.kind, op.activation, op.gives_truth(), node.inputs[0].dtype,
                        node.outputs[0].dtype};
  return make_work([=, from_a = node.inputs[0].address, from_b = node.inputs[1].address,
                    to = node.outputs[0].address](const Frame& frame, Share share) noexcept {
    const TensorView a{frame.at<void>(from_a), scalars.in, {}}, b{frame.at<void>(from_b), scalars.in, {}};
    const MutableTensorView y{frame.at<void>(to), scalars.out, {}};
    const bool one_line = sweep.lines.rank == 0;
    const auto [width, steps] = sweep.columns;
    const std::int64_t begin = sweep.chunks.begin(share), end = sweep.chunks.end(share);
    Cursor<2> cursor(sweep.lines, one_line ? 0 : begin);
    for (std::int64_t line = one_line ? 0 : begin; line < (one_line ? 1 : end); ++line, cursor.next())
      for (std::int64_t j = one_line ? begin : 0; j < (one_line ? end : width); ++j)
        if (const Fault fault = combine_one(frame, scalars, a, cursor[0] + j * steps[0], b,
                                            cursor[1] + j * steps[1], y, line * width + j);
            fault != Fault::none)
          return fault;
    return Fault::none;
  });
}

Result<Step> emit(const NodeView& node, const Choice& choice, const Processor& processor) {
  const BroadcastSweep sweep(node);
  const bool vectors = choice.algorithm == "combine";
  Step step;
  step.chunks = sweep.chunks.count();
  step.kernel = vectors ? VIVACE_KERNEL_NAMES("combine")[processor.isa] : choice.algorithm;
  step.work = vectors ? vector_work(node, sweep, processor.isa) : scalar_work(node, sweep);
  return step;
}

}  // namespace

extern const Emitter k_binary;
constinit const Emitter k_binary{"binary", choose, emit};

}  // namespace vivace::cpu
