// What several families of operators share.
#pragma once

#include "import/tflite/build/rule.h"

namespace vivace::tflite {

/// x through the activation that an options table names.
inline ValueId activated(Call& call, ValueId x, int fused) {
  const Activation f = call.activation(fused);
  return f.none() ? x : call.add(with(Unary{}, &Unary::function, f), {x}, "activation");
}

/// x with axes of size 1 put in at these places of the result, which ascend.
ValueId with_axes(Call& call, ValueId x, const Sizes& axes, std::string_view step = {});
/// x without these axes, which ascend and have size 1.
ValueId without_axes(Call& call, ValueId x, const Sizes& axes, std::string_view step = {});
/// A constant [count] of the numbers 0, 1, 2...
ValueId counted(Call& call, std::int64_t count, DType dtype);
/// Runs a subgraph on the operator's inputs; its outputs are the operator's.
void run_inline(Call& call, std::int64_t subgraph);

}  // namespace vivace::tflite
