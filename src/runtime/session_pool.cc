#include "runtime/session_pool.h"

#include <algorithm>

#include "base/text.h"
#include "base/try.h"

namespace vivace {

// A plan and the sessions that wait to run it. Lives as long as a lease on it, even when the pool forgot it.
struct SessionPool::Lease::Planned {
  std::shared_ptr<const Plan> plan;
  std::vector<std::unique_ptr<Session>> idle;
};

namespace {

// Plans kept at once. Their packed weights are shared, so a plan costs its steps and its sessions' arenas.
constexpr std::size_t kMostPlans = 8;
// Sessions kept idle for one plan: more callers than this at once are served, but their memory is freed.
constexpr std::size_t kMostIdle = 64;

// Activations beyond this are a mistake in the model or its inputs, whatever memory the machine claims.
constexpr std::size_t kMostBytes = std::size_t{64} << 30;

Status check_size(const Plan& plan, int workers) {
  const std::size_t workspace = plan.workspace_bytes * static_cast<std::size_t>(workers);
  if (plan.arena_bytes <= kMostBytes && plan.workspace_bytes <= kMostBytes && workspace <= kMostBytes)
    return {};
  return Error("plan.too-large",
               text("one run would need {} of memory, at most {} are used",
                    bytes_text(static_cast<double>(plan.arena_bytes) + static_cast<double>(workspace)),
                    bytes_text(static_cast<double>(kMostBytes))))
      .fix("give a smaller batch, or limit the memory so that the batch runs in parts (--memory)");
}

bool same_shapes(const Plan& plan, std::span<const TensorView> inputs) {
  return std::ranges::equal(plan.input_shapes, inputs, [](const Shape& shape, const TensorView& view) {
    return std::ranges::equal(shape, view.dims);
  });
}

std::vector<Shape> shapes_of(std::span<const TensorView> inputs) {
  std::vector<Shape> shapes;
  for (const TensorView& input : inputs) shapes.emplace_back(input.dims.begin(), input.dims.end());
  return shapes;
}

}  // namespace

SessionPool::SessionPool(const Graph& graph, const Target& target, const NumericOptions& numerics,
                         WeightPool& weights, int workers)
    : graph_(graph), target_(target), numerics_(numerics), weights_(weights), workers_(workers) {}
SessionPool::~SessionPool() = default;

SessionPool::Lease::Lease(SessionPool& pool, std::shared_ptr<Planned> planned,
                          std::unique_ptr<Session> session)
    : pool_(&pool), planned_(std::move(planned)), session_(std::move(session)) {}

SessionPool::Lease::~Lease() {
  if (!session_) return;
  const std::lock_guard lock(pool_->mutex_);
  if (planned_->idle.size() < kMostIdle) planned_->idle.push_back(std::move(session_));
}

SessionPool::PlannedPtr SessionPool::find(std::span<const TensorView> inputs) {
  for (const PlannedPtr& planned : planned_)
    if (same_shapes(*planned->plan, inputs)) return planned;
  return nullptr;
}

Result<SessionPool::Lease> SessionPool::take(std::span<const TensorView> inputs) {
  PlannedPtr planned;
  {
    const std::lock_guard lock(mutex_);
    planned = find(inputs);
    if (planned && !planned->idle.empty()) {
      std::unique_ptr<Session> session = std::move(planned->idle.back());
      planned->idle.pop_back();
      return Lease(*this, std::move(planned), std::move(session));
    }
  }
  if (!planned) {
    VIVACE_TRY(planned, find_or_make(shapes_of(inputs)));
  }
  VIVACE_CHECK_OK(check_size(*planned->plan, workers_));
  auto session = std::make_unique<Session>(planned->plan, workers_);
  return Lease(*this, std::move(planned), std::move(session));
}

Result<std::shared_ptr<const Plan>> SessionPool::plan_for(std::span<const Shape> shapes) {
  VIVACE_TRY(const PlannedPtr planned, find_or_make(shapes));
  return planned->plan;
}

Result<std::shared_ptr<const Plan>> SessionPool::plan_for(std::span<const TensorView> inputs) {
  {
    const std::lock_guard lock(mutex_);
    if (const PlannedPtr planned = find(inputs)) return planned->plan;
  }
  return plan_for(shapes_of(inputs));
}

Result<SessionPool::PlannedPtr> SessionPool::find_or_make(std::span<const Shape> shapes) {
  const std::lock_guard lock(mutex_);
  for (const PlannedPtr& planned : planned_)
    if (std::ranges::equal(planned->plan->input_shapes, shapes)) return planned;
  auto planned = std::make_shared<Lease::Planned>();
  VIVACE_TRY(planned->plan, make_plan(graph_, shapes, target_, numerics_, weights_, workers_));
  planned->idle.reserve(kMostIdle);
  if (planned_.size() >= kMostPlans) planned_.erase(planned_.begin());
  planned_.push_back(planned);
  return planned;
}

}  // namespace vivace
