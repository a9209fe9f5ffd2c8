// Overlapping parts of a signal: copies, frame by frame.
#include "ops/signal/frames.h"

#include <cstring>

#include "cpu/common/chunks.h"
#include "cpu/emitter.h"

namespace vivace::cpu {
namespace {

std::optional<Choice> choose(const NodeView& node, const Processor&, const NumericOptions&) {
  if (node.as<Frames>().inverse) return std::nullopt;
  Choice choice;
  choice.algorithm = "copy_frames";
  return choice;
}

Result<Step> emit(const NodeView& node, const Choice& choice, const Processor&) {
  const auto& op = node.as<Frames>();
  const Shape& dims = node.outputs[0].dims;
  const std::int64_t time = node.inputs[0].dims.back(), frames = dims[dims.size() - 2];
  const auto bytes = static_cast<std::int64_t>(size_of(node.inputs[0].dtype));
  const Chunks chunks = Chunks::of(count_of(dims) / op.length, op.length);
  Step step;
  step.kernel = choice.algorithm;
  step.chunks = chunks.count();
  step.work = make_work([=, length = op.length, stride = op.stride, x = node.inputs[0].address,
                         y = node.outputs[0].address](const Frame& frame, Share share) noexcept {
    for (std::int64_t f = chunks.begin(share); f < chunks.end(share); ++f)
      std::memcpy(frame.at<std::byte>(y) + f * length * bytes,
                  frame.at<const std::byte>(x) + (f / frames * time + f % frames * stride) * bytes,
                  static_cast<std::size_t>(length * bytes));
  });
  return step;
}

}  // namespace

extern const Emitter k_frames;
constinit const Emitter k_frames{"frames", choose, emit};

}  // namespace vivace::cpu
