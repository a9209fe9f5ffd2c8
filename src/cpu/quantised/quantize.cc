// quantize: floats as bytes of one scale.
#include "ops/quantised/quantize.h"

#include "cpu/common/chunks.h"
#include "cpu/emitter.h"
#include "kernels/quantised/q_combine.h"
#include "ops/common/quantised/requantisation.h"

namespace vivace::cpu {
namespace {

std::optional<Choice> choose(const NodeView& node, const Processor&, const NumericOptions&) {
  const auto& op = node.as<Quantize>();
  if ((op.result != DType::i8 && op.result != DType::u8) || op.scales.size() != 1) return std::nullopt;
  Choice choice;
  choice.algorithm = "quantize_floats";
  return choice;
}

Result<Step> emit(const NodeView& node, const Choice& choice, const Processor& processor) {
  const auto& op = node.as<Quantize>();
  const IntegerRange range = range_of(op.result);
  kernels::QuantizeFloats quantize{};
  quantize.scale = static_cast<float>(op.scales[0]);
  quantize.even = op.even;
  quantize.zero = static_cast<std::int32_t>(op.zeros[0]);
  quantize.low = static_cast<std::int32_t>(range.low);
  quantize.high = static_cast<std::int32_t>(range.high);
  const Chunks chunks{node.outputs[0].count(), kGrain};
  Step step;
  step.kernel = choice.algorithm;
  step.chunks = chunks.count();
  step.work = make_work([quantize, chunks, run = kernels::pick(kernels::quantize_floats, processor.isa),
                         x = node.inputs[0].address,
                         y = node.outputs[0].address](const Frame& frame, Share share) noexcept {
    kernels::QuantizeFloats p = quantize;
    const std::int64_t begin = chunks.begin(share);
    p.x = frame.at<const float>(x) + begin;
    p.y = frame.at<std::uint8_t>(y) + begin;
    p.count = static_cast<std::size_t>(chunks.end(share) - begin);
    run(p);
  });
  return step;
}

}  // namespace

extern const Emitter k_quantize;
constinit const Emitter k_quantize = {"quantize", choose, emit};

}  // namespace vivace::cpu
