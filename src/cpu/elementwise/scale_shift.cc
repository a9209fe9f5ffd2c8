// A scale and a shift for each channel.
#include "ops/normalize/scale_shift.h"

#include "cpu/common/chunks.h"
#include "cpu/elementwise/functions.h"

namespace vivace::cpu {
namespace {

std::optional<Choice> choose(const NodeView& node, const Processor&, const NumericOptions&) {
  for (std::size_t i = 0; i < 3; ++i)
    if (node.inputs[i].dtype != DType::f32) return std::nullopt;
  Choice choice;
  choice.algorithm = "scale_shift";
  choice.in_place = 0;
  return choice;
}

Result<Step> emit(const NodeView& node, const Choice&, const Processor& processor) {
  const kernels::Isa isa = processor.isa;
  const std::int64_t columns = node.outputs[0].dims.back(), count = node.outputs[0].count();
  const Chunks chunks = Chunks::of(count / std::max<std::int64_t>(1, columns), columns);
  Step step;
  step.kernel = VIVACE_KERNEL_NAMES("scale_shift")[isa];
  step.chunks = chunks.count();
  step.work = make_work(
      [=, run = kernels::pick(kernels::scale_shift, isa), x = node.inputs[0].address,
       scale = node.inputs[1].address, shift = node.inputs[2].address, y = node.outputs[0].address,
       ending = ending_of(node.as<ScaleShift>().activation)](const Frame& frame, Share share) noexcept {
        for (std::int64_t row = chunks.begin(share), end = chunks.end(share); row < end; row += chunks.unit) {
          const std::int64_t rows = std::min(chunks.unit, end - row), first = row * columns;
          run({frame.at<const float>(x) + first, frame.at<const float>(scale), frame.at<const float>(shift),
               frame.at<float>(y) + first, static_cast<std::size_t>(rows), static_cast<std::size_t>(columns),
               ending.low, ending.high});
          ending(frame.at<float>(y) + first, rows * columns, isa);
        }
      });
  return step;
}

}  // namespace

extern const Emitter k_scale_shift;
constinit const Emitter k_scale_shift{"scale_shift", choose, emit};

}  // namespace vivace::cpu
