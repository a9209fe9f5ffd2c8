// What scales and shifts a tensor by constants, whichever operator says it: the common ground of the folds.
#pragma once

#include <optional>
#include <vector>

#include "graph/graph.h"
#include "ops/common/activation.h"

namespace vivace {

/// y = activation(x * scale + shift), one number for each place of the last axis, in double.
struct Affine {
  ValueId x = kNoValue;
  std::vector<double> scale, shift;
  Activation activation;

  bool shifts_only() const;
  /// No infinity and no NaN, so that it can move past a sum.
  bool finite() const;
};

/// The node as an Affine of float32: a ScaleShift or a BatchNorm of the last axis with constants, or a sum,
/// difference, product or quotient with a constant of one number or one a channel.
std::optional<Affine> affine_at(const Graph& graph, NodeId id);

/// The numbers rounded to float32, as the inputs of a ScaleShift hold them.
Tensor rounded(const std::vector<double>& numbers);

}  // namespace vivace
