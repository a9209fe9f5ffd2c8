// What stands behind vivace::Model.
#pragma once

#include <memory>
#include <new>
#include <stdexcept>
#include <vector>

#include "api/context.h"
#include "graph/graph.h"
#include "plan/weight_pool.h"
#include "runtime/forks.h"
#include "runtime/measured_inputs.h"
#include "runtime/preparation.h"
#include "runtime/session_pool.h"
#include "runtime/states.h"
#include "vivace/model.h"

namespace vivace {

struct Model::Impl {
  Graph graph;             // after passes
  std::string notes;       // format and producer, kept in a .viv file
  ModelCard card;          // kept there too
  bool resizable = false;  // its source is a file whose inputs may have other sizes
  Options options;
  NumericOptions numerics;
  std::shared_ptr<const Target> target;
  std::vector<Port> inputs, outputs;
  OpenTimes times;
  std::vector<PassRun> pass_runs;
  int threads = 1;
  mutable WeightPool weights;
  std::unique_ptr<MeasuredInputs> measured;       // made with the ports
  mutable std::unique_ptr<States> states;         // nothing where the model keeps no state
  mutable std::unique_ptr<SessionPool> sessions;  // made last: it refers to the members above
  mutable Preparation preparation;                // ended first: it works on the members above

  Impl() = default;
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  ~Impl() { Forks::of_process().remove(this); }

  /// Waits until no thread of ours works on the model, and keeps callers of others from changing it: what a
  /// fork must not tear apart.
  Forks::Held at_rest() const;

  /// The plan for inputs of these shapes, as the caller knows them; what is measured is as small as can be.
  Result<std::shared_ptr<const Plan>> plan_for(std::span<const Shape> shapes) const;
  /// How many outputs the caller gets; a plan's others are states.
  std::size_t shown_outputs() const { return graph.outputs().size() - graph.state_count(); }
};

/// Ports from the graph's inputs and outputs, with their cards where there are some; its states, and inputs
/// that are measured, left out.
std::vector<Port> input_ports(const Graph& graph, const MeasuredInputs& measured, const ModelCard& card);
std::vector<Port> output_ports(const Graph& graph, const ModelCard& card);

/// Checks number and type of what a caller gave. Errors: predict.inputs, predict.dtype, predict.shape.
Status check_inputs(const Model::Impl& model, std::span<const TensorView> inputs);
/// Checks memory for the outputs of a plan, its states included. Errors: predict.outputs, predict.shape.
Status check_outputs(const Model::Impl& model, const Plan& plan, std::span<const MutableTensorView> outputs);

/// Runs f, turning running out of memory into an error: the one place where bad_alloc is caught.
template <class F>
auto guard_memory(F f) -> decltype(f()) {
  try {
    return f();
  } catch (const std::bad_alloc&) {
    return Error("memory.exhausted", "there is not enough memory for this model and these inputs")
        .fix("use a smaller batch, or limit the memory so that the batch runs in parts (--memory)");
  } catch (const std::length_error&) {
    return Error("memory.exhausted", "a size in this model passes what memory can hold");
  }
}

}  // namespace vivace
