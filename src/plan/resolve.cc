#include "plan/resolve.h"

#include <algorithm>

#include "base/checked.h"
#include "base/text.h"
#include "base/try.h"

namespace vivace {
namespace {

// What is computed while planning is small: arithmetic on sizes, an initial state. Larger things are steps.
constexpr std::int64_t kLargestFoldedBytes = std::int64_t{4} << 20;
constexpr std::int64_t kMostFoldedBytes = std::int64_t{256} << 20;  // in all
constexpr double kMostFoldedFlops = 1e7;
// A size that no memory has; the sum over all values stays below 2^63.
constexpr std::int64_t kLargestBytes = std::int64_t{1} << 46;
constexpr std::int64_t kMostBytes = std::int64_t{1} << 62;

Error wrong_shape(const Graph& graph, const Value& input, const Shape& given, std::string why) {
  return Error("predict.shape", text("input \"{}\" has shape {}, the model wants {}", input.name,
                                     to_text(given), to_text(input.dims, graph.symbols())))
      .why(std::move(why))
      .fix("reshape or resize the input; `vivace inspect MODEL` lists what each input wants");
}

// The symbols' numbers, found by laying the given shapes over the inputs' sizes.
class Symbols {
 public:
  explicit Symbols(const Graph& graph) : graph_(graph), numbers_(graph.symbols().size() + 1, -1) {}

  Status bind(const Value& input, const Shape& given) {
    if (given.size() != input.dims.size())
      return wrong_shape(graph_, input, given,
                         text("it has {} axes instead of {}", given.size(), input.dims.size()));
    for (std::size_t axis = 0; axis < given.size(); ++axis) VIVACE_CHECK_OK(bind_axis(input, given, axis));
    return {};
  }

 private:
  Status bind_axis(const Value& input, const Shape& given, std::size_t axis) {
    const Dim& want = input.dims[axis];
    const std::int64_t size = given[axis];
    if (size < 0) return wrong_shape(graph_, input, given, text("axis {} is negative", axis));
    if (want.known())
      return want.number() == size ? Status()
                                   : wrong_shape(graph_, input, given, text("axis {} differs", axis));
    if (want.symbol_id() <= 0 || want.scale() != 1 || want.offset() != 0) return {};
    std::int64_t& number = numbers_[static_cast<std::size_t>(want.symbol_id())];
    if (number >= 0 && number != size)
      return wrong_shape(
          graph_, input, given,
          text("{} is {} in one input and {} in another",
               graph_.symbols()[static_cast<std::size_t>(want.symbol_id() - 1)], number, size));
    number = size;
    return {};
  }

  const Graph& graph_;
  std::vector<std::int64_t> numbers_;
};

class Resolver {
 public:
  explicit Resolver(const Graph& graph) : graph_(graph) {
    resolved_.values.resize(graph.value_count());
    resolved_.computed.resize(graph.node_count());
  }

  Result<ResolvedGraph> run(std::span<const Shape> shapes) {
    VIVACE_CHECK_OK(bind_inputs(shapes));
    for (std::size_t id = 0; id < graph_.value_count(); ++id) {
      const Value& value = graph_.value(static_cast<ValueId>(id));
      if (!value.constant) continue;
      Operand& operand = resolved_.values[id];
      operand.dtype = value.dtype;
      operand.dims = value.constant->dims();
      set_constant(operand, value.constant->tensor(), static_cast<ValueId>(id));
    }
    for (std::size_t id = 0; id < graph_.node_count(); ++id)
      VIVACE_CHECK_OK(resolve_node(static_cast<NodeId>(id)));
    return std::move(resolved_);
  }

 private:
  Status bind_inputs(std::span<const Shape> shapes) {
    if (shapes.size() != graph_.inputs().size())
      return Error("predict.inputs",
                   text("{} inputs were given, the model has {}", shapes.size(), graph_.inputs().size()))
          .fix("`vivace inspect MODEL` lists the inputs in order");
    Symbols symbols(graph_);
    for (std::size_t i = 0; i < shapes.size(); ++i) {
      const ValueId id = graph_.inputs()[i];
      const Value& value = graph_.value(id);
      VIVACE_CHECK_OK(symbols.bind(value, shapes[i]));
      if (!checked_count(shapes[i])) return wrong_shape(graph_, value, shapes[i], "it has too many elements");
      Operand& operand = resolved_.values[static_cast<std::size_t>(id)];
      operand.dtype = value.dtype;
      operand.dims = shapes[i];
      operand.value = id;
    }
    return {};
  }

  Status resolve_node(NodeId id) {
    const Node& node = graph_.node(id);
    std::vector<Fact> inputs;
    inputs.reserve(node.inputs.size());
    bool known = true;
    for (const ValueId input : node.inputs) {
      Fact fact;
      fact.absent = input == kNoValue;
      if (!fact.absent) {
        const Operand& operand = resolved_.values[static_cast<std::size_t>(input)];
        fact = Fact::tensor(operand.dtype, known_dims(operand.dims));
        fact.constant = operand.constant;
        known = known && operand.constant != nullptr;
      }
      inputs.push_back(std::move(fact));
    }
    auto facts = node.op->infer(inputs);
    if (!facts.ok()) return std::move(facts).error().within(text("node \"{}\"", node.name));
    std::int64_t bytes = 0;
    for (std::size_t k = 0; k < node.outputs.size(); ++k)
      VIVACE_CHECK_OK(set_output(node, k, (*facts)[k], bytes));
    all_bytes_ += bytes;
    if (all_bytes_ > kMostBytes)
      return Error("plan.too-large", "the values of this model need more memory than any machine has")
          .at(text("node \"{}\"", node.name));
    const bool only_sizes = node.op->name() == "shape_of" || node.op->name() == "fill";
    if ((known || only_sizes) && may_compute(node, inputs, *facts, bytes)) return compute(id);
    return {};
  }

  bool may_compute(const Node& node, std::span<const Fact> inputs, std::span<const Fact> outputs,
                   std::int64_t bytes) {
    if (!bodies_of(*node.op).empty()) return false;  // a loop may take long, or be endless
    if (bytes > kLargestFoldedBytes || folded_bytes_ + bytes > kMostFoldedBytes ||
        node.op->cost(inputs, outputs).flops > kMostFoldedFlops)
      return false;
    folded_bytes_ += bytes;
    return true;
  }

  Status set_output(const Node& node, std::size_t k, const Fact& fact, std::int64_t& bytes) {
    const auto dims = numbers(fact.dims);
    const auto count = dims ? checked_count(*dims) : std::nullopt;
    const auto size = count
                          ? checked_mul<std::int64_t>(*count, static_cast<std::int64_t>(size_of(fact.dtype)))
                          : std::nullopt;
    if (!size || *size > kLargestBytes)
      return Error("plan.unknown-size",
                   text("output {} of \"{}\" has no usable size: {}", k, node.name, to_text(fact.dims)))
          .why("the input sizes do not determine it, or it is larger than memory can be");
    Operand& operand = resolved_.values[static_cast<std::size_t>(node.outputs[k])];
    operand.dtype = fact.dtype;
    operand.dims = *dims;
    operand.value = node.outputs[k];
    bytes += *size;
    return {};
  }

  // Runs a node now, through its reference, because everything it reads is known.
  Status compute(NodeId id) {
    const Node& node = graph_.node(id);
    std::vector<TensorView> inputs;
    for (const ValueId input : node.inputs) {
      if (input == kNoValue) {
        inputs.emplace_back();
        continue;
      }
      const Operand& operand = resolved_.values[static_cast<std::size_t>(input)];
      inputs.push_back(operand.constant ? *operand.constant
                                        : TensorView{nullptr, operand.dtype, operand.dims});
    }
    std::vector<Tensor> results;
    std::vector<MutableTensorView> outputs;
    for (const ValueId output : node.outputs) {
      const Operand& operand = resolved_.values[static_cast<std::size_t>(output)];
      results.emplace_back(operand.dtype, operand.dims);
    }
    for (Tensor& result : results) outputs.push_back(result.view());
    if (Status status = node.op->evaluate(inputs, outputs); !status.ok())
      return std::move(status).error().within(text("node \"{}\"", node.name));
    for (std::size_t k = 0; k < results.size(); ++k) {
      resolved_.constants.push_back(Constant::own(std::move(results[k])));
      Operand& operand = resolved_.values[static_cast<std::size_t>(node.outputs[k])];
      set_constant(operand, resolved_.constants.back()->tensor(), operand.value);
    }
    resolved_.computed[static_cast<std::size_t>(id)] = true;
    return {};
  }

  static void set_constant(Operand& operand, const TensorView& tensor, ValueId id) {
    operand.constant = &tensor;
    operand.address = Address::of(tensor.data);
    operand.value = id;
  }

  const Graph& graph_;
  ResolvedGraph resolved_;
  std::int64_t all_bytes_ = 0, folded_bytes_ = 0;
};

}  // namespace

Result<ResolvedGraph> resolve(const Graph& graph, std::span<const Shape> input_shapes) {
  return Resolver(graph).run(input_shapes);
}

}  // namespace vivace
