// pool: rows of output places, each by itself.
#include "ops/spatial/pool.h"

#include "cpu/common/tiling.h"
#include "cpu/common/windows.h"
#include "kernels/pool/pool.h"

namespace vivace::cpu {
namespace {

std::optional<Choice> choose(const NodeView& node, const Processor&, const NumericOptions&) {
  if (node.inputs[0].dtype != DType::f32) return std::nullopt;
  Choice choice;
  choice.algorithm = "pool";
  choice.stepped = true;
  return choice;
}

Result<Step> emit(const NodeView& node, const Choice& choice, const Processor& processor) {
  const auto& op = node.as<Pool>();
  const kernels::Window window = window_of(op, node, op.window);
  const auto channels = static_cast<std::size_t>(node.outputs[0].dims.back());
  const std::size_t rows = static_cast<std::size_t>(node.outputs[0].dims[0]) * window.places();
  // Bound by reading: a tap costs about eight flops of a matrix product.
  const Split split = split_evenly(rows, 8.0 * static_cast<double>(window.taps() * channels), 1);
  kernels::Pool pool{
      nullptr, node.inputs[0].step(),          nullptr,         node.outputs[0].step(), window, channels, 0,
      rows,    op.kind == Pool::Kind::average, op.count_padding};
  Step step;
  step.kernel = choice.algorithm;
  step.chunks = split.chunks;
  step.work =
      make_work([pool, split, run = kernels::pick(kernels::pool, processor.isa), x = node.inputs[0].address,
                 c = node.outputs[0].address](const Frame& frame, Share share) noexcept {
        kernels::Pool p = pool;
        p.x = frame.at<const float>(x);
        p.c = frame.at<float>(c);
        p.row_begin = split.begin(share.begin);
        p.row_end = split.end(share.end);
        run(p);
      });
  return step;
}

}  // namespace

extern const Emitter k_pool;
constinit const Emitter k_pool = {"pool", choose, emit};

}  // namespace vivace::cpu
