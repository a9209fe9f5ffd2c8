#include "graph/patch.h"

#include <algorithm>

#include "base/text.h"
#include "base/try.h"

namespace vivace {
namespace {

std::size_t index_of(ValueId id) { return static_cast<std::size_t>(id); }
std::size_t index_of(NodeId id) { return static_cast<std::size_t>(id); }

}  // namespace

ValueId Patch::constant(ConstantPtr constant, std::string name) {
  values_.push_back({std::move(constant), std::move(name)});
  return static_cast<ValueId>(kFirstNew + static_cast<std::uint32_t>(values_.size() - 1));
}

ValueId Patch::add(OpPtr op, std::vector<ValueId> inputs, std::string name, std::string origin,
                   std::size_t outputs) {
  Node node{std::move(op), std::move(inputs), {}, std::move(name), std::move(origin)};
  for (std::size_t k = 0; k < outputs; ++k) node.outputs.push_back(constant(ConstantPtr()));
  const ValueId first = node.outputs.front();
  nodes_.push_back({std::move(node)});
  return first;
}

// Rebuilds a graph's node list and the indices that follow from it.
class GraphEditor {
 public:
  explicit GraphEditor(Graph& graph) : graph_(graph) {}

  Status apply(const Patch& patch) {
    const Graph before = graph_;
    Status status = apply_unguarded(patch);
    if (!status.ok()) graph_ = before;
    return status;
  }

  std::size_t remove_dead() {
    std::vector<bool> used(graph_.values_.size());
    for (const ValueId id : graph_.outputs_) used[index_of(id)] = true;
    std::vector<bool> keep(graph_.nodes_.size());
    for (std::size_t n = graph_.nodes_.size(); n-- > 0;) {
      const Node& node = graph_.nodes_[n];
      keep[n] = std::any_of(node.outputs.begin(), node.outputs.end(),
                            [&](ValueId id) { return used[index_of(id)]; });
      if (!keep[n]) continue;
      for (const ValueId id : node.inputs)
        if (id != kNoValue) used[index_of(id)] = true;
    }
    std::vector<Node> nodes;
    for (std::size_t n = 0; n < keep.size(); ++n)
      if (keep[n]) nodes.push_back(std::move(graph_.nodes_[n]));
    const std::size_t removed = graph_.nodes_.size() - nodes.size();
    graph_.nodes_ = std::move(nodes);
    drop_unused_values();
    reindex();
    return removed;
  }

 private:
  Status apply_unguarded(const Patch& patch) {
    first_new_ = graph_.values_.size();
    for (const Patch::NewValue& added : patch.values_) {
      Value value;
      value.name = added.name;
      if (added.constant) {
        value.dtype = added.constant->dtype();
        value.dims = known_dims(added.constant->dims());
        value.constant = added.constant;
      }
      graph_.values_.push_back(std::move(value));
    }
    VIVACE_CHECK_OK(insert_nodes(patch));
    for (const auto& [old_value, new_value] : patch.replacements_)
      VIVACE_CHECK_OK(replace(patch, translate(old_value), translate(new_value)));
    sort();
    if (!sorted_) return failure(patch, "the new nodes make a circle");
    reindex();
    return {};
  }

  ValueId translate(ValueId id) const {
    const auto number = static_cast<std::uint32_t>(id);
    if (id == kNoValue || number < Patch::kFirstNew) return id;
    return static_cast<ValueId>(static_cast<std::uint32_t>(first_new_) + (number - Patch::kFirstNew));
  }

  Status insert_nodes(const Patch& patch) {
    std::vector<Node> fresh;
    for (const Patch::NewNode& added : patch.nodes_) {
      Node node = added.node;
      for (ValueId& id : node.inputs) id = translate(id);
      for (ValueId& id : node.outputs) id = translate(id);
      auto facts = node.op->infer(graph_.facts(node.inputs));
      if (!facts.ok())
        return std::move(facts).error().within(text("pass {}, node \"{}\"", patch.label(), node.name));
      if (facts->size() != node.outputs.size()) return failure(patch, "a node has another number of outputs");
      for (std::size_t k = 0; k < node.outputs.size(); ++k) {
        Value& value = graph_.values_[index_of(node.outputs[k])];
        value.kind = (*facts)[k].kind;
        value.dtype = (*facts)[k].dtype;
        value.dims = std::move((*facts)[k].dims);
      }
      fresh.push_back(std::move(node));
    }
    const auto place = graph_.nodes_.begin() + static_cast<std::ptrdiff_t>(index_of(patch.anchor()));
    graph_.nodes_.insert(place, std::make_move_iterator(fresh.begin()), std::make_move_iterator(fresh.end()));
    return {};
  }

  Status replace(const Patch& patch, ValueId old_value, ValueId new_value) {
    Value& from = graph_.values_[index_of(old_value)];
    Value& to = graph_.values_[index_of(new_value)];
    if (from.dtype != to.dtype || from.dims.size() != to.dims.size())
      return failure(patch, text("a {} of rank {} would replace a {} of rank {}", name_of(to.dtype),
                                 to.dims.size(), name_of(from.dtype), from.dims.size()));
    if (to.name.empty()) to.name = from.name;
    for (Node& node : graph_.nodes_) {
      // A new node may read the value that it replaces; its own inputs stay.
      const bool makes_new =
          std::find(node.outputs.begin(), node.outputs.end(), new_value) != node.outputs.end();
      if (!makes_new) std::replace(node.inputs.begin(), node.inputs.end(), old_value, new_value);
    }
    std::replace(graph_.outputs_.begin(), graph_.outputs_.end(), old_value, new_value);
    return {};
  }

  static Error failure(const Patch& patch, std::string what) {
    return Error("graph.patch", text("the pass {} made an invalid change: {}", patch.label(), what))
        .fix("leave the pass out (Options::without_passes) and report the model");
  }

  // Orders the nodes so that each follows its inputs' producers, moving none without need.
  void sort() {
    std::vector<int> state(graph_.nodes_.size());  // 0 waiting, 1 open, 2 done
    std::vector<std::size_t> producer(graph_.values_.size(), SIZE_MAX), order, stack;
    for (std::size_t n = 0; n < graph_.nodes_.size(); ++n)
      for (const ValueId id : graph_.nodes_[n].outputs) producer[index_of(id)] = n;
    sorted_ = true;
    for (std::size_t start = 0; start < graph_.nodes_.size() && sorted_; ++start) {
      stack.assign(1, start);
      while (!stack.empty() && sorted_) visit(stack, state, producer, order);
    }
    if (!sorted_) return;
    std::vector<Node> nodes;
    nodes.reserve(order.size());
    for (const std::size_t n : order) nodes.push_back(std::move(graph_.nodes_[n]));
    graph_.nodes_ = std::move(nodes);
  }

  void visit(std::vector<std::size_t>& stack, std::vector<int>& state,
             const std::vector<std::size_t>& producer, std::vector<std::size_t>& order) {
    const std::size_t n = stack.back();
    if (state[n] == 2) return stack.pop_back();
    state[n] = 1;
    bool ready = true;
    for (const ValueId id : graph_.nodes_[n].inputs) {
      const std::size_t before = id == kNoValue ? SIZE_MAX : producer[index_of(id)];
      if (before == SIZE_MAX || state[before] == 2) continue;
      if (state[before] == 1) {
        sorted_ = false;
        return;
      }
      ready = false;
      stack.push_back(before);
    }
    if (!ready) return;
    state[n] = 2;
    order.push_back(n);
    stack.pop_back();
  }

  // Values that no node, input or output holds go; ids of the others close up.
  void drop_unused_values() {
    std::vector<bool> held(graph_.values_.size());
    const auto hold = [&](std::span<const ValueId> ids) {
      for (const ValueId id : ids)
        if (id != kNoValue) held[index_of(id)] = true;
    };
    hold(graph_.inputs_);
    hold(graph_.outputs_);
    for (const Node& node : graph_.nodes_) hold(node.inputs), hold(node.outputs);
    std::vector<ValueId> renamed(held.size(), kNoValue);
    std::vector<Value> values;
    for (std::size_t i = 0; i < held.size(); ++i) {
      if (!held[i]) continue;
      renamed[i] = static_cast<ValueId>(static_cast<std::uint32_t>(values.size()));
      values.push_back(std::move(graph_.values_[i]));
    }
    const auto rename = [&](std::vector<ValueId>& ids) {
      for (ValueId& id : ids)
        if (id != kNoValue) id = renamed[index_of(id)];
    };
    rename(graph_.inputs_);
    rename(graph_.outputs_);
    for (Node& node : graph_.nodes_) rename(node.inputs), rename(node.outputs);
    graph_.values_ = std::move(values);
  }

  void reindex() {
    for (Value& value : graph_.values_) {
      value.producer = kNoNode;
      value.readers.clear();
    }
    for (std::size_t n = 0; n < graph_.nodes_.size(); ++n) {
      const auto id = static_cast<NodeId>(static_cast<std::uint32_t>(n));
      for (const ValueId output : graph_.nodes_[n].outputs) graph_.values_[index_of(output)].producer = id;
      for (const ValueId input : graph_.nodes_[n].inputs)
        if (input != kNoValue) graph_.values_[index_of(input)].readers.push_back(id);
    }
  }

  Graph& graph_;
  std::size_t first_new_ = 0;
  bool sorted_ = true;
};

Status apply(Graph& graph, const Patch& patch) {
  VIVACE_CHECK_OK(GraphEditor(graph).apply(patch));
  remove_dead(graph);
  return {};
}

std::size_t remove_dead(Graph& graph) { return GraphEditor(graph).remove_dead(); }

}  // namespace vivace
