// What every operator derives from: OpBase<Conv> supplies name, visit and clone from Conv's own members.
#pragma once

#include <memory>

#include "graph/graph.h"
#include "graph/op.h"

namespace vivace {

/// Derived has `static constexpr std::string_view kName` and `void attributes(AttributeVisitor&)`, and
/// overrides infer, cost and evaluate.
template <class Derived>
class OpBase : public Op {
 public:
  std::string_view name() const final { return Derived::kName; }
  void visit(AttributeVisitor& visitor) final { static_cast<Derived*>(this)->attributes(visitor); }
  std::shared_ptr<Op> clone() const final {
    return std::make_shared<Derived>(static_cast<const Derived&>(*this));
  }
};

/// make_op(Conv{...}) is a Conv on the heap, ready for a node.
template <class T>
std::shared_ptr<const T> make_op(T op) {
  return std::make_shared<const T>(std::move(op));
}

}  // namespace vivace

/// The three members that give an operator its meaning, as every operator declares them.
#define VIVACE_OP_RULES                                                                           \
  Result<std::vector<Fact>> infer(std::span<const Fact> inputs) const override;                   \
  Cost cost(std::span<const Fact> inputs, std::span<const Fact> outputs) const override;          \
  Status evaluate(std::span<const TensorView> inputs, std::span<const MutableTensorView> outputs) \
      const override
