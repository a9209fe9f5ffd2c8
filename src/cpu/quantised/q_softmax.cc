// q_softmax of bytes, row by row.
#include "ops/quantised/q_softmax.h"

#include "cpu/common/chunks.h"
#include "cpu/emitter.h"
#include "cpu/quantised/bytes.h"

namespace vivace::cpu {
namespace {

std::optional<Choice> choose(const NodeView& node, const Processor&, const NumericOptions&) {
  const auto& op = node.as<QSoftmax>();
  if (!is_byte(node.inputs[0].dtype) || op.logarithm || op.result != node.inputs[0].dtype)
    return std::nullopt;
  Choice choice;
  choice.algorithm = "q_softmax";
  choice.in_place = 0;
  return choice;
}

template <class T>
Step emit_rows(const NodeView& node, std::string_view kernel) {
  const auto& op = node.as<QSoftmax>();
  const std::int64_t width = node.inputs[0].dims.back();
  const std::int64_t rows = width == 0 ? 0 : node.inputs[0].count() / width;
  const Chunks chunks = Chunks::of(rows, width);
  Step step;
  step.kernel = kernel;
  step.chunks = chunks.count();
  step.work = make_work([softmax = ByteSoftmax(op.beta * op.input_scale, op.result), chunks, width,
                         from = node.inputs[0].address,
                         to = node.outputs[0].address](const Frame& frame, Share share) noexcept {
    const T* const x = frame.at<const T>(from);
    T* const y = frame.at<T>(to);
    for (std::int64_t i = chunks.begin(share), end = chunks.end(share); i < end; ++i)
      softmax(x + i * width, static_cast<std::size_t>(width), y + i * width);
  });
  return step;
}

Result<Step> emit(const NodeView& node, const Choice& choice, const Processor&) {
  return node.inputs[0].dtype == DType::i8 ? emit_rows<std::int8_t>(node, choice.algorithm)
                                           : emit_rows<std::uint8_t>(node, choice.algorithm);
}

}  // namespace

extern const Emitter k_q_softmax;
constinit const Emitter k_q_softmax = {"q_softmax", choose, emit};

}  // namespace vivace::cpu
