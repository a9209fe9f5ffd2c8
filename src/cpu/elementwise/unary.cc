// A function of each element: float32 by vectors, other types one by one.
#include "ops/elementwise/unary.h"

#include "cpu/common/chunks.h"
#include "cpu/elementwise/functions.h"
#include "ops/common/elements/integers.h"
#include "ops/common/reference.h"

namespace vivace::cpu {
namespace {

bool by_vectors(const NodeView& node) {
  return node.inputs[0].dtype == DType::f32 && is_numeric(node.as<Unary>().function.kind);
}

std::optional<Choice> choose(const NodeView& node, const Processor&, const NumericOptions&) {
  Choice choice;
  choice.algorithm = by_vectors(node) ? "map" : "scalar";
  if (node.inputs[0].dtype == node.outputs[0].dtype) choice.in_place = 0;
  return choice;
}

std::unique_ptr<const Work> vector_work(const NodeView& node, const Chunks& chunks, kernels::Isa isa) {
  return make_work([chunks, run = kernels::pick(kernels::map, isa), x = node.inputs[0].address,
                    y = node.outputs[0].address,
                    map = map_of(node.as<Unary>().function)](const Frame& frame, Share share) noexcept {
    kernels::Map p = map;
    const std::int64_t begin = chunks.begin(share);
    p.x = frame.at<const float>(x) + begin;
    p.y = frame.at<float>(y) + begin;
    p.count = static_cast<std::size_t>(chunks.end(share) - begin);
    run(p);
  });
}

std::unique_ptr<const Work> scalar_work(const NodeView& node, const Chunks& chunks) {
  return make_work([chunks, f = node.as<Unary>().function, from = node.inputs[0].address,
                    to = node.outputs[0].address, in = node.inputs[0].dtype,
                    out = node.outputs[0].dtype](const Frame& frame, Share share) noexcept {
    const TensorView x{frame.at<void>(from), in, {}};
    const MutableTensorView y{frame.at<void>(to), out, {}};
    const bool integers = !is_float(in) && is_numeric(f.kind);
    for (std::int64_t i = chunks.begin(share); i < chunks.end(share); ++i)
      integers ? store_integer(y, i, evaluate_integer(f, in, load_integer(x, i)))
               : store(y, i, evaluate(f, load(x, i)));
  });
}

Result<Step> emit(const NodeView& node, const Choice& choice, const Processor& processor) {
  const Chunks chunks{node.inputs[0].count(), kGrain};
  const bool vectors = choice.algorithm == "map";
  Step step;
  step.chunks = chunks.count();
  step.kernel = vectors ? VIVACE_KERNEL_NAMES("map")[processor.isa] : choice.algorithm;
  step.work = vectors ? vector_work(node, chunks, processor.isa) : scalar_work(node, chunks);
  return step;
}

}  // namespace

extern const Emitter k_unary;
constinit const Emitter k_unary{"unary", choose, emit};

}  // namespace vivace::cpu
