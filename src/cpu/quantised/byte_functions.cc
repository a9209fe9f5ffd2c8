// Operators that are tables on bytes: q_unary, requantize, dequantize.
#include "cpu/quantised/byte_table.h"
#include "ops/quantised/dequantize.h"
#include "ops/quantised/q_unary.h"
#include "ops/quantised/requantize.h"

namespace vivace::cpu {
namespace {

std::optional<Choice> choose_table(const NodeView& node, const Processor&, const NumericOptions&) {
  if (!is_byte_function(node)) return std::nullopt;
  Choice choice;
  choice.algorithm = "byte_table";
  if (size_of(node.outputs[0].dtype) == 1) choice.in_place = 0;
  return choice;
}

// Factors for each channel are no table.
std::optional<Choice> choose_requantize(const NodeView& node, const Processor& processor,
                                        const NumericOptions& numerics) {
  if (node.as<Requantize>().end.multipliers.size() != 1) return std::nullopt;
  return choose_table(node, processor, numerics);
}

// The root of a negative number is an error, which not every input holds.
std::optional<Choice> choose_unary(const NodeView& node, const Processor& processor,
                                   const NumericOptions& numerics) {
  if (node.as<QUnary>().kind == QUnary::Kind::rsqrt) return std::nullopt;
  return choose_table(node, processor, numerics);
}

// A scale for each place of an axis is no table.
std::optional<Choice> choose_dequantize(const NodeView& node, const Processor& processor,
                                        const NumericOptions& numerics) {
  if (node.as<Dequantize>().scales.size() != 1) return std::nullopt;
  return choose_table(node, processor, numerics);
}

Result<Step> emit(const NodeView& node, const Choice&, const Processor&) { return emit_byte_table(node); }

}  // namespace

extern const Emitter k_q_unary, k_requantize, k_dequantize;
constinit const Emitter k_q_unary = {"q_unary", choose_unary, emit};
constinit const Emitter k_requantize = {"requantize", choose_requantize, emit};
constinit const Emitter k_dequantize = {"dequantize", choose_dequantize, emit};

}  // namespace vivace::cpu
