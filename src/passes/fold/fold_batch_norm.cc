// Turns an inference-time batch norm into a scale and a shift for each channel.
//
//   x -> batch_norm(mean, variance, gamma, beta)
//   x -> scale_shift(k, beta - mean k)             k = gamma / sqrt(variance + epsilon)
#include <cmath>

#include "ops/normalize/batch_norm.h"
#include "ops/normalize/scale_shift.h"
#include "passes/pass.h"

namespace vivace {

std::optional<Patch> fold_batch_norm(const Graph& graph, NodeId id) {
  const auto* norm = graph.as<BatchNorm>(id);
  if (!norm) return std::nullopt;
  const Node& node = graph.node(id);
  const Value& x = graph.value(node.inputs[0]);
  const Constant *mean = graph.constant(node.inputs[1]), *variance = graph.constant(node.inputs[2]);
  const bool has_gamma = node.inputs.size() > 3 && node.inputs[3] != kNoValue;
  const bool has_beta = node.inputs.size() > 4 && node.inputs[4] != kNoValue;
  const Constant* gamma = has_gamma ? graph.constant(node.inputs[3]) : nullptr;
  const Constant* beta = has_beta ? graph.constant(node.inputs[4]) : nullptr;
  if (!mean || !variance || (has_gamma && !gamma) || (has_beta && !beta)) return std::nullopt;
  if (x.dtype != DType::f32 || norm->axis != static_cast<std::int64_t>(x.dims.size()) - 1)
    return std::nullopt;

  const auto channels = static_cast<std::size_t>(mean->tensor().count());
  Tensor scale(DType::f32, mean->dims()), shift(DType::f32, mean->dims());
  for (std::size_t c = 0; c < channels; ++c) {
    const double deviation = std::sqrt(static_cast<double>(variance->as<float>()[c]) + norm->epsilon);
    const double k = (gamma ? static_cast<double>(gamma->as<float>()[c]) : 1.0) / deviation;
    const double b = beta ? static_cast<double>(beta->as<float>()[c]) : 0.0;
    scale.as<float>()[c] = static_cast<float>(k);
    shift.as<float>()[c] = static_cast<float>(b - static_cast<double>(mean->as<float>()[c]) * k);
  }
  Patch patch("fold_batch_norm", id);
  const ValueId k = patch.constant(std::move(scale));
  const ValueId b = patch.constant(std::move(shift));
  patch.replace(node.outputs[0],
                patch.add(make_op(ScaleShift{}), {node.inputs[0], k, b}, node.name, node.origin));
  return patch;
}

}  // namespace vivace
