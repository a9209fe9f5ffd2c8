// A choice: one of two bodies runs.
#pragma once

#include <array>

#include "ops/common/control/body.h"
#include "ops/common/op_base.h"

namespace vivace {

/// y = then(inputs behind the first) where the first input holds, otherwise(the same) where not. Both give
/// outputs of the same types and sizes; where one leaves a size open, it is open.
///
/// inputs: one boolean; what both bodies take. cost() is that of the costlier one.
struct If : OpBase<If>, RunsBodies {
  static constexpr std::string_view kName = "if";
  std::array<GraphPtr, 2> graphs;  // then; otherwise

  const Graph& then() const { return *graphs[0]; }
  const Graph& otherwise() const { return *graphs[1]; }
  std::span<GraphPtr> bodies() override { return graphs; }
  void attributes(AttributeVisitor& v) {
    v("then", graphs[0]);
    v("otherwise", graphs[1]);
  }
  VIVACE_OP_RULES;
  Status run(std::span<const TensorView> inputs, std::span<const MutableTensorView> outputs,
             std::int64_t& turns_left) const override;
};

}  // namespace vivace
