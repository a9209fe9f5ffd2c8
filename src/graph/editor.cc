#include "graph/editor.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "base/try.h"

namespace vivace {
namespace {

std::size_t index_of(ValueId id) { return static_cast<std::size_t>(id); }
std::size_t index_of(NodeId id) { return static_cast<std::size_t>(id); }
NodeId node_id(std::size_t index) { return static_cast<NodeId>(static_cast<std::uint32_t>(index)); }
ValueId value_id(std::size_t index) { return static_cast<ValueId>(static_cast<std::uint32_t>(index)); }

Error failure(const Patch& patch, std::string what) {
  return Error("graph.patch", text("the pass {} made an invalid change: {}", patch.label(), what))
      .fix("leave the pass out (Options::without_passes) and report the model");
}

void insert_sorted(std::vector<NodeId>& readers, NodeId id) {
  readers.insert(std::upper_bound(readers.begin(), readers.end(), id), id);
}

void erase_one(std::vector<NodeId>& readers, NodeId id) {
  readers.erase(std::find(readers.begin(), readers.end(), id));
}

// Orders nodes so that each follows the producers of its inputs, moving none without need.
class Order {
 public:
  Order(std::span<const Node> nodes, std::size_t values)
      : nodes_(nodes), state_(nodes.size()), producer_(values, kNone) {
    for (std::size_t n = 0; n < nodes.size(); ++n)
      for (const ValueId id : nodes[n].outputs) producer_[index_of(id)] = n;
  }

  /// The nodes' indices in running order, or nothing where they make a circle.
  std::optional<std::vector<std::size_t>> run() {
    for (std::size_t start = 0; start < nodes_.size(); ++start) {
      stack_.assign(1, start);
      while (!stack_.empty())
        if (!visit()) return std::nullopt;
    }
    return std::move(order_);
  }

 private:
  enum class State : std::uint8_t { waiting, open, done };
  static constexpr std::size_t kNone = SIZE_MAX;

  // Finishes the node on top of the stack, or puts on top what must come before it.
  bool visit() {
    const std::size_t n = stack_.back();
    if (state_[n] == State::done) return stack_.pop_back(), true;
    state_[n] = State::open;
    bool ready = true;
    for (const ValueId id : nodes_[n].inputs) {
      const std::size_t before = id == kNoValue ? kNone : producer_[index_of(id)];
      if (before == kNone || state_[before] == State::done) continue;
      if (state_[before] == State::open) return false;
      ready = false;
      stack_.push_back(before);
    }
    if (!ready) return true;
    state_[n] = State::done;
    order_.push_back(n);
    stack_.pop_back();
    return true;
  }

  std::span<const Node> nodes_;
  std::vector<State> state_;
  std::vector<std::size_t> producer_, stack_, order_;
};

}  // namespace

Status GraphEditor::apply(const Patch& patch) {
  first_new_ = graph_.values_.size();
  VIVACE_TRY(std::vector<Value> added, infer_new_values(patch));
  VIVACE_CHECK_OK(check_replacements(patch, added));
  for (Value& each : added) graph_.values_.push_back(std::move(each));
  const std::optional<Place> place = place_of(patch);
  if (!place) return apply_reordering(patch);

  std::vector<Node> fresh = translated_nodes(patch);
  std::vector<NodeId> made;
  for (std::size_t k = 0; k < fresh.size(); ++k) made.push_back(node_id(place->index + k));
  std::vector<ValueId> suspects;
  if (place->free)
    suspects = put(std::move(fresh.front()), made.front());
  else if (!fresh.empty())
    insert(std::move(fresh), place->index);
  for (const auto& [old_value, new_value] : patch.replacements_) {
    redirect(translate(old_value), translate(new_value), made);
    suspects.push_back(translate(old_value));
  }
  bury_unused(std::move(suspects));
  return {};
}

ValueId GraphEditor::translate(ValueId id) const {
  const auto number = static_cast<std::uint32_t>(id);
  if (id == kNoValue || number < Patch::kFirstNew) return id;
  return value_id(first_new_ + (number - Patch::kFirstNew));
}

std::vector<Node> GraphEditor::translated_nodes(const Patch& patch) const {
  std::vector<Node> nodes;
  for (const Patch::NewNode& added : patch.nodes_) {
    nodes.push_back(added.node);
    for (ValueId& id : nodes.back().inputs) id = translate(id);
    for (ValueId& id : nodes.back().outputs) id = translate(id);
  }
  return nodes;
}

Result<std::vector<Value>> GraphEditor::infer_new_values(const Patch& patch) const {
  std::vector<Value> fresh;
  for (const Patch::NewValue& added : patch.values_) {
    Value& made = fresh.emplace_back();
    made.name = added.name;
    if (!added.constant) continue;
    made.dtype = added.constant->dtype();
    made.dims = known_dims(added.constant->dims());
    made.constant = added.constant;
  }
  const auto fact_of = [&](ValueId id) {
    const auto number = static_cast<std::uint32_t>(id);
    if (id == kNoValue || number < Patch::kFirstNew) return graph_.fact(id);
    return fact_of_value(fresh[number - Patch::kFirstNew]);
  };
  for (const Patch::NewNode& added : patch.nodes_) {
    std::vector<Fact> inputs;
    for (const ValueId id : added.node.inputs) inputs.push_back(fact_of(id));
    auto facts = added.node.op->infer(inputs);
    if (!facts.ok())
      return std::move(facts).error().within(text("pass {}, node \"{}\"", patch.label(), added.node.name));
    if (facts->size() != added.node.outputs.size())
      return failure(patch, "a node has another number of outputs");
    for (std::size_t k = 0; k < facts->size(); ++k) {
      Value& made = fresh[static_cast<std::uint32_t>(added.node.outputs[k]) - Patch::kFirstNew];
      made.kind = (*facts)[k].kind;
      made.dtype = (*facts)[k].dtype;
      made.dims = std::move((*facts)[k].dims);
    }
  }
  return fresh;
}

// A value gives way only to one of the same type and sizes: what reads it was inferred from them.
Status GraphEditor::check_replacements(const Patch& patch, const std::vector<Value>& fresh) const {
  for (const auto& [old_value, new_value] : patch.replacements_) {
    const auto number = static_cast<std::uint32_t>(new_value);
    const Value& from = graph_.value(old_value);
    const Value& to = number < Patch::kFirstNew ? graph_.value(new_value) : fresh[number - Patch::kFirstNew];
    if (from.kind != to.kind || from.dtype != to.dtype || from.dims != to.dims)
      return failure(
          patch, text("a {} {} would replace a {} {}", name_of(to.dtype), to_text(to.dims, graph_.symbols()),
                      name_of(from.dtype), to_text(from.dims, graph_.symbols())));
  }
  return {};
}

// Behind all that the new nodes read, before all that will read them, and where the old node stands if that
// lies between.
std::optional<GraphEditor::Place> GraphEditor::place_of(const Patch& patch) const {
  std::size_t earliest = 0, latest = graph_.nodes_.size(), wanted = latest;
  const auto must_follow = [&](ValueId id) {
    const bool is_new = id != kNoValue && index_of(id) >= first_new_;
    const NodeId producer = is_new ? kNoNode : graph_.producer(id);
    if (producer != kNoNode) earliest = std::max(earliest, index_of(producer) + 1);
  };
  for (const Patch::NewNode& added : patch.nodes_)
    for (const ValueId id : added.node.inputs) must_follow(translate(id));
  for (const auto& [old_value, new_value] : patch.replacements_) {
    must_follow(translate(new_value));
    const Value& old = graph_.value(old_value);
    if (!old.readers.empty()) latest = std::min(latest, index_of(old.readers.front()));
    if (old.producer != kNoNode) wanted = std::min(wanted, index_of(old.producer));
  }
  if (earliest > latest) return std::nullopt;
  const bool free = patch.nodes_.size() == 1 && wanted >= earliest && wanted < graph_.nodes_.size() &&
                    is_replaced(patch, graph_.nodes_[wanted]);
  return Place{std::clamp(wanted, earliest, latest), free};
}

// Whether nobody needs a node once the patch is applied. A new node that reads it comes behind it, so this
// is not asked then.
bool GraphEditor::is_replaced(const Patch& patch, const Node& old) const {
  return std::all_of(old.outputs.begin(), old.outputs.end(), [&](ValueId id) {
    const auto is_it = [id](const auto& pair) { return pair.first == id; };
    return graph_.uses(id) == 0 || std::any_of(patch.replacements_.begin(), patch.replacements_.end(), is_it);
  });
}

// Puts a node where a useless one stands; returns what that one read.
std::vector<ValueId> GraphEditor::put(Node fresh, NodeId place) {
  Node old = std::exchange(node(place), std::move(fresh));
  for (const ValueId id : old.outputs) value(id).producer = kNoNode;
  for (const ValueId id : old.inputs)
    if (id != kNoValue) erase_one(value(id).readers, place);
  for (const ValueId id : node(place).outputs) value(id).producer = place;
  for (const ValueId id : node(place).inputs)
    if (id != kNoValue) insert_sorted(value(id).readers, place);
  return std::move(old.inputs);
}

// Everyone who reads the old value reads the new one, but for the patch's own nodes: they may build on it.
void GraphEditor::redirect(ValueId old_value, ValueId new_value, const std::vector<NodeId>& made) {
  Value &from = value(old_value), &to = value(new_value);
  if (to.name.empty()) to.name = from.name;
  std::vector<NodeId> staying;
  for (const NodeId reader : from.readers) {
    if (std::find(made.begin(), made.end(), reader) != made.end()) {
      staying.push_back(reader);
      continue;
    }
    std::vector<ValueId>& inputs = node(reader).inputs;
    *std::find(inputs.begin(), inputs.end(), old_value) = new_value;  // one for each use
    insert_sorted(to.readers, reader);
  }
  from.readers = std::move(staying);
  std::replace(graph_.outputs_.begin(), graph_.outputs_.end(), old_value, new_value);
}

void GraphEditor::bury_unused(std::vector<ValueId> suspects) {
  while (!suspects.empty()) {
    const NodeId id = graph_.producer(suspects.back());
    suspects.pop_back();
    if (id == kNoNode) continue;
    const auto used = [&](ValueId output) { return graph_.uses(output) != 0; };
    if (std::any_of(node(id).outputs.begin(), node(id).outputs.end(), used)) continue;
    const Node dead = std::exchange(node(id), Node{});
    for (const ValueId output : dead.outputs) value(output).producer = kNoNode;
    for (const ValueId input : dead.inputs) {
      if (input == kNoValue) continue;
      erase_one(value(input).readers, id);
      suspects.push_back(input);
    }
  }
}

// The patch asks for a new running order: rebuilds everything, on a copy first since it may find a circle.
Status GraphEditor::apply_reordering(const Patch& patch) {
  const Graph before = graph_;
  std::vector<Node> fresh = translated_nodes(patch);
  const std::size_t place = std::min(index_of(patch.anchor()), graph_.nodes_.size());
  std::vector<NodeId> made;
  for (std::size_t k = 0; k < fresh.size(); ++k) made.push_back(node_id(place + k));
  insert(std::move(fresh), place);
  for (const auto& [old_value, new_value] : patch.replacements_)
    redirect(translate(old_value), translate(new_value), made);
  const auto order = Order(graph_.nodes_, graph_.values_.size()).run();
  if (!order) {
    graph_ = before;
    graph_.values_.resize(first_new_);
    return failure(patch, "the new nodes make a circle");
  }
  std::vector<Node> nodes;
  nodes.reserve(order->size());
  for (const std::size_t n : *order) nodes.push_back(std::move(graph_.nodes_[n]));
  graph_.nodes_ = std::move(nodes);
  reindex();
  return {};
}

void GraphEditor::insert(std::vector<Node> fresh, std::size_t place) {
  graph_.nodes_.insert(graph_.nodes_.begin() + static_cast<std::ptrdiff_t>(place),
                       std::make_move_iterator(fresh.begin()), std::make_move_iterator(fresh.end()));
  reindex();
}

std::size_t GraphEditor::compact() {
  std::vector<bool> used(graph_.values_.size());
  for (const ValueId id : graph_.outputs_) used[index_of(id)] = true;
  std::vector<bool> keep(graph_.nodes_.size());
  for (std::size_t n = graph_.nodes_.size(); n-- > 0;) {
    const Node& old = graph_.nodes_[n];
    keep[n] =
        std::any_of(old.outputs.begin(), old.outputs.end(), [&](ValueId id) { return used[index_of(id)]; });
    if (!keep[n]) continue;
    for (const ValueId id : old.inputs)
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

// Values that no node, input or output holds go; ids of the others close up.
void GraphEditor::drop_unused_values() {
  std::vector<bool> held(graph_.values_.size());
  const auto hold = [&](std::span<const ValueId> ids) {
    for (const ValueId id : ids)
      if (id != kNoValue) held[index_of(id)] = true;
  };
  hold(graph_.inputs_);
  hold(graph_.outputs_);
  for (const Node& kept : graph_.nodes_) hold(kept.inputs), hold(kept.outputs);
  std::vector<ValueId> renamed(held.size(), kNoValue);
  std::vector<Value> values;
  for (std::size_t i = 0; i < held.size(); ++i) {
    if (!held[i]) continue;
    renamed[i] = value_id(values.size());
    values.push_back(std::move(graph_.values_[i]));
  }
  const auto rename = [&](std::vector<ValueId>& ids) {
    for (ValueId& id : ids)
      if (id != kNoValue) id = renamed[index_of(id)];
  };
  rename(graph_.inputs_);
  rename(graph_.outputs_);
  for (Node& kept : graph_.nodes_) rename(kept.inputs), rename(kept.outputs);
  graph_.values_ = std::move(values);
}

void GraphEditor::reindex() {
  for (Value& each : graph_.values_) {
    each.producer = kNoNode;
    each.readers.clear();
  }
  for (std::size_t n = 0; n < graph_.nodes_.size(); ++n) {
    for (const ValueId output : graph_.nodes_[n].outputs) value(output).producer = node_id(n);
    for (const ValueId input : graph_.nodes_[n].inputs)
      if (input != kNoValue) value(input).readers.push_back(node_id(n));
  }
}

}  // namespace vivace
