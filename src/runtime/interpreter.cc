#include "runtime/interpreter.h"

#include <cstring>

#include "base/clock.h"
#include "base/text.h"
#include "base/try.h"
#include "plan/resolve.h"

namespace vivace {
namespace {

// Values beyond this are a mistake in the model or its inputs, whatever memory the machine claims.
constexpr std::int64_t kMostElements = std::int64_t{1} << 34;

class Interpreter {
 public:
  Interpreter(const Graph& graph, const ResolvedGraph& resolved, const Observer& observer)
      : graph_(graph),
        resolved_(resolved),
        observer_(observer),
        views_(graph.value_count()),
        made_(graph.node_count()),
        uses_left_(graph.value_count()) {}

  Result<std::vector<Tensor>> run(std::span<const TensorView> inputs) {
    for (std::size_t id = 0; id < views_.size(); ++id) {
      uses_left_[id] = graph_.uses(static_cast<ValueId>(id));
      if (resolved_.values[id].constant) views_[id] = *resolved_.values[id].constant;
    }
    for (std::size_t i = 0; i < inputs.size(); ++i)
      views_[static_cast<std::size_t>(graph_.inputs()[i])] = inputs[i];
    for (std::size_t n = 0; n < graph_.node_count(); ++n)
      if (!resolved_.computed[n]) VIVACE_CHECK_OK(run_node(n));
    std::vector<Tensor> results;
    for (const ValueId output : graph_.outputs()) {
      const TensorView& view = views_[static_cast<std::size_t>(output)];
      results.emplace_back(view.dtype, Shape(view.dims.begin(), view.dims.end()));
      if (view.bytes() != 0) std::memcpy(results.back().data(), view.data, view.bytes());
    }
    return results;
  }

 private:
  Status run_node(std::size_t n) {
    const Node& node = graph_.node(static_cast<NodeId>(n));
    std::vector<TensorView> inputs;
    for (const ValueId id : node.inputs)
      inputs.push_back(id == kNoValue ? TensorView{} : views_[static_cast<std::size_t>(id)]);
    std::vector<MutableTensorView> outputs;
    for (const ValueId id : node.outputs) {
      const Operand& operand = resolved_.values[static_cast<std::size_t>(id)];
      if (operand.count() > kMostElements)
        return Error("plan.too-large", text("\"{}\" makes {} elements", node.name, operand.count()))
            .at(text("node \"{}\"", node.name));
      made_[n].emplace_back(operand.dtype, operand.dims);
    }
    for (Tensor& tensor : made_[n]) outputs.push_back(tensor.view());
    const double start = now_s();
    if (Status status = node.op->evaluate(inputs, outputs); !status.ok())
      return std::move(status).error().within(text("node \"{}\"", node.name));
    if (observer_) observer_(static_cast<NodeId>(n), made_[n], now_s() - start);
    for (std::size_t k = 0; k < outputs.size(); ++k)
      views_[static_cast<std::size_t>(node.outputs[k])] = outputs[k];
    release(node);
    return {};
  }

  // Frees what nobody reads any more, so that a deep network needs the memory of its widest place only.
  void release(const Node& node) {
    for (const ValueId id : node.inputs) {
      if (id == kNoValue || --uses_left_[static_cast<std::size_t>(id)] != 0) continue;
      const NodeId producer = graph_.producer(id);
      if (producer == kNoNode) continue;
      const Node& maker = graph_.node(producer);
      bool unused = true;
      for (const ValueId output : maker.outputs)
        unused = unused && uses_left_[static_cast<std::size_t>(output)] == 0;
      if (unused) made_[static_cast<std::size_t>(producer)].clear();
    }
  }

  const Graph& graph_;
  const ResolvedGraph& resolved_;
  const Observer& observer_;
  std::vector<TensorView> views_;
  std::vector<std::vector<Tensor>> made_;  // by node
  std::vector<std::size_t> uses_left_;
};

}  // namespace

Result<std::vector<Tensor>> interpret(const Graph& graph, std::span<const TensorView> inputs,
                                      const Observer& observer) {
  std::vector<Shape> shapes;
  for (const TensorView& input : inputs) shapes.emplace_back(input.dims.begin(), input.dims.end());
  VIVACE_TRY(const ResolvedGraph resolved, resolve(graph, shapes));
  return Interpreter(graph, resolved, observer).run(inputs);
}

}  // namespace vivace
