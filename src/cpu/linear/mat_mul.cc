// mat_mul: packed weights where b is constant, else b packed panel by panel as it comes.
#include "ops/linear/mat_mul.h"

#include "cpu/common/fused_end.h"
#include "cpu/linear/mat_mul_steps.h"

namespace vivace::cpu {
namespace {

constexpr std::string_view kPacked = kGemm, kDynamic = "gemm_dynamic";

// A few long sums: panels of 16 columns would be mostly empty, and one sum after the other wait for its
// additions. They are made in lanes instead, which is another order.
bool pays_narrow(const NodeView& node) {
  constexpr std::int64_t kMostColumns = 12, kLeastDepth = 256;
  const std::int64_t columns = node.outputs[0].dims.empty() ? 0 : node.outputs[0].dims.back();
  return columns > 0 && columns <= kMostColumns && node.inputs[0].dims.back() >= kLeastDepth;
}

std::optional<Choice> choose(const NodeView& node, const Processor&, const NumericOptions& numerics) {
  const auto& op = node.as<MatMul>();
  const Operand &a = node.inputs[0], &b = node.inputs[1];
  if (a.dtype != DType::f32 || !can_fuse(op.epilogue.activation)) return std::nullopt;
  Choice choice;
  const bool rows_lie_straight = !op.transpose_a || a.dims.size() == 1;
  if (!b.constant || b.dims.size() != 2 || !rows_lie_straight) {
    choice.algorithm = kDynamic;
    return choice;
  }
  if (!numerics.strict && pays_narrow(node)) {
    choice.algorithm = kNarrowProduct;
    choice.packings.push_back({1, op.transpose_b ? "matrix_rows_transposed" : "matrix_rows"});
    return choice;
  }
  choice.algorithm = kPacked;
  choice.packings.push_back({1, op.transpose_b ? "panel16_transposed" : "panel16"});
  return choice;
}

// All leading axes of a are rows of one product.
Step emit_packed(const NodeView& node, const Processor& processor) {
  return emit_gemm(node, static_cast<std::size_t>(node.inputs[0].dims.back()), node.as<MatMul>().epilogue,
                   processor);
}

Result<Step> emit(const NodeView& node, const Choice& choice, const Processor& processor) {
  if (choice.algorithm == kNarrowProduct) return emit_narrow_product(node, processor);
  return choice.algorithm == kPacked ? emit_packed(node, processor) : emit_dynamic_mat_mul(node, processor);
}

}  // namespace

extern const Emitter k_mat_mul;
constinit const Emitter k_mat_mul = {"mat_mul", choose, emit};

}  // namespace vivace::cpu
