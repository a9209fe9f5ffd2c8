// The one team of threads of a process, and how it runs a plan.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "plan/plan.h"
#include "runtime/crowding.h"

namespace vivace {

/// How far a plan's steps are while it runs. A worker claims chunks of its own part first, then helps. Every
/// number has a cache line of its own: a claim would otherwise wait for another core's.
class Progress {
 public:
  static constexpr int kMostWorkers = 64;

  Progress(const Plan& plan, int workers);
  void reset();

  /// Chunks of a step that are done.
  std::atomic<std::int64_t>& done(std::size_t step) const { return lines_[step * per_step_].number; }
  /// Chunks claimed from the start of a worker's part of a step.
  std::atomic<std::int64_t>& claimed(std::size_t step, int worker) const {
    return lines_[step * per_step_ + 1 + static_cast<std::size_t>(worker)].number;
  }
  /// Seconds for which workers were held up within steps that relay.
  double held_up_s() const;
  /// Of a step that relays; else null.
  Relay* relay(std::size_t step) const { return relays_ ? relay_of_[step] : nullptr; }

 private:
  struct alignas(64) Line {
    std::atomic<std::int64_t> number{0};
  };
  std::size_t per_step_, count_, relay_count_ = 0;
  std::unique_ptr<Line[]> lines_;
  std::unique_ptr<Relay[]> relays_;     // none where no step relays
  std::unique_ptr<Relay*[]> relay_of_;  // by step
};

/// What the workers of one run share. Prepared once for a plan, reset before each run; allocates nothing
/// then.
class PlanRun {
 public:
  PlanRun(const Plan& plan, int workers);
  /// Requires that no worker is still inside.
  void reset();

  const Plan& plan;
  const int most_workers;
  int workers;  // of the run at hand
  Progress progress;
  std::unique_ptr<Continuation[]> continuations;
  Frame frame;
};

/// Threads are started by the first run that wants them, sleep when idle, and end with the team. Where the
/// system gives fewer threads than asked for, those that there are do the work.
class Team {
 public:
  /// `spin` false: waiting threads sleep at once (under a CPU quota, or beside other load).
  Team(int threads, bool spin, const Crowding& crowding = {});
  ~Team();
  Team(const Team&) = delete;
  Team& operator=(const Team&) = delete;

  int threads() const { return threads_; }

  /// Runs the plan with run.most_workers threads, the caller being worker 0, or fewer where other programs
  /// want the processors. When another caller has the team, the whole plan runs on the calling thread
  /// instead. Never fails; faults are in run.frame.
  void run(PlanRun& run);

  /// To be called in the child of a fork, which has none of its parent's threads and may have inherited a run
  /// half done: the next run starts new ones.
  void after_fork();

 private:
  class Crew;
  const int threads_;
  const bool spin_;
  const Crowding crowding_;  // as it is at first
  std::unique_ptr<Crew> crew_;
  std::vector<Crew*> lost_;  // to forks: their threads can be neither joined nor let go
};

/// Runs every step whole, in order, on the calling thread; adds each one's time to `seconds`, if given.
void run_alone(PlanRun& run, std::span<double> seconds = {});

}  // namespace vivace
