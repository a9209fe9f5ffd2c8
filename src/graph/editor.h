// Applies patches to a graph in place: what a pass needs while it sweeps over the nodes.
#pragma once

#include <optional>
#include <vector>

#include "graph/patch.h"

namespace vivace {

/// While an editor lives, ids keep their meaning but for one thing: where a patch brings several nodes, the
/// nodes behind its place move up. Nodes that died leave a gap (a Node without an op) until compact();
/// nobody reads from a gap or writes to it, so only a walk over all nodes meets one.
///
/// A patch of one node takes the place of a node that it makes useless, in time that does not depend on the
/// graph's size. Any other one may renumber the graph.
class GraphEditor {
 public:
  explicit GraphEditor(Graph& graph) : graph_(graph) {}
  GraphEditor(const GraphEditor&) = delete;
  GraphEditor& operator=(const GraphEditor&) = delete;

  /// Errors: graph.patch; the graph is then as before.
  Status apply(const Patch& patch);
  /// Puts an operator in the place of one that gives the same facts.
  void set_op(NodeId id, OpPtr op) { node(id).op = std::move(op); }
  bool is_gap(NodeId id) const { return !graph_.node(id).op; }
  /// Drops all dead nodes and the values that nothing holds; ids of the others close up. Returns how many
  /// nodes went.
  std::size_t compact();

 private:
  struct Place {
    std::size_t index;
    bool free;  // the node that stands there goes, and the patch's one node takes its place
  };

  Value& value(ValueId id) { return graph_.values_[static_cast<std::size_t>(id)]; }
  Node& node(NodeId id) { return graph_.nodes_[static_cast<std::size_t>(id)]; }
  ValueId translate(ValueId id) const;
  std::vector<Node> translated_nodes(const Patch& patch) const;
  Result<std::vector<Value>> infer_new_values(const Patch& patch) const;
  Status check_replacements(const Patch& patch, const std::vector<Value>& added) const;
  std::optional<Place> place_of(const Patch& patch) const;
  bool is_replaced(const Patch& patch, const Node& old) const;
  Status apply_reordering(const Patch& patch);
  std::vector<ValueId> put(Node fresh, NodeId place);
  void insert(std::vector<Node> fresh, std::size_t place);
  void redirect(ValueId old_value, ValueId new_value, const std::vector<NodeId>& made);
  void bury_unused(std::vector<ValueId> suspects);
  void drop_unused_values();
  void reindex();

  Graph& graph_;
  std::size_t first_new_ = 0;  // the ValueId of the patch's first new value
};

}  // namespace vivace
