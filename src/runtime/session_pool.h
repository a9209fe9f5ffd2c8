// Plans and sessions of one model, ready for whoever calls next.
#pragma once

#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "runtime/session.h"

namespace vivace {

/// Keeps a plan for each of the last few sets of input sizes, and for each plan the sessions that wait. Safe
/// to share between threads: a call takes a session, runs it, and gives it back.
class SessionPool {
 public:
  /// Everything must outlive the pool. `workers`: threads that a session may use at most.
  SessionPool(const Graph& graph, const Target& target, const NumericOptions& numerics, WeightPool& weights,
              int workers);
  ~SessionPool();

  /// A session on loan; goes back to the pool at the end of its scope.
  class Lease {
   public:
    Lease(Lease&& other) noexcept = default;
    Lease& operator=(Lease&&) = delete;
    ~Lease();
    Session& operator*() const { return *session_; }
    Session* operator->() const { return session_.get(); }

   private:
    friend class SessionPool;
    struct Planned;
    Lease(SessionPool& pool, std::shared_ptr<Planned> planned, std::unique_ptr<Session> session);
    SessionPool* pool_;
    std::shared_ptr<Planned> planned_;
    std::unique_ptr<Session> session_;
  };

  /// A session for inputs of these types and sizes. Allocates only where a plan or an idle session is
  /// missing. Errors: those of make_plan(); plan.too-large.
  Result<Lease> take(std::span<const TensorView> inputs);
  /// The plan for inputs of these sizes, made now if need be.
  Result<std::shared_ptr<const Plan>> plan_for(std::span<const Shape> shapes);
  /// The same, for inputs at hand; allocates nothing where the plan is there.
  Result<std::shared_ptr<const Plan>> plan_for(std::span<const TensorView> inputs);
  /// While it is held, nobody plans, takes or gives back.
  std::unique_lock<std::mutex> hold() { return std::unique_lock(mutex_); }

 private:
  using PlannedPtr = std::shared_ptr<Lease::Planned>;
  PlannedPtr find(std::span<const TensorView> inputs);  // requires mutex_
  Result<PlannedPtr> find_or_make(std::span<const Shape> shapes);

  const Graph& graph_;
  const Target& target_;
  const NumericOptions& numerics_;
  WeightPool& weights_;
  const int workers_;
  std::mutex mutex_;  // guards planned_ and every Planned's idle sessions
  std::vector<PlannedPtr> planned_;
};

}  // namespace vivace
