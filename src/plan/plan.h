// The plan: a graph made concrete for given input sizes and one target.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "plan/step.h"
#include "plan/target.h"
#include "plan/weight_pool.h"

namespace vivace {

/// Made in memory in about a microsecond a node, never read from a file. Immutable: shared by sessions.
struct Plan {
  std::vector<Step> steps;
  std::vector<Shape> input_shapes;
  std::vector<Shape> output_shapes;
  std::vector<DType> output_dtypes;
  std::size_t arena_bytes = 0;
  std::size_t arena_lower_bound = 0;   // the most that is alive at once: no placement can be smaller
  std::size_t workspace_bytes = 0;     // for each worker: the largest that a step asks for
  std::vector<ConstantPtr> constants;  // values that became known with the sizes
  /// An output that may lie where an input does: who gives both the same memory gets it changed in place.
  struct Replaceable {
    std::size_t input, output;
  };
  std::vector<Replaceable> replaceable;
};

/// Plans `graph` for inputs of these shapes. Packed weights come from, and go to, `pool`; many that are
/// missing are packed by `threads` threads. Errors: predict.shape (a shape that does not fit its input, with
/// both), op.* (sizes that do not fit inside), plan.unknown-size.
Result<std::shared_ptr<const Plan>> make_plan(const Graph& graph, std::span<const Shape> input_shapes,
                                              const Target& target, const NumericOptions& numerics,
                                              WeightPool& pool, int threads = 1);

/// The plan as text, a step a line: golden in tests, so an unintended change shows.
std::string to_text(const Plan& plan, const Graph& graph);

}  // namespace vivace
