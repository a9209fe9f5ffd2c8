// Running a model.
#include <algorithm>
#include <array>
#include <cstring>

#include "api/batches.h"
#include "api/brief.h"
#include "api/impl.h"
#include "base/text.h"
#include "base/try.h"
#include "runtime/interpreter.h"

namespace vivace {
namespace {

template <class View>
View rows_of(const View& view, Shape& dims, std::int64_t begin, std::int64_t end) {
  const std::size_t row = view.dims[0] == 0 ? 0 : view.bytes() / static_cast<std::size_t>(view.dims[0]);
  dims.assign(view.dims.begin(), view.dims.end());
  dims[0] = end - begin;
  View part = view;
  using Pointer = decltype(part.data);
  using Byte = std::conditional_t<std::is_same_v<Pointer, void*>, std::byte, const std::byte>;
  part.data = static_cast<Byte*>(view.data) + row * static_cast<std::size_t>(begin);
  part.dims = dims;
  return part;
}

Status run_once(const Model::Impl& model, std::span<const TensorView> inputs,
                std::span<const MutableTensorView> outputs) {
  VIVACE_TRY(auto session, model.sessions->take(inputs));
  VIVACE_CHECK_OK(check_outputs(model, session->plan(), outputs));
  return session->run(Context::of_process().team(), model.graph, inputs, outputs);
}

// Runs samples [0, batch) in parts of `at_once`. Samples do not see one another, so the result is the same.
// The last part goes back as far as it is short: all parts have one plan and one arena.
Status run_in_parts(const Model::Impl& model, std::span<const TensorView> inputs,
                    std::span<const MutableTensorView> outputs, std::int64_t batch, std::int64_t at_once) {
  std::vector<Shape> input_dims(inputs.size()), output_dims(outputs.size());
  for (std::int64_t done = 0; done < batch; done += at_once) {
    const std::int64_t begin = std::min(done, batch - at_once), end = begin + at_once;
    std::vector<TensorView> in;
    std::vector<MutableTensorView> out;
    for (std::size_t i = 0; i < inputs.size(); ++i)
      in.push_back(rows_of(inputs[i], input_dims[i], begin, end));
    for (std::size_t i = 0; i < outputs.size(); ++i)
      out.push_back(rows_of(outputs[i], output_dims[i], begin, end));
    VIVACE_CHECK_OK(run_once(model, in, out));
  }
  return {};
}

// `inputs` and `outputs` have the states behind them. A stateful model has a fixed batch, which is run at
// once or not at all.
Status run_whole(const Model::Impl& model, std::span<const TensorView> inputs,
                 std::span<const MutableTensorView> outputs) {
  if (model.options.memory == 0) return run_once(model, inputs, outputs);
  VIVACE_TRY(const std::int64_t at_once, samples_at_once(model, inputs));
  const auto batch = batch_of(model, inputs);
  if (!batch || at_once >= *batch) return run_once(model, inputs, outputs);
  return run_in_parts(model, inputs, outputs, *batch, at_once);
}

// `inputs` are checked, and have what is measured behind them.
Status run(const Model::Impl& model, std::span<const TensorView> inputs,
           std::span<const MutableTensorView> outputs) {
  if (!model.states) return run_whole(model, inputs, outputs);
  return model.states->run(inputs, outputs, States::After::advance,
                           [&](auto in, auto out) { return run_whole(model, in, out); });
}

// work(inputs) once the caller's inputs are checked and the others measured.
template <class Work>
auto with_inputs(const Model::Impl& model, std::span<const TensorView> inputs, Work work)
    -> decltype(work(inputs)) {
  VIVACE_CHECK_OK(model.preparation.packed());
  VIVACE_CHECK_OK(check_inputs(model, inputs));
  auto answer = model.measured->run(inputs, work);
  model.preparation.answered();
  return answer;
}

// What the caller gets of a plan's outputs.
std::vector<Tensor> tensors_for(const Model::Impl& model, const Plan& plan) {
  std::vector<Tensor> tensors;
  for (std::size_t i = 0; i < model.shown_outputs(); ++i)
    tensors.emplace_back(plan.output_dtypes[i], plan.output_shapes[i]);
  return tensors;
}

Result<std::shared_ptr<const Plan>> plan_at_hand(const Model::Impl& model,
                                                 std::span<const TensorView> inputs) {
  if (!model.states) return model.sessions->plan_for(inputs);
  std::vector<Shape> shapes;
  for (const TensorView& input : inputs) shapes.emplace_back(input.dims.begin(), input.dims.end());
  return model.sessions->plan_for(model.states->with_states(shapes));
}

std::vector<MutableTensorView> views_of(std::vector<Tensor>& tensors) {
  std::vector<MutableTensorView> views;
  for (Tensor& tensor : tensors) views.push_back(tensor.view());
  return views;
}

// All of a step but its time.
StepTime described(const Step& step, const Graph& graph) {
  StepTime told;
  const bool copies = step.node == kNoNode;
  told.node = copies ? "output" : graph.node(step.node).name;
  told.op = copies ? "copy" : brief_text(*graph.node(step.node).op);
  told.kernel = step.parts.empty() ? step.kernel : "strips";
  for (const Step::Part& part : step.parts) {
    told.kernel += (told.nodes.empty() ? ": " : ", ") + std::string(part.kernel);
    told.nodes.push_back(graph.node(part.node).name);
  }
  if (told.nodes.empty()) told.nodes.push_back(told.node);
  const bool bytes = step.kernel.starts_with("q_") || step.kernel.starts_with("hybrid_");
  if (bytes) told.arithmetic = step.kernel.ends_with(" tiles") ? Arithmetic::tiles : Arithmetic::bytes;
  told.flops = step.cost.flops;
  told.bytes = step.cost.bytes_read + step.cost.bytes_written;
  told.weight_bytes = step.cost.weight_bytes;
  return told;
}

// Each step's median time over `rounds` runs.
Status measured(const Model::Impl& model, std::span<const TensorView> inputs,
                std::span<const MutableTensorView> outputs, std::size_t rounds,
                std::vector<StepTime>& times) {
  VIVACE_TRY(auto session, model.sessions->take(inputs));
  const Plan& plan = session->plan();
  std::vector<std::vector<double>> seconds(rounds, std::vector<double>(plan.steps.size()));
  for (std::vector<double>& round : seconds)
    VIVACE_CHECK_OK(session->run_timed(model.graph, inputs, outputs, round));
  for (std::size_t s = 0; s < plan.steps.size(); ++s) {
    std::vector<double> of_step;
    for (const std::vector<double>& round : seconds) of_step.push_back(round[s]);
    std::nth_element(of_step.begin(), of_step.begin() + static_cast<std::ptrdiff_t>(rounds / 2),
                     of_step.end());
    times.push_back(described(plan.steps[s], model.graph));
    times.back().seconds = of_step[rounds / 2];
  }
  return {};
}

}  // namespace

Result<std::shared_ptr<const Plan>> Model::Impl::plan_for(std::span<const Shape> shapes) const {
  const std::vector<Shape> all = measured->with_smallest(shapes);
  return states ? sessions->plan_for(states->with_states(all)) : sessions->plan_for(all);
}

Result<std::vector<Tensor>> Model::predict(std::span<const TensorView> inputs) const {
  return guard_memory([&] {
    return with_inputs(*impl_, inputs, [&](std::span<const TensorView> all) -> Result<std::vector<Tensor>> {
      VIVACE_TRY(const auto plan, plan_at_hand(*impl_, all));
      std::vector<Tensor> outputs = tensors_for(*impl_, *plan);
      VIVACE_CHECK_OK(run(*impl_, all, views_of(outputs)));
      for (Tensor& output : outputs) output.own_strings();
      return outputs;
    });
  });
}

Status Model::predict_into(std::span<const TensorView> inputs,
                           std::span<const MutableTensorView> outputs) const {
  return guard_memory([&] {
    return with_inputs(*impl_, inputs,
                       [&](std::span<const TensorView> all) { return run(*impl_, all, outputs); });
  });
}

Result<std::vector<Shape>> Model::output_shapes(std::span<const Shape> inputs) const {
  return guard_memory([&]() -> Result<std::vector<Shape>> {
    VIVACE_CHECK_OK(impl_->preparation.packed());
    VIVACE_TRY(const auto plan, impl_->plan_for(inputs));
    for (const ValueId id : impl_->graph.outputs())
      if (impl_->measured->may_decide(impl_->graph.value(id).dims))
        return Error("predict.shape", "the outputs' sizes follow from the texts, not from how many there are")
            .why("its TextVectorization has no output_sequence_length: the longest text decides")
            .fix("use predict(), which makes its outputs itself");
    const auto shown = static_cast<std::ptrdiff_t>(impl_->shown_outputs());
    return std::vector<Shape>(plan->output_shapes.begin(), plan->output_shapes.begin() + shown);
  });
}

Result<Model::Memory> Model::memory(std::span<const Shape> inputs) const {
  return guard_memory([&]() -> Result<Memory> {
    VIVACE_CHECK_OK(impl_->preparation.packed());
    VIVACE_TRY(const auto plan, impl_->plan_for(inputs));
    const auto entries = impl_->weights.entries();
    std::size_t packed = 0;
    for (const auto& [key, entry] : entries) packed += entry.bytes.size();
    return Memory{plan->arena_bytes, plan->arena_lower_bound,
                  plan->workspace_bytes * static_cast<std::size_t>(impl_->threads),
                  constant_bytes(impl_->graph), packed};
  });
}

bool Model::stateful() const { return impl_->states != nullptr; }

void Model::reset_states() const {
  if (impl_->states) impl_->states->reset();
}

Result<std::vector<StepTime>> Model::profile(std::span<const TensorView> inputs, int repeats) const {
  return guard_memory([&] {
    return with_inputs(*impl_, inputs, [&](std::span<const TensorView> all) -> Result<std::vector<StepTime>> {
      VIVACE_TRY(const auto plan, plan_at_hand(*impl_, all));
      std::vector<Tensor> outputs = tensors_for(*impl_, *plan);
      const std::vector<MutableTensorView> views = views_of(outputs);
      std::vector<StepTime> times;
      const auto measure = [&](std::span<const TensorView> in, std::span<const MutableTensorView> out) {
        return measured(*impl_, in, out, static_cast<std::size_t>(std::max(1, repeats)), times);
      };
      VIVACE_CHECK_OK(impl_->states ? impl_->states->run(all, views, States::After::stay, measure)
                                    : measure(all, views));
      return times;
    });
  });
}

}  // namespace vivace
