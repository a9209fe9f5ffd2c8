// q_mat_mul with a constant matrix: rows as the lines of an image one place wide.
#include "ops/quantised/q_mat_mul.h"

#include "cpu/quantised/ends.h"
#include "cpu/quantised/packing.h"
#include "cpu/quantised/q_product.h"

namespace vivace::cpu {
namespace {

std::optional<Choice> choose(const NodeView& node, const Processor& processor, const NumericOptions&) {
  const auto& op = node.as<QMatMul>();
  if (!has_byte_factors(node) || !has_byte_end(op.end, node, 2)) return std::nullopt;
  if (op.transpose_a || node.inputs[1].dims.size() != 2 || node.outputs[0].dims.empty()) return std::nullopt;
  Choice choice;
  choice.algorithm = "q_conv";
  choice.packings.push_back(
      {1, std::string(q_layout(node, 1, choose_factors(node, op.b_zero, rows_of_sample(node), processor)))});
  return choice;
}

Result<Step> emit(const NodeView& node, const Choice&, const Processor& processor) {
  const auto& op = node.as<QMatMul>();
  kernels::Window window;
  const std::int64_t columns = node.outputs[0].dims.back();
  window.height.input = window.height.output = columns == 0 ? 0 : node.outputs[0].count() / columns;
  return emit_q_product(
      node, {window, 1, op.a_zero, choose_factors(node, op.b_zero, rows_of_sample(node), processor)}, op.end,
      processor);
}

}  // namespace

extern const Emitter k_q_mat_mul;
constinit const Emitter k_q_mat_mul = {"q_mat_mul", choose, emit};

}  // namespace vivace::cpu
