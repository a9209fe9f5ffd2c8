// What a stateful model carries from one run to the next.
#pragma once

#include <mutex>
#include <span>
#include <vector>

#include "graph/graph.h"

namespace vivace {

/// The states of one opened model, zeros at first. Runs through it happen one after another, whoever asks.
/// Two sets of tensors take turns: a run reads one and writes the other, so a run that fails changes nothing.
class States {
 public:
  enum class After { advance, stay };

  explicit States(const Graph& graph);

  void reset();
  /// While it is held, no run changes anything.
  std::unique_lock<std::mutex> hold() { return std::unique_lock(mutex_); }

  /// Calls work(inputs, outputs) with the caller's views and the states' behind them; then the states are
  /// what the run wrote, unless it failed or they are to stay. Allocates nothing after the first call.
  template <class Work>
  Status run(std::span<const TensorView> inputs, std::span<const MutableTensorView> outputs, After after,
             Work work) {
    const std::lock_guard lock(mutex_);
    bind(inputs, outputs);
    Status status = work(std::span<const TensorView>(inputs_), std::span<const MutableTensorView>(outputs_));
    if (status.ok() && after == After::advance) now_.swap(next_);
    return status;
  }

  /// Shapes of a caller's inputs with the states' behind them.
  std::vector<Shape> with_states(std::span<const Shape> inputs) const;

 private:
  void bind(std::span<const TensorView> inputs, std::span<const MutableTensorView> outputs);

  std::vector<Shape> shapes_;
  std::mutex mutex_;  // guards all below
  std::vector<Tensor> now_, next_;
  std::vector<TensorView> inputs_;
  std::vector<MutableTensorView> outputs_;
};

}  // namespace vivace
