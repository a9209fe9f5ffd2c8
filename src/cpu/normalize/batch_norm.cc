// Batch normalisation that no pass has turned into a scale and a shift: along any axis, line by line.
#include "ops/normalize/batch_norm.h"

#include <cmath>

#include "cpu/common/chunks.h"
#include "cpu/emitter.h"

namespace vivace::cpu {
namespace {

std::optional<Choice> choose(const NodeView& node, const Processor&, const NumericOptions&) {
  for (std::size_t i = 0; i < node.inputs.size(); ++i)
    if (node.has(i) && node.inputs[i].dtype != DType::f32) return std::nullopt;
  Choice choice;
  choice.algorithm = "batch_norm";
  choice.in_place = 0;
  return choice;
}

// An optional parameter of a channel.
struct Parameter {
  bool given = false;
  Address address{};
  float otherwise = 0;

  Parameter(const NodeView& node, std::size_t input, float value) : given(node.has(input)), otherwise(value) {
    if (given) address = node.inputs[input].address;
  }
  float at(const Frame& frame, std::int64_t channel) const {
    return given ? frame.at<const float>(address)[channel] : otherwise;
  }
};

Result<Step> emit(const NodeView& node, const Choice&, const Processor&) {
  const auto& op = node.as<BatchNorm>();
  const Shape& dims = node.inputs[0].dims;
  const auto axis = static_cast<std::size_t>(op.axis);
  const std::int64_t channels = dims[axis], inner = count_of(std::span(dims).subspan(axis + 1));
  const Chunks chunks = Chunks::of(count_of(std::span(dims).first(axis + 1)), inner);
  Step step;
  step.kernel = "batch_norm";
  step.chunks = chunks.count();
  step.work = make_work([=, epsilon = static_cast<float>(op.epsilon), from = node.inputs[0].address,
                         to = node.outputs[0].address, mean = Parameter(node, 1, 0),
                         variance = Parameter(node, 2, 1), gamma = Parameter(node, 3, 1),
                         beta = Parameter(node, 4, 0)](const Frame& frame, Share share) noexcept {
    for (std::int64_t line = chunks.begin(share); line < chunks.end(share); ++line) {
      const std::int64_t channel = line % channels;
      const float factor = gamma.at(frame, channel) / std::sqrt(variance.at(frame, channel) + epsilon);
      const float centre = mean.at(frame, channel), shift = beta.at(frame, channel);
      const auto* const x = frame.at<const float>(from) + line * inner;
      auto* const y = frame.at<float>(to) + line * inner;
      for (std::int64_t j = 0; j < inner; ++j) y[j] = (x[j] - centre) * factor + shift;
    }
  });
  return step;
}

}  // namespace

extern const Emitter k_batch_norm;
constinit const Emitter k_batch_norm{"batch_norm", choose, emit};

}  // namespace vivace::cpu
