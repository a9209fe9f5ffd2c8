#include "api/batches.h"

#include "base/text.h"
#include "base/try.h"

namespace vivace {
namespace {

// The symbol that is the first axis of every input and output, or 0.
std::int32_t batch_symbol(const Graph& graph) {
  std::int32_t symbol = 0;
  const auto agrees = [&](ValueId id) {
    const Dims& dims = graph.value(id).dims;
    if (dims.empty() || dims[0].symbol_id() <= 0 || dims[0].scale() != 1 || dims[0].offset() != 0)
      return false;
    if (symbol == 0) symbol = dims[0].symbol_id();
    return symbol == dims[0].symbol_id();
  };
  for (const ValueId id : graph.inputs())
    if (!agrees(id)) return 0;
  for (const ValueId id : graph.outputs())
    if (!agrees(id)) return 0;
  return symbol;
}

Result<std::size_t> bytes_for(const Model::Impl& model, std::span<const TensorView> inputs,
                              std::int64_t samples) {
  std::vector<Shape> shapes;
  for (const TensorView& input : inputs) {
    shapes.emplace_back(input.dims.begin(), input.dims.end());
    shapes.back()[0] = samples;
  }
  VIVACE_TRY(const auto plan, make_plan(model.graph, shapes, *model.target, model.numerics, model.weights));
  return plan->arena_bytes + plan->workspace_bytes * static_cast<std::size_t>(model.threads);
}

}  // namespace

std::optional<std::int64_t> batch_of(const Model::Impl& model, std::span<const TensorView> inputs) {
  if (batch_symbol(model.graph) == 0 || inputs.empty() || inputs[0].dims.empty()) return std::nullopt;
  return inputs[0].dims[0];
}

Result<std::int64_t> samples_at_once(const Model::Impl& model, std::span<const TensorView> inputs) {
  const std::int64_t all = inputs.empty() || inputs[0].dims.empty() ? 1 : inputs[0].dims[0];
  if (model.options.memory == 0) return all;
  VIVACE_TRY(const auto whole, model.sessions->plan_for(inputs));
  const std::size_t limit = model.options.memory;
  if (whole->arena_bytes + whole->workspace_bytes * static_cast<std::size_t>(model.threads) <= limit)
    return all;
  const auto batch = batch_of(model, inputs);
  std::size_t one = 0;
  if (batch && *batch > 1) {
    VIVACE_TRY(one, bytes_for(model, inputs, 1));
  }
  if (!batch || *batch <= 1 || one > limit)
    return Error("predict.memory", text("{} of activations do not fit in the {} allowed",
                                        bytes_text(static_cast<double>(one != 0 ? one : whole->arena_bytes)),
                                        bytes_text(static_cast<double>(limit))))
        .why(batch ? "one sample alone needs more"
                   : "the model's inputs and outputs do not share a batch axis")
        .fix("allow more memory (--memory), or give smaller inputs");
  // Memory grows with the batch, so the largest part that fits is found by halving the interval.
  std::int64_t fits = 1, too_many = *batch;
  while (too_many - fits > 1) {
    const std::int64_t middle = fits + (too_many - fits) / 2;
    VIVACE_TRY(const std::size_t need, bytes_for(model, inputs, middle));
    (need <= limit ? fits : too_many) = middle;
  }
  return fits;
}

}  // namespace vivace
