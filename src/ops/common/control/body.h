// What operators share that run a graph of their own: its facts, its cost, and its run by the references.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "graph/graph.h"

namespace vivace {

/// Turns of one outermost loop at most, those of loops within it counted too: one that does not end is told
/// from one that is long.
inline constexpr std::int64_t kMostTurns = 1'000'000;

/// The facts of a body's outputs for inputs of these facts; nothing is known of their numbers. Errors:
/// op.inputs, op.shape, op.dtype (inputs that are not what the body takes), those of its own operators.
Result<std::vector<Fact>> infer_body(std::string_view op, const Graph& body, std::span<const Fact> inputs);

/// What one run of a body costs. Requires what infer_body() accepted, all sizes known.
Cost cost_body(const Graph& body, std::span<const Fact> inputs);

/// Runs a body by its operators' references. `turns_left` is that of the loop around it. Requires what
/// infer_body() accepted. Errors: those of its operators, op.endless-loop.
Result<std::vector<Tensor>> run_body(const Graph& body, std::span<const TensorView> inputs,
                                     std::int64_t& turns_left);

/// An operator with bodies, as run_body() meets it.
class RunsBodies {
 public:
  virtual ~RunsBodies() = default;
  virtual Status run(std::span<const TensorView> inputs, std::span<const MutableTensorView> outputs,
                     std::int64_t& turns_left) const = 0;
};

/// Copies a body's result to where the operator's output lies.
void copy_result(const TensorView& from, const MutableTensorView& to);

/// op.endless-loop
Error endless_loop();

}  // namespace vivace
