// pool: rows of output places, each by itself.
#include "ops/spatial/pool.h"

#include "cpu/common/tiling.h"
#include "cpu/common/windows.h"
#include "cpu/quantised/bytes.h"
#include "kernels/pool/pool.h"
#include "kernels/quantised/q_pool.h"

namespace vivace::cpu {
namespace {

constexpr std::string_view kFloats = "pool", kBytes = "q_pool";

std::optional<Choice> choose(const NodeView& node, const Processor&, const NumericOptions&) {
  const DType dtype = node.inputs[0].dtype;
  Choice choice;
  if (is_byte(dtype)) {
    choice.algorithm = kBytes;
    return choice;
  }
  if (dtype != DType::f32) return std::nullopt;
  choice.algorithm = kFloats;
  choice.stepped = true;
  return choice;
}

Step emit_bytes(const NodeView& node, const Processor& processor) {
  const auto& op = node.as<Pool>();
  kernels::QPool pool{};
  pool.window = window_of(op, node, op.window);
  pool.channels = static_cast<std::size_t>(node.outputs[0].dims.back());
  pool.average = op.kind == Pool::Kind::average;
  pool.is_signed = node.inputs[0].dtype == DType::i8;
  const std::size_t rows = static_cast<std::size_t>(node.outputs[0].dims[0]) * pool.window.places();
  const Split split = split_evenly(rows, 4.0 * static_cast<double>(pool.window.taps() * pool.channels), 1);
  Step step;
  step.kernel = kBytes;
  step.chunks = split.chunks;
  step.work =
      make_work([pool, split, run = kernels::pick(kernels::q_pool, processor.isa), x = node.inputs[0].address,
                 c = node.outputs[0].address](const Frame& frame, Share share) noexcept {
        kernels::QPool p = pool;
        p.x = frame.at<const std::uint8_t>(x);
        p.c = frame.at<std::uint8_t>(c);
        p.row_begin = split.begin(share.begin);
        p.row_end = split.end(share.end);
        run(p);
      });
  return step;
}

Result<Step> emit(const NodeView& node, const Choice& choice, const Processor& processor) {
  if (choice.algorithm == kBytes) return emit_bytes(node, processor);
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
