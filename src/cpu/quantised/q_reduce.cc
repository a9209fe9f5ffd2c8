// q_reduce: sums of bytes over axes that lie together, columns of rows.
#include "ops/quantised/q_reduce.h"

#include <algorithm>

#include "cpu/common/groups.h"
#include "cpu/emitter.h"
#include "cpu/quantised/bytes.h"
#include "kernels/quantised/q_pool.h"

namespace vivace::cpu {
namespace {

// Columns whose sums are kept at once.
constexpr std::int64_t kTogether = 512;

std::optional<Choice> choose(const NodeView& node, const Processor&, const NumericOptions&) {
  const auto& op = node.as<QReduce>();
  if (op.kind == QReduce::Kind::product || !is_byte(node.inputs[0].dtype) || !is_byte(op.end.result))
    return std::nullopt;
  const auto bands = bands_of(node.inputs[0].dims, op.axes);
  // A sum of 2^23 bytes still fits 32 bits.
  if (!bands || bands->along == 0 || bands->along >= 1 << 23) return std::nullopt;
  Choice choice;
  choice.algorithm = "q_sum_rows";
  return choice;
}

Result<Step> emit(const NodeView& node, const Choice& choice, const Processor& processor) {
  const auto& op = node.as<QReduce>();
  const Bands bands = *bands_of(node.inputs[0].dims, op.axes);
  Step step;
  step.kernel = choice.algorithm;
  step.chunks = std::max<std::int64_t>(1, bands.outer);
  step.work =
      make_work([op, bands, by = op.end_of(bands.along), is_signed = node.inputs[0].dtype == DType::i8,
                 run = kernels::pick(kernels::q_sum_rows, processor.isa), from = node.inputs[0].address,
                 to = node.outputs[0].address](const Frame& frame, Share share) noexcept {
        std::int32_t sums[kTogether];
        for (std::int64_t i = share.begin; i < std::min(share.end, bands.outer); ++i)
          for (std::int64_t j = 0; j < bands.inner; j += kTogether) {
            const std::int64_t count = std::min(kTogether, bands.inner - j);
            std::fill_n(sums, count, 0);
            const auto* const x = frame.at<const std::uint8_t>(from) + i * bands.along * bands.inner + j;
            run({x, sums, static_cast<std::size_t>(bands.along), static_cast<std::size_t>(count),
                 static_cast<std::size_t>(bands.inner), is_signed});
            std::uint8_t* const y = frame.at<std::uint8_t>(to) + i * bands.inner + j;
            for (std::int64_t k = 0; k < count; ++k)
              y[k] = static_cast<std::uint8_t>(op.ended(by, bands.along, sums[k]));
          }
      });
  return step;
}

}  // namespace

extern const Emitter k_q_reduce;
constinit const Emitter k_q_reduce = {"q_reduce", choose, emit};

}  // namespace vivace::cpu
