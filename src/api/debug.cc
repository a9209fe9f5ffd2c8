// The debug mode: op by op through the references, every value seen.
#include <cmath>
#include <cstring>
#include <limits>

#include "api/brief.h"
#include "api/impl.h"
#include "base/try.h"
#include "cpu/cpu_target.h"
#include "kernels/survey/survey.h"
#include "machine/cpu_features.h"
#include "ops/common/reference.h"
#include "runtime/interpreter.h"

namespace vivace {
namespace {

void look_at(const TensorView& view, kernels::Isa isa, DebugRecord& record) {
  kernels::Surveyed seen{};
  if (view.dtype == DType::f32) {
    kernels::pick(kernels::survey, isa)({view.as<float>(), static_cast<std::size_t>(view.count()), &seen});
    record.min = seen.smallest, record.max = seen.largest;
    record.nans = static_cast<std::int64_t>(seen.nans);
    record.infinities = static_cast<std::int64_t>(seen.infinities);
    return;
  }
  record.min = std::numeric_limits<double>::infinity();
  record.max = -record.min;
  if (view.dtype == DType::string) return;  // of strings, nothing is smallest
  for (std::int64_t i = 0; i < view.count(); ++i) {
    const double x = load(view, i);
    if (std::isnan(x))
      ++record.nans;
    else if (std::isinf(x))
      ++record.infinities;
    if (x < record.min) record.min = x;
    if (x > record.max) record.max = x;
  }
}

DebugRecord record_of(const Node& node, const Tensor& tensor, double seconds, kernels::Isa isa) {
  DebugRecord record{node.name, to_text(*node.op), node.origin, tensor.dtype(), tensor.dims()};
  record.seconds = seconds;
  look_at(tensor.view(), isa, record);
  return record;
}

// Moves the states, which stand behind what the caller gets, to where the next run will look for them.
Status take_states(std::vector<Tensor>& results, std::span<const MutableTensorView> next) {
  const std::size_t shown = results.size() - next.size();
  for (std::size_t i = 0; i < next.size(); ++i)
    if (next[i].bytes() != 0) std::memcpy(next[i].data, results[shown + i].data(), next[i].bytes());
  results.resize(shown);
  return {};
}

}  // namespace

Result<std::vector<Tensor>> Model::debug(std::span<const TensorView> inputs,
                                         std::vector<DebugRecord>& records) const {
  return guard_memory([&]() -> Result<std::vector<Tensor>> {
    VIVACE_CHECK_OK(impl_->preparation.packed());
    VIVACE_CHECK_OK(check_inputs(*impl_, inputs));
    records.clear();
    const kernels::Isa isa = cpu::best_isa(machine::read_cpu_features());
    const Observer observe = [&](NodeId id, std::span<const Tensor> made, double seconds) {
      for (const Tensor& tensor : made)
        records.push_back(record_of(impl_->graph.node(id), tensor, seconds, isa));
    };
    Result<std::vector<Tensor>> outputs = std::vector<Tensor>();
    const auto interpreted = [&](std::span<const TensorView> in, std::span<const MutableTensorView> next) {
      outputs = interpret(impl_->graph, in, observe);
      return outputs.ok() ? take_states(*outputs, next) : Status(outputs.error());
    };
    VIVACE_CHECK_OK(impl_->measured->run(inputs, [&](std::span<const TensorView> all) {
      return impl_->states ? impl_->states->run(all, {}, States::After::advance, interpreted)
                           : interpreted(all, {});
    }));
    for (Tensor& output : *outputs) output.own_strings();
    return outputs;
  });
}

}  // namespace vivace
