#include "passes/common/linear.h"

#include "ops/linear/conv.h"
#include "ops/linear/conv_transpose.h"
#include "ops/linear/mat_mul.h"

namespace vivace {
namespace {

// Finds the axis of the weights that counts output channels.
void describe_weights(const Graph& graph, Sums& sums) {
  const ConstantPtr& weights = graph.value(graph.node(sums.node).inputs[1]).constant;
  if (!weights || weights->dims().size() < 2) return;
  const auto* product = graph.as<MatMul>(sums.node);
  if (product && weights->dims().size() != 2) return;
  const bool before_last = graph.as<ConvTranspose>(sums.node) || (product && product->transpose_b);
  const auto last = static_cast<std::size_t>(weights->dims().back());
  sums.weights = weights;
  sums.channel_stride = before_last ? last : 1;  // [kernel..., O, C] or [..., C, O]
}

}  // namespace

const Epilogue* epilogue_of(const Graph& graph, NodeId id) {
  if (const auto* conv = graph.as<Conv>(id)) return &conv->epilogue;
  if (const auto* transpose = graph.as<ConvTranspose>(id)) return &transpose->epilogue;
  if (const auto* product = graph.as<MatMul>(id)) return &product->epilogue;
  return nullptr;
}

OpPtr with_epilogue(const Graph& graph, NodeId id, const Epilogue& epilogue) {
  const auto changed = [&](auto op) {
    op.epilogue = epilogue;
    return OpPtr(make_op(std::move(op)));
  };
  if (const auto* conv = graph.as<Conv>(id)) return changed(*conv);
  if (const auto* transpose = graph.as<ConvTranspose>(id)) return changed(*transpose);
  return changed(*graph.as<MatMul>(id));
}

OpPtr ending_in(const Graph& graph, NodeId id, const Activation& activation) {
  Epilogue epilogue = *epilogue_of(graph, id);
  epilogue.activation = activation;
  return with_epilogue(graph, id, epilogue);
}

std::optional<Sums> sums_behind(const Graph& graph, ValueId value) {
  const NodeId id = graph.producer(value);
  const Epilogue* const epilogue = epilogue_of(graph, id);
  if (!epilogue || !epilogue->activation.none() || graph.uses(value) != 1) return std::nullopt;
  const Node& node = graph.node(id);
  const Dims& dims = graph.value(value).dims;
  if (graph.value(value).dtype != DType::f32 || dims.empty() || !dims.back().known() || has_input(node, 3))
    return std::nullopt;
  Sums sums{id, static_cast<std::size_t>(dims.back().number()), nullptr, nullptr, 1};
  if (has_input(node, 2)) {
    sums.bias = graph.value(node.inputs[2]).constant;
    if (!sums.bias) return std::nullopt;
  }
  describe_weights(graph, sums);
  return sums;
}

ConstantPtr scaled_weights(const Sums& sums, const std::vector<double>& scale) {
  return Constant::later(DType::f32, sums.weights->dims(), [sums, scale](const MutableTensorView& scaled) {
    // Along the last axis every weight has the same scale, or each its own: the two loops are vectorised.
    const std::size_t line = sums.channel_stride == 1 ? sums.channels : sums.channel_stride;
    const std::span<const float> from = sums.weights->as<float>();
    float* const to = scaled.as<float>();
    const auto times = [](float w, double s) { return static_cast<float>(static_cast<double>(w) * s); };
    for (std::size_t i = 0, channel = 0; i < from.size(); i += line) {
      if (sums.channel_stride == 1) {
        for (std::size_t k = 0; k < line; ++k) to[i + k] = times(from[i + k], scale[k]);
      } else {
        for (std::size_t k = 0; k < line; ++k) to[i + k] = times(from[i + k], scale[channel]);
        channel = (channel + 1) % sums.channels;
      }
    }
  });
}

Tensor scaled_bias(const Sums& sums, const std::vector<double>& scale, const std::vector<double>& shift) {
  Tensor scaled(DType::f32, {static_cast<std::int64_t>(sums.channels)});
  for (std::size_t c = 0; c < sums.channels; ++c) {
    const double b = sums.bias ? static_cast<double>(sums.bias->as<float>()[c]) : 0.0;
    scaled.as<float>()[c] = static_cast<float>(b * scale[c] + shift[c]);
  }
  return scaled;
}

}  // namespace vivace
