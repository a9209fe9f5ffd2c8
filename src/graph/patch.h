// How a pass changes a graph: a small, labelled edit, listed by `vivace explain` and applied in one place.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "graph/graph.h"

namespace vivace {

/// An edit under construction. New values get ids of their own, valid inside the patch:
///
///     Patch patch("fold_batch_norm", node);
///     const ValueId w = patch.constant(std::move(scaled_weights));
///     const ValueId y = patch.add(op, {x, w}, name);
///     patch.replace(old_output, y);
///
/// Nodes whose outputs nobody reads any more disappear when the patch is applied.
class Patch {
 public:
  /// `label` is the pass; `anchor` the node that it looked at. New nodes stand where the replaced ones stood.
  Patch(std::string label, NodeId anchor) : label_(std::move(label)), anchor_(anchor) {}

  ValueId constant(ConstantPtr constant, std::string name = {});
  ValueId constant(Tensor tensor, std::string name = {}) {
    return this->constant(Constant::own(std::move(tensor)), std::move(name));
  }
  /// A node with `outputs` outputs; returns the first's id, the others follow it.
  ValueId add(OpPtr op, std::vector<ValueId> inputs, std::string name, std::string origin = {},
              std::size_t outputs = 1);
  /// Everyone who reads `old_value` (outputs of the graph too) reads `new_value` instead, but for the patch's
  /// own nodes. Requires the same type and sizes, as far as they are known.
  void replace(ValueId old_value, ValueId new_value) { replacements_.emplace_back(old_value, new_value); }

  const std::string& label() const { return label_; }
  NodeId anchor() const { return anchor_; }

 private:
  friend class GraphEditor;
  static constexpr std::uint32_t kFirstNew = 0x80000000u;  // ids from here on belong to the patch

  struct NewValue {
    ConstantPtr constant;
    std::string name;
  };
  struct NewNode {
    Node node;
  };
  std::string label_;
  NodeId anchor_;
  std::vector<NewValue> values_;
  std::vector<NewNode> nodes_;
  std::vector<std::pair<ValueId, ValueId>> replacements_;
};

/// Applies a patch, infers the facts of what is new, and drops what became useless; NodeIds and ValueIds
/// change. For many patches in a row, see GraphEditor. Errors: graph.patch, where the result would break an
/// invariant (other sizes, a circle); the graph is then as before but for useless nodes.
Status apply(Graph& graph, const Patch& patch);

/// Drops every node whose outputs nobody uses, and every value that nothing holds.
std::size_t remove_dead(Graph& graph);

}  // namespace vivace
