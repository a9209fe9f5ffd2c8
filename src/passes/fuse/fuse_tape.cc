// A tree of element-wise functions becomes one tape: a single sweep over memory.
//
//   a, b, c -> add(a, b) -> multiply(c) -> tanh -> y
//   a, b, c -> tape{add, multiply, tanh} -> y
//
// Grows from the last function upwards, over float32 nodes of the result's own sizes all of whose readers
// are in the tape. What the tape reads must have the result's sizes, be one number, or one a channel.
#include <algorithm>
#include <set>

#include "ops/elementwise/binary.h"
#include "ops/elementwise/tape.h"
#include "ops/elementwise/unary.h"
#include "ops/normalize/scale_shift.h"
#include "passes/pass.h"

namespace vivace {
namespace {

// Enough for every activation written out; more registers would not stay in the nearest cache.
constexpr std::size_t kMostNodes = 24, kMostInputs = 16;

bool same_dims(const Dims& a, const Dims& b) {
  return std::ranges::equal(a, b, [](const Dim& x, const Dim& y) { return x.same(y); });
}

// Whether a register can hold what lies behind `input` beside a result of these sizes.
bool can_read(const Graph& graph, ValueId input, const Dims& dims) {
  const Value& value = graph.value(input);
  if (value.dtype != DType::f32) return false;
  if (same_dims(value.dims, dims)) return true;
  const bool one = std::ranges::all_of(value.dims, [](const Dim& d) { return d == Dim(1); });
  if (one && value.dims.size() <= dims.size()) return true;
  return value.dims.size() == 1 && !dims.empty() && value.dims[0].same(dims.back());
}

bool can_join(const Graph& graph, NodeId id, const Dims& dims) {
  if (id == kNoNode) return false;
  const auto* unary = graph.as<Unary>(id);
  const auto* binary = graph.as<Binary>(id);
  const bool fits = unary    ? unary->function.kind < UnaryKind::logical_not
                    : binary ? !binary->gives_truth()
                             : graph.as<ScaleShift>(id) != nullptr;
  const Node& node = graph.node(id);
  return fits && same_dims(graph.value(node.outputs[0]).dims, dims) &&
         std::ranges::all_of(node.inputs, [&](ValueId input) { return can_read(graph, input, dims); });
}

// The nodes of the tape that ends in `last`, in running order.
std::set<NodeId> members_of(const Graph& graph, NodeId last, const Dims& dims) {
  std::set<NodeId> members = {last}, candidates;
  const auto offer = [&](NodeId id) {
    for (const ValueId input : graph.node(id).inputs)
      if (const NodeId producer = graph.producer(input); producer != kNoNode) candidates.insert(producer);
  };
  offer(last);
  while (!candidates.empty() && members.size() < kMostNodes) {
    const NodeId id = *candidates.rbegin();  // the latest first: all its readers have been looked at
    candidates.erase(id);
    if (!can_join(graph, id, dims)) continue;
    const ValueId output = graph.node(id).outputs[0];
    const auto& readers = graph.value(output).readers;
    const bool inside = std::ranges::all_of(readers, [&](NodeId reader) { return members.contains(reader); });
    if (!inside || graph.is_output(output)) continue;
    members.insert(id);
    offer(id);
  }
  return members;
}

// Writes the members' functions as instructions.
class Writer {
 public:
  Writer(const Graph& graph, const std::set<NodeId>& members) : graph_(graph), members_(members) {
    for (const NodeId id : members) collect_inputs(id);
  }

  /// The inputs, one of the result's sizes first; empty where there are too many, or none of those sizes.
  std::vector<ValueId> inputs(const Dims& dims) {
    const auto whole =
        std::ranges::find_if(inputs_, [&](ValueId id) { return same_dims(graph_.value(id).dims, dims); });
    if (whole == inputs_.end() || inputs_.size() > kMostInputs) return {};
    std::iter_swap(inputs_.begin(), whole);
    return inputs_;
  }

  Tape tape() {
    registers_ = inputs_;
    for (const NodeId id : members_) write(id);
    return std::move(tape_);
  }

 private:
  void collect_inputs(NodeId id) {
    for (const ValueId input : graph_.node(id).inputs)
      if (!members_.contains(graph_.producer(input)) && std::ranges::find(inputs_, input) == inputs_.end())
        inputs_.push_back(input);
  }

  void write(NodeId id) {
    const Node& node = graph_.node(id);
    std::int64_t y = number_of(node.inputs[0]);
    Activation end;
    if (const auto* unary = graph_.as<Unary>(id)) {
      end = unary->function;
    } else if (const auto* binary = graph_.as<Binary>(id)) {
      y = emit(true, static_cast<std::int64_t>(binary->kind), y, number_of(node.inputs[1]), {});
      end = binary->activation;
    } else {
      y = emit(true, static_cast<std::int64_t>(Binary::Kind::multiply), y, number_of(node.inputs[1]), {});
      y = emit(true, static_cast<std::int64_t>(Binary::Kind::add), y, number_of(node.inputs[2]), {});
      end = graph_.as<ScaleShift>(id)->activation;
    }
    if (graph_.as<Unary>(id) || !end.none()) emit(false, static_cast<std::int64_t>(end.kind), y, 0, end);
    registers_.back() = node.outputs[0];
  }

  std::int64_t emit(bool is_binary, std::int64_t kind, std::int64_t left, std::int64_t right,
                    const Activation& f) {
    tape_.code.insert(tape_.code.end(), {is_binary, kind, left, right});
    tape_.parameters.insert(tape_.parameters.end(), {f.alpha, f.beta});
    registers_.push_back(kNoValue);
    return static_cast<std::int64_t>(registers_.size()) - 1;
  }

  std::int64_t number_of(ValueId value) const {
    return std::ranges::find(registers_, value) - registers_.begin();
  }

  const Graph& graph_;
  const std::set<NodeId>& members_;
  std::vector<ValueId> inputs_, registers_;  // which value each register holds
  Tape tape_;
};

}  // namespace

std::optional<Patch> fuse_tape(const Graph& graph, NodeId id) {
  const Node& node = graph.node(id);
  if (node.outputs.size() != 1) return std::nullopt;
  const Dims& dims = graph.value(node.outputs[0]).dims;
  if (graph.value(node.outputs[0]).dtype != DType::f32 || !can_join(graph, id, dims)) return std::nullopt;
  const auto& readers = graph.value(node.outputs[0]).readers;
  if (readers.size() == 1 && !graph.is_output(node.outputs[0]) && can_join(graph, readers[0], dims))
    return std::nullopt;  // that one's tape takes this node in
  const std::set<NodeId> members = members_of(graph, id, dims);
  if (members.size() < 2) return std::nullopt;
  Writer writer(graph, members);
  std::vector<ValueId> inputs = writer.inputs(dims);
  if (inputs.empty()) return std::nullopt;
  Patch patch("fuse_tape", id);
  patch.replace(node.outputs[0],
                patch.add(make_op(writer.tape()), std::move(inputs), node.name, node.origin));
  return patch;
}

}  // namespace vivace
