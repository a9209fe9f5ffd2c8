#include "runtime/measured_inputs.h"

#include <algorithm>

#include "ops/movement/reshape.h"
#include "ops/strings/vectorize_text.h"

namespace vivace {
namespace {

// The number of the input whose elements a value has; as many as there are inputs where it is none.
std::size_t input_behind(const Graph& graph, ValueId value) {
  while (graph.producer(value) != kNoNode && graph.as<Reshape>(graph.producer(value)))
    value = graph.node(graph.producer(value)).inputs[0];
  const auto inputs = graph.inputs();
  return static_cast<std::size_t>(std::find(inputs.begin(), inputs.end(), value) - inputs.begin());
}

}  // namespace

MeasuredInputs::MeasuredInputs(const Graph& graph) {
  for (std::size_t end = graph.inputs().size() - graph.state_count(); end > 0; --end) {
    const ValueId id = graph.inputs()[end - 1];
    const Value& value = graph.value(id);
    if (value.readers.size() != 1 || graph.is_output(id)) break;
    const Node& node = graph.node(value.readers.front());
    const VectorizeText* const op = graph.as<VectorizeText>(value.readers.front());
    if (!op || node.inputs.size() != 4 || node.inputs[3] != id) break;
    const std::size_t texts = input_behind(graph, node.inputs[0]);
    if (texts >= end - 1 || graph.value(graph.inputs()[texts]).dtype != DType::string) break;
    all_.insert(all_.begin(),
                {std::static_pointer_cast<const VectorizeText>(node.op), texts, value.dims[0].symbol_id()});
  }
}

bool MeasuredInputs::may_decide(const Dims& dims) const {
  return std::any_of(dims.begin(), dims.end(), [&](const Dim& dim) {
    return !dim.known() && std::any_of(all_.begin(), all_.end(), [&](const One& one) {
      return dim.symbol_id() == Dim::kAnonymous || dim.symbol_id() == one.symbol;
    });
  });
}

std::vector<Shape> MeasuredInputs::with_smallest(std::span<const Shape> given) const {
  std::vector<Shape> shapes(given.begin(), given.end());
  shapes.resize(given.size() + all_.size(), Shape{1});
  return shapes;
}

// Their node reads no byte of them, and nothing else reads them at all.
MeasuredInputs::Measured::Measured(const MeasuredInputs& of, std::span<const TensorView> given) {
  const std::span<TensorView> all = views.of(given.size() + of.all_.size());
  const std::span<std::int64_t> longest = sizes.of(of.all_.size());
  std::copy(given.begin(), given.end(), all.begin());
  for (std::size_t k = 0; k < of.all_.size(); ++k) {
    const One& one = of.all_[k];
    const TensorView& texts = given[one.texts];
    longest[k] = 0;
    for (std::int64_t i = 0; i < texts.count(); ++i)
      longest[k] = std::max(longest[k], one.op->length(texts.as<StringView>()[i]));
    all[given.size() + k] = TensorView{nullptr, DType::boolean, longest.subspan(k, 1)};
  }
  inputs = all;
}

}  // namespace vivace
