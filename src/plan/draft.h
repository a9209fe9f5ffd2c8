// A plan in the making: what is decided about each value's bytes and about each step before either is placed.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "graph/graph.h"
#include "plan/target.h"

namespace vivace {

struct Plan;

// Where a value's bytes come from. Values that share bytes (a reshape and its source) share a root.
struct Storage {
  ValueId root = kNoValue;
  bool in_arena = false;
  std::int32_t first = 0, last = -1;  // steps; of the root
  bool is_port = false;               // written straight into the caller's output
  std::uint64_t offset = 0;           // in the root's bytes
};

struct PlannedStep {
  NodeId node;
  Choice choice;
  std::vector<Operand> inputs, outputs;
  std::size_t stages = 1;                           // steps that run as one, from this one on
  std::int64_t strip = 0;                           // lines of the last one's output at a time
  bool needless = false;                            // its output is there already
  std::vector<std::shared_ptr<const Plan>> bodies;  // of a node that runs graphs of its own
  Address scratch;                                  // for them, in the arena
};

struct Draft {
  const Graph& graph;
  std::vector<Operand> values;
  std::vector<Storage> places;  // of the values
  std::vector<PlannedStep> steps;

  Operand& value(ValueId id) { return values[static_cast<std::size_t>(id)]; }
  Storage& storage(ValueId id) { return places[static_cast<std::size_t>(id)]; }
  Storage& root(ValueId id) { return storage(storage(id).root); }
  NodeView view_of(const PlannedStep& step) const {
    return {graph.node(step.node), step.inputs, step.outputs};
  }
};

}  // namespace vivace
