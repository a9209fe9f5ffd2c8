#include "runtime/states.h"

#include <cstring>

namespace vivace {

States::States(const Graph& graph) {
  for (const ValueId id : graph.inputs().last(graph.state_count())) {
    const Value& value = graph.value(id);
    shapes_.push_back(*numbers(value.dims));
    now_.emplace_back(value.dtype, shapes_.back());
  }
  next_ = now_;
  reset();
}

void States::reset() {
  const std::lock_guard lock(mutex_);
  for (Tensor& state : now_)
    if (state.bytes() != 0) std::memset(state.data(), 0, state.bytes());
}

std::vector<Shape> States::with_states(std::span<const Shape> inputs) const {
  std::vector<Shape> all(inputs.begin(), inputs.end());
  all.insert(all.end(), shapes_.begin(), shapes_.end());
  return all;
}

void States::bind(std::span<const TensorView> inputs, std::span<const MutableTensorView> outputs) {
  inputs_.assign(inputs.begin(), inputs.end());
  outputs_.assign(outputs.begin(), outputs.end());
  for (const Tensor& state : now_) inputs_.push_back(state.view());
  for (Tensor& state : next_) outputs_.push_back(state.view());
}

}  // namespace vivace
