// dynamic_quantize: the range of each row, then its numbers as bytes.
#include "ops/hybrid/dynamic_quantize.h"

#include <algorithm>

#include "cpu/emitter.h"
#include "kernels/quantised/q_combine.h"

namespace vivace::cpu {
namespace {

std::optional<Choice> choose(const NodeView&, const Processor&, const NumericOptions&) {
  Choice choice;
  choice.algorithm = "quantize_row";
  return choice;
}

Result<Step> emit(const NodeView& node, const Choice& choice, const Processor& processor) {
  const auto& op = node.as<DynamicQuantize>();
  const std::int64_t rows = node.outputs[1].count(), size = rows == 0 ? 0 : node.inputs[0].count() / rows;
  Step step;
  step.kernel = choice.algorithm;
  step.chunks = std::max<std::int64_t>(1, rows);
  step.work = make_work([op, rows, size, find = kernels::pick(kernels::find_range, processor.isa),
                         quantize = kernels::pick(kernels::quantize_row, processor.isa),
                         from = node.inputs[0].address, to = node.outputs[0].address,
                         scales = node.outputs[1].address,
                         zeros = node.outputs[2].address](const Frame& frame, Share share) noexcept {
    for (std::int64_t i = share.begin; i < std::min(share.end, rows); ++i) {
      const float* const x = frame.at<const float>(from) + i * size;
      const auto count = static_cast<std::size_t>(size);
      float range[2] = {0, 0};
      if (count != 0) find({x, count, range});
      const DynamicQuantize::Row row = count == 0 ? DynamicQuantize::Row() : op.row_of(range[0], range[1]);
      frame.at<float>(scales)[i] = row.scale;
      frame.at<std::int32_t>(zeros)[i] = row.zero;
      quantize({x, frame.at<std::uint8_t>(to) + i * size, count, row.factor, static_cast<float>(row.zero),
                row.low, 127.0f});
    }
  });
  return step;
}

}  // namespace

extern const Emitter k_dynamic_quantize;
constinit const Emitter k_dynamic_quantize = {"dynamic_quantize", choose, emit};

}  // namespace vivace::cpu
