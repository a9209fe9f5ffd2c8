// A loop: a body that runs as long as a condition holds.
#pragma once

#include <array>

#include "ops/common/control/body.h"
#include "ops/common/op_base.h"

namespace vivace {

/// now = inputs; while condition(now): now[carries[k]] = body(now)[k] for all k at once. y[k] =
/// now[carries[k]]. Condition and body take all inputs; those that nothing carries are the same in every
/// turn.
///
/// What is carried keeps its type and its sizes. More than kMostTurns turns give the error op.endless-loop
/// when run. cost() counts one turn where it cannot tell how many there will be.
struct While : OpBase<While>, RunsBodies {
  static constexpr std::string_view kName = "while";
  std::vector<std::int64_t> carries;  // each input once at most
  std::array<GraphPtr, 2> graphs;     // the condition, whose output is one boolean; the body

  const Graph& condition() const { return *graphs[0]; }
  const Graph& body() const { return *graphs[1]; }
  std::span<GraphPtr> bodies() override { return graphs; }
  void attributes(AttributeVisitor& v) {
    v("carries", carries);
    v("condition", graphs[0]);
    v("body", graphs[1]);
  }
  VIVACE_OP_RULES;
  Status run(std::span<const TensorView> inputs, std::span<const MutableTensorView> outputs,
             std::int64_t& turns_left) const override;
};

}  // namespace vivace
