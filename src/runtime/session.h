// A session: the memory of one caller, made for one plan.
#pragma once

#include <atomic>
#include <memory>
#include <span>
#include <vector>

#include "base/memory/aligned_buffer.h"
#include "plan/plan.h"
#include "runtime/team.h"

namespace vivace {

/// Not safe to share between threads; a model keeps a pool of them.
class Session {
 public:
  /// `workers` threads at most will run it.
  Session(std::shared_ptr<const Plan> plan, int workers);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// Runs once. Requires views of the plan's types and shapes. Allocates nothing. Errors: op.index, op.value,
  /// op.endless-loop.
  Status run(Team& team, const Graph& graph, std::span<const TensorView> inputs,
             std::span<const MutableTensorView> outputs);
  /// Runs step by step on this thread and adds each step's seconds to `seconds`.
  Status run_timed(const Graph& graph, std::span<const TensorView> inputs,
                   std::span<const MutableTensorView> outputs, std::span<double> seconds);

  const Plan& plan() const { return *plan_; }

 private:
  void bind(std::span<const TensorView> inputs, std::span<const MutableTensorView> outputs);
  Status outcome(const Graph& graph);

  std::shared_ptr<const Plan> plan_;
  AlignedBuffer arena_;
  AlignedBuffer workspace_;
  std::vector<std::byte*> bases_;
  PlanRun run_;
  std::atomic<Error*> told_{nullptr};
};

}  // namespace vivace
