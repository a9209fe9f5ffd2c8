// q_conv: one group, one or two axes, as a product of bytes.
#include "ops/quantised/q_conv.h"

#include "cpu/common/windows.h"
#include "cpu/quantised/ends.h"
#include "cpu/quantised/packing.h"
#include "cpu/quantised/q_product.h"

namespace vivace::cpu {
namespace {

constexpr std::int64_t kMostTaps = 4096;

std::span<const std::int64_t> kernel_of(const NodeView& node) {
  return std::span(node.inputs[1].dims).first(node.inputs[1].dims.size() - 2);
}

std::optional<Choice> choose(const NodeView& node, const Processor& processor, const NumericOptions&) {
  const auto& op = node.as<QConv>();
  const std::size_t rank = node.inputs[0].dims.size();
  if (!has_byte_factors(node) || !has_byte_end(op.end, node, 2)) return std::nullopt;
  if (op.groups != 1 || rank < 3 || rank > 4 || count_of(kernel_of(node)) > kMostTaps) return std::nullopt;
  Choice choice;
  choice.algorithm = "q_conv";
  choice.packings.push_back({1, std::string(q_layout(wants_words(node, op.weights_zero, processor)))});
  return choice;
}

Result<Step> emit(const NodeView& node, const Choice&, const Processor& processor) {
  const auto& op = node.as<QConv>();
  return emit_q_product(node,
                        {window_of(op, node, kernel_of(node)), node.outputs[0].dims[0], op.input_zero,
                         wants_words(node, op.weights_zero, processor), op.end},
                        processor);
}

}  // namespace

extern const Emitter k_q_conv;
constinit const Emitter k_q_conv = {"q_conv", choose, emit};

}  // namespace vivace::cpu
