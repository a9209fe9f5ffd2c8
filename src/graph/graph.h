// The graph: values and the nodes that make them, in static single assignment and topological order.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <typeinfo>
#include <vector>

#include "graph/op.h"

namespace vivace {

enum class ValueId : std::uint32_t {};
enum class NodeId : std::uint32_t {};
/// Stands for an optional input that a node leaves out, and for the producer of inputs and constants.
inline constexpr ValueId kNoValue{0xffffffffu};
inline constexpr NodeId kNoNode{0xffffffffu};

class Slab;
class Constant;
using ConstantPtr = std::shared_ptr<const Constant>;

/// A tensor that is known: a view, and whoever keeps its bytes alive (a mapped file, or memory of its own).
class Constant {
 public:
  /// Requires that `owner` keeps `data` alive, and that data holds count(dims) elements.
  static ConstantPtr view(DType dtype, Shape dims, const void* data, std::shared_ptr<const void> owner);
  static ConstantPtr own(Tensor tensor);
  /// A large weight that is computed from others, when it is first wanted: what opens a model or shows it
  /// need not read the weights. `make` fills elements that are zero; floats only, because no operator's
  /// shapes follow from them.
  static ConstantPtr later(DType dtype, Shape dims, std::function<void(const MutableTensorView&)> make);
  /// The same elements with other sizes. Requires the same count.
  static ConstantPtr reshaped(const ConstantPtr& constant, Shape dims);

  const TensorView& tensor() const {
    if (later_) fill(nullptr);
    return view_;
  }
  DType dtype() const { return view_.dtype; }
  const Shape& dims() const { return dims_; }
  std::size_t bytes() const { return view_.bytes(); }
  /// Whether its bytes are, or will be, computed: no fact of a graph then.
  bool is_later() const { return later_ != nullptr; }
  /// The same with its bytes in memory of its own, from `slab`: not in a file, and not still to be computed.
  static ConstantPtr owned(const ConstantPtr& constant, Slab& slab);
  template <class T>
  std::span<const T> as() const {
    return {tensor().as<T>(), static_cast<std::size_t>(view_.count())};
  }

 private:
  struct Later {
    std::once_flag once;
    // One of the two; nothing once it was wanted: they hold the weights that it is made from.
    std::function<void(const MutableTensorView&)> make;
    ConstantPtr same;  // elements, of other sizes
  };
  Constant() = default;
  static std::shared_ptr<Constant> made(DType dtype, Shape dims, const void* data);
  void fill(Slab* slab) const;

  Shape dims_;
  mutable TensorView view_;
  mutable std::shared_ptr<const void> owner_;
  bool own_ = false;
  std::unique_ptr<Later> later_;
};

struct Value {
  ValueKind kind = ValueKind::tensor;
  DType dtype = DType::f32;
  Dims dims;
  std::optional<Quantisation> quantisation;
  ConstantPtr constant;         // set for constants
  std::string name;             // as the source file calls it; may be empty
  NodeId producer = kNoNode;    // kNoNode for graph inputs and constants
  std::vector<NodeId> readers;  // one entry for each use, in node order
};

Fact fact_of_value(const Value& value);

struct Node {
  OpPtr op;
  std::vector<ValueId> inputs;  // kNoValue where an optional input is left out
  std::vector<ValueId> outputs;
  std::string name;    // unique and human: the layer's or node's name in the source file
  std::string origin;  // where it came from: "Conv2D block1_conv1", for errors and explain
};

/// Elements of a state at most: its memory is there as long as the model.
inline constexpr std::int64_t kLargestState = std::int64_t{1} << 28;
/// Bodies within bodies, at most.
inline constexpr int kDeepestBodies = 16;

/// A network. Grows by add_*; after that it changes only through a Patch. Copies share constants and ops.
///
/// Invariants, checked by verify(): every input of a node is an input of the graph, a constant, or an output
/// of an earlier node; every value has one producer; every fact follows from the node's op. A state has one
/// type and one known shape as input and as output. A body keeps no states, and sees
/// nothing of the graph around it but its inputs.
class Graph {
 public:
  /// A new symbol for an unknown size. Equal names give the same symbol.
  Dim symbol(const std::string& name);
  std::span<const std::string> symbols() const { return symbols_; }

  ValueId add_input(std::string name, DType dtype, Dims dims);
  ValueId add_constant(ConstantPtr constant, std::string name = {});
  ValueId add_constant(Tensor tensor, std::string name = {}) {
    return add_constant(Constant::own(std::move(tensor)), std::move(name));
  }
  /// Appends a node; its outputs' facts are inferred. The error is the op's, with the node's name in `at`.
  Result<std::vector<ValueId>> add_node(OpPtr op, std::vector<ValueId> inputs, std::string name,
                                        std::string origin = {});
  /// The same, for an op of one output.
  Result<ValueId> add(OpPtr op, std::vector<ValueId> inputs, std::string name, std::string origin = {});
  void add_output(ValueId value, std::string name);
  /// Makes the input `now` a state: what it is on the next run is what `next` was on this one; zeros at
  /// first. States stand behind all other inputs and outputs, in one order, whenever they are added.
  void add_state(ValueId now, ValueId next);
  /// How many of the last inputs, and of the last outputs, are states: not for the caller's eyes.
  std::size_t state_count() const { return state_count_; }

  /// Brings every constant that is a view of a file, or still to be computed, into memory of its own; those
  /// of bodies too.
  void own_constants(int threads = 1);

  const Value& value(ValueId id) const { return values_[static_cast<std::size_t>(id)]; }
  const Node& node(NodeId id) const { return nodes_[static_cast<std::size_t>(id)]; }
  std::size_t value_count() const { return values_.size(); }
  std::size_t node_count() const { return nodes_.size(); }
  /// Nodes in an order in which they can run: NodeId{0}, NodeId{1}, ...
  std::span<const Node> nodes() const { return nodes_; }
  std::span<const ValueId> inputs() const { return inputs_; }
  std::span<const ValueId> outputs() const { return outputs_; }
  std::span<const std::string> output_names() const { return output_names_; }

  /// The node's op as a T, or nullptr. Operators have no heirs, so comparing types says what a dynamic_cast
  /// would, many times faster: the passes ask this of every node.
  template <class T>
  const T* as(NodeId id) const {
    const Op* const op = id == kNoNode ? nullptr : node(id).op.get();
    return op && typeid(*op) == typeid(T) ? static_cast<const T*>(op) : nullptr;
  }
  /// The constant behind a value, or nullptr.
  const Constant* constant(ValueId id) const { return id == kNoValue ? nullptr : value(id).constant.get(); }
  NodeId producer(ValueId id) const { return id == kNoValue ? kNoNode : value(id).producer; }
  bool is_output(ValueId id) const;
  /// Uses of a value: readers, and one for each time it is an output of the graph.
  std::size_t uses(ValueId id) const;
  Fact fact(ValueId id) const;
  std::vector<Fact> facts(std::span<const ValueId> ids) const;

 private:
  class ConstantHolders;
  friend class GraphEditor;  // patch.cc: rebuilds the node list
  friend class GraphReader;  // plan/viv_read.cc: fills it from a file, then verify() checks it
  std::vector<Value> values_;
  std::vector<Node> nodes_;
  std::vector<ValueId> inputs_, outputs_;
  std::vector<std::string> output_names_;
  std::vector<std::string> symbols_;
  std::size_t state_count_ = 0;
};

/// Values of a graph and of all bodies within it. Where all of them are numbered together, those of a graph
/// come first and those of its nodes' bodies follow, node by node.
std::size_t count_values(const Graph& graph);
/// Bytes of all constants, those of bodies too.
std::size_t constant_bytes(const Graph& graph);

/// Checks every invariant of a graph: the boundary behind which nothing is checked again. Errors: graph.*.
Status verify(const Graph& graph);

/// The graph as text, one node a line, for tests and people.
std::string to_text(const Graph& graph);

}  // namespace vivace
