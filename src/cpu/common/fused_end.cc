#include "cpu/common/fused_end.h"

#include <limits>

namespace vivace::cpu {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

struct Fused {
  kernels::Act act;
  float alpha, beta;
};

std::optional<Fused> fused(const Activation& f) {
  using kernels::Act;
  const auto alpha = static_cast<float>(f.alpha), beta = static_cast<float>(f.beta);
  switch (f.kind) {
    case UnaryKind::identity:
      return Fused{Act::clamp, -kInfinity, kInfinity};
    case UnaryKind::relu:
      return Fused{Act::clamp, 0, kInfinity};
    case UnaryKind::clamp:
      return Fused{Act::clamp, alpha, beta};
    case UnaryKind::hard_tanh:
      return Fused{Act::clamp, -1, 1};
    case UnaryKind::leaky_relu:
      return Fused{Act::leaky_relu, alpha, 0};
    case UnaryKind::elu:
      return Fused{Act::elu, alpha, 0};
    case UnaryKind::selu:
      return Fused{Act::selu, 0, 0};
    case UnaryKind::sigmoid:
      return Fused{Act::sigmoid, 0, 0};
    case UnaryKind::tanh:
      return Fused{Act::tanh, 0, 0};
    case UnaryKind::silu:
      return Fused{Act::silu, 0, 0};
    case UnaryKind::gelu:
      return Fused{Act::gelu, 0, 0};
    case UnaryKind::gelu_tanh:
      return Fused{Act::gelu_tanh, 0, 0};
    case UnaryKind::hard_sigmoid:
      return Fused{Act::hard_sigmoid, alpha, beta};
    case UnaryKind::hard_silu:
      return Fused{Act::hard_silu, 0, 0};
    default:
      return std::nullopt;
  }
}

}  // namespace

kernels::End FusedEnd::at(const Frame& frame) const {
  kernels::End here = end;
  if (bias) here.bias = frame.at<const float>(*bias);
  if (residual) here.residual = frame.at<const float>(*residual);
  return here;
}

bool can_fuse(const Activation& activation) { return fused(activation).has_value(); }

FusedEnd fused_end(const Epilogue& epilogue, const NodeView& node, std::size_t columns) {
  FusedEnd result;
  const Fused f = *fused(epilogue.activation);
  result.end.act = f.act;
  result.end.alpha = f.alpha;
  result.end.beta = f.beta;
  result.end.residual_last = epilogue.residual_last;
  result.end.residual_stride = columns;
  if (node.has(2)) result.bias = node.inputs[2].address;
  if (node.has(3)) result.residual = node.inputs[3].address;
  return result;
}

}  // namespace vivace::cpu
