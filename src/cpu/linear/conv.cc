// conv: a matrix product where the window is one place, channel by channel where it is depthwise, by
// Winograd's way where that pays, else by row pointers (along the inputs, where outputs are few).
#include "ops/linear/conv.h"

#include "cpu/common/fused_end.h"
#include "cpu/common/windows.h"
#include "cpu/linear/conv_steps.h"
#include "cpu/linear/mat_mul_steps.h"
#include "kernels/conv/conv.h"
#include "kernels/conv/winograd.h"

namespace vivace::cpu {
namespace {

bool is_depthwise(const NodeView& node) {
  const auto& op = node.as<Conv>();
  return op.groups > 1 && op.groups == node.inputs[0].dims.back() && op.groups == node.outputs[0].dims.back();
}

// Every output place sees one input place: the places are rows of a matrix.
bool is_product(const NodeView& node) {
  const auto& op = node.as<Conv>();
  const kernels::Window window = window_of(op, node, kernel_of(node));
  const auto is_plain = [](const kernels::WindowAxis& axis) {
    return axis.kernel == 1 && axis.stride == 1 && axis.before == 0 && axis.input == axis.output;
  };
  return op.groups == 1 && is_plain(window.depth) && is_plain(window.height) && is_plain(window.width);
}

// Few outputs for many inputs: panels of 16 columns would be mostly empty. The sums are made in lanes, which
// is another order.
bool pays_narrow(const NodeView& node) {
  const std::int64_t inputs = node.inputs[0].dims.back(), outputs = node.outputs[0].dims.back();
  const std::int64_t depth = count_of(kernel_of(node)) * inputs;
  constexpr std::int64_t kMostOutputs = 4, kLeastDepth = 128,
                         kMostDepth = 2048;  // the kernel holds the pointers of four places
  return node.as<Conv>().groups == 1 && outputs > 0 && outputs <= kMostOutputs && inputs >= 16 &&
         depth >= kLeastDepth && (depth <= kMostDepth || (inputs > 64 && count_of(kernel_of(node)) <= 64));
}

std::optional<Choice> choose(const NodeView& node, const Processor&, const NumericOptions& numerics) {
  const auto& op = node.as<Conv>();
  if (node.inputs[0].dtype != DType::f32 || !can_fuse(op.epilogue.activation)) return std::nullopt;
  Choice choice;
  choice.stepped = true;
  choice.lines = lines_of(node, window_of(op, node, kernel_of(node)));
  if (is_depthwise(node)) {
    choice.algorithm = kDepthwise;
    return choice;
  }
  if (!node.inputs[1].constant ||
      count_of(kernel_of(node)) > static_cast<std::int64_t>(kernels::kMaxConvTaps))
    return std::nullopt;
  if (!numerics.strict && pays_narrow(node)) {
    choice.algorithm = kNarrow;
    choice.packings.push_back({1, "conv_rows"});
    return choice;
  }
  if (!numerics.strict && !numerics.small && pays_winograd(node)) {
    choice.algorithm = kWinograd;
    choice.lines->unit = kernels::kWinogradTile;
    choice.packings.push_back({1, "winograd43"});
    return choice;
  }
  choice.algorithm = is_product(node) ? kGemm : kIndirect;
  choice.packings.push_back({1, "conv16"});
  return choice;
}

Result<Step> emit(const NodeView& node, const Choice& choice, const Processor& processor) {
  if (choice.algorithm == kGemm)
    return emit_gemm(node, static_cast<std::size_t>(node.inputs[0].dims.back()), node.as<Conv>().epilogue,
                     processor);
  if (choice.algorithm == kWinograd) return emit_winograd(node, processor);
  if (choice.algorithm == kDepthwise) return emit_depthwise(node, processor);
  return emit_indirect(node, choice.algorithm, processor);
}

}  // namespace

extern const Emitter k_conv;
constinit const Emitter k_conv = {"conv", choose, emit};

}  // namespace vivace::cpu
