#include "passes/fold/scale_weights.h"

#include "ops/linear/conv.h"
#include "ops/linear/conv_transpose.h"
#include "ops/linear/mat_mul.h"

namespace vivace {
namespace {

bool has_input(const Node& node, std::size_t i) {
  return node.inputs.size() > i && node.inputs[i] != kNoValue;
}

const Epilogue* epilogue_of(const Graph& graph, NodeId id) {
  if (const auto* conv = graph.as<Conv>(id)) return &conv->epilogue;
  if (const auto* transpose = graph.as<ConvTranspose>(id)) return &transpose->epilogue;
  if (const auto* product = graph.as<MatMul>(id)) return &product->epilogue;
  return nullptr;
}

}  // namespace

std::optional<Scalable> scalable_producer(const Graph& graph, ValueId value) {
  const NodeId id = graph.producer(value);
  const Epilogue* const epilogue = epilogue_of(graph, id);
  if (!epilogue || !epilogue->activation.none() || graph.uses(value) != 1) return std::nullopt;
  const Node& node = graph.node(id);
  const Constant* const weights = graph.constant(node.inputs[1]);
  if (!weights || weights->dtype() != DType::f32 || weights->dims().size() < 2 || has_input(node, 3))
    return std::nullopt;
  if (has_input(node, 2) && !graph.constant(node.inputs[2])) return std::nullopt;

  const Shape& dims = weights->dims();
  const auto last = static_cast<std::size_t>(dims.back());
  const auto before_last = static_cast<std::size_t>(dims[dims.size() - 2]);
  if (graph.as<ConvTranspose>(id)) return Scalable{id, before_last, last};  // [kernel..., O, C]
  if (const auto* product = graph.as<MatMul>(id)) {
    if (dims.size() != 2) return std::nullopt;
    if (product->transpose_b) return Scalable{id, before_last, last};
  }
  return Scalable{id, last, 1};
}

Tensor scaled_weights(const Graph& graph, const Scalable& target, std::span<const float> scale) {
  const Constant& weights = *graph.constant(graph.node(target.node).inputs[1]);
  Tensor scaled(DType::f32, weights.dims());
  const std::span<const float> from = weights.as<float>();
  float* const to = scaled.as<float>();
  for (std::size_t i = 0; i < from.size(); ++i)
    to[i] = static_cast<float>(static_cast<double>(from[i]) *
                               static_cast<double>(scale[i / target.channel_stride % target.channels]));
  return scaled;
}

Tensor scaled_bias(const Graph& graph, const Scalable& target, std::span<const float> scale,
                   std::span<const float> shift) {
  const Node& node = graph.node(target.node);
  const Constant* const bias = has_input(node, 2) ? graph.constant(node.inputs[2]) : nullptr;
  Tensor scaled(DType::f32, {static_cast<std::int64_t>(target.channels)});
  for (std::size_t c = 0; c < target.channels; ++c) {
    const double b = bias ? static_cast<double>(bias->as<float>()[c]) : 0.0;
    scaled.as<float>()[c] =
        static_cast<float>(b * static_cast<double>(scale[c]) + static_cast<double>(shift[c]));
  }
  return scaled;
}

}  // namespace vivace
