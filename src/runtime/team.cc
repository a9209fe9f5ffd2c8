#include "runtime/team.h"

#include <immintrin.h>

#include <algorithm>
#include <mutex>
#include <system_error>
#include <thread>

#include "base/clock.h"
#include "base/flush_denormals.h"

namespace vivace {
namespace {

// Spinning up to here costs less than a futex wake-up (3 to 26 us); beyond it the other side is probably not
// running, and a core is worth more than a quick answer.
constexpr int kSpinsBetweenSteps = 2'000;  // pauses of about 36 ns: some 70 us
constexpr int kSpinsBetweenRuns = 1'000;
// A waiting worker starts on another's chunks only after this, so that caches stay warm in the common case.
constexpr int kSpinsBeforeHelping = 50;
// Chunks, of some 1.25 us or more, that a second worker would have to take over.
constexpr std::int64_t kWorthWaking = 4;
// Each part is claimed in about this many bites: enough for helpers to find something left.
constexpr std::int64_t kBites = 4;

struct Part {
  std::int64_t begin, end;
};
// Rounded up, so that the caller's own thread has the only chunk of a step that cannot be cut.
Part part_of(std::int64_t chunks, int worker, int workers) {
  return {(chunks * worker + workers - 1) / workers, (chunks * (worker + 1) + workers - 1) / workers};
}

void note_fault(Frame& frame, std::size_t step, Fault fault) {
  if (fault == Fault::none) return;
  std::uint64_t none = 0;
  frame.fault.compare_exchange_strong(
      none, (static_cast<std::uint64_t>(step) << 8) | static_cast<std::uint64_t>(fault));
}

// Claims and runs what is left of `owner`'s part of a step.
void run_part(PlanRun& run, std::size_t index, int owner, int worker) {
  const Step& step = run.plan.steps[index];
  const Part part = part_of(step.chunks, owner, run.workers);
  const std::int64_t size = part.end - part.begin;
  if (size == 0) return;
  const std::int64_t bite = std::max<std::int64_t>(1, size / kBites);
  std::atomic<std::int64_t>& claimed = run.progress.claimed(index, owner);
  std::int64_t ran = 0;
  for (std::int64_t start; (start = claimed.fetch_add(bite, std::memory_order_relaxed)) < size;) {
    const std::int64_t end = std::min(size, start + bite);
    note_fault(
        run.frame, index,
        step.work->run(run.frame, {part.begin + start, part.begin + end, worker, run.progress.relay(index)}));
    ran += end - start;
  }
  if (ran == 0) return;
  std::atomic<std::int64_t>& done = run.progress.done(index);
  if (done.fetch_add(ran, std::memory_order_acq_rel) + ran == step.chunks) done.notify_all();
}

bool finished(const PlanRun& run, std::size_t index) {
  return run.progress.done(index).load(std::memory_order_acquire) == run.plan.steps[index].chunks;
}

// Waits until a step is done; helps with it when its owners seem to be held up. Gives the seconds for which
// it had nothing to do but wait, beyond the spinning.
double finish_step(PlanRun& run, std::size_t index, int worker, bool spin) {
  for (int spins = 0; spin && spins < kSpinsBeforeHelping; ++spins) {
    if (finished(run, index)) return 0;
    _mm_pause();
  }
  for (int other = 1; other < run.workers && !finished(run, index); ++other)
    run_part(run, index, (worker + other) % run.workers, worker);
  for (int spins = 0; spin && spins < kSpinsBetweenSteps; ++spins) {
    if (finished(run, index)) return 0;
    _mm_pause();
  }
  const double start = now_s();
  std::atomic<std::int64_t>& done = run.progress.done(index);
  for (std::int64_t seen = done.load(); seen != run.plan.steps[index].chunks; seen = done.load())
    done.wait(seen);
  return now_s() - start;
}

// Gives the seconds for which the worker was held up.
double run_steps(PlanRun& run, int worker, bool spin) {
  const FlushDenormals flush;
  double held_up = 0;
  for (std::size_t index = 0; index < run.plan.steps.size(); ++index) {
    run_part(run, index, worker, worker);
    held_up += finish_step(run, index, worker, spin);
  }
  return held_up;
}

// Workers that can be of use: to wake one that finds few chunks costs a small plan more than it brings.
int useful_workers(const Plan& plan) {
  std::int64_t most = 1, shared = 0;
  for (const Step& step : plan.steps) {
    most = std::max(most, step.chunks);
    shared += step.relays ? kWorthWaking : step.chunks / 2;
  }
  if (shared < kWorthWaking) return 1;
  return static_cast<int>(std::min<std::int64_t>(most, Progress::kMostWorkers));
}

}  // namespace

Progress::Progress(const Plan& plan, int workers)
    : per_step_(static_cast<std::size_t>(workers) + 1),
      count_(plan.steps.size() * per_step_),
      lines_(std::make_unique<Line[]>(count_)) {
  for (const Step& step : plan.steps) relay_count_ += step.relays ? 1 : 0;
  if (relay_count_ == 0) return;
  relays_ = std::make_unique<Relay[]>(relay_count_);
  relay_of_ = std::make_unique<Relay*[]>(plan.steps.size());
  Relay* next = relays_.get();
  for (std::size_t step = 0; step < plan.steps.size(); ++step)
    if (plan.steps[step].relays) relay_of_[step] = next++;
}

void Progress::reset() {
  for (std::size_t i = 0; i < count_; ++i) lines_[i].number.store(0, std::memory_order_relaxed);
  for (std::size_t i = 0; i < relay_count_; ++i) {
    relays_[i].claimed.store(0, std::memory_order_relaxed);
    relays_[i].done.store(0, std::memory_order_relaxed);
    relays_[i].held_up_ns.store(0, std::memory_order_relaxed);
  }
}

double Progress::held_up_s() const {
  std::int64_t all = 0;
  for (std::size_t i = 0; i < relay_count_; ++i) all += relays_[i].held_up_ns.load(std::memory_order_relaxed);
  return static_cast<double>(all) * 1e-9;
}

PlanRun::PlanRun(const Plan& p, int w)
    : plan(p),
      most_workers(std::clamp(w, 1, useful_workers(p))),
      workers(most_workers),
      progress(p, workers),
      continuations(std::make_unique<Continuation[]>(static_cast<std::size_t>(workers))) {
  frame.continuations = continuations.get();
}

void PlanRun::reset() {
  progress.reset();
  frame.fault.store(0, std::memory_order_relaxed);
  ++frame.call;
}

// Who is inside a job: workers enter while it is open, and the caller closes it when all steps are done. One
// that comes too late is not waited for.
class Door {
 public:
  void open() { inside_.store(0, std::memory_order_release); }
  bool enter() {
    for (int inside = inside_.load(std::memory_order_acquire); inside >= 0;)
      if (inside_.compare_exchange_weak(inside, inside + 1, std::memory_order_acq_rel)) return true;
    return false;
  }
  void leave() {
    if (inside_.fetch_sub(1, std::memory_order_acq_rel) == kClosed + 1) inside_.notify_one();
  }
  /// Waits until nobody is inside. Gives the seconds, beyond the spinning.
  double close(bool spin) {
    if (inside_.fetch_add(kClosed, std::memory_order_acq_rel) == 0) return 0;
    for (int spins = 0; spin && spins < kSpinsBetweenSteps; ++spins) {
      if (inside_.load(std::memory_order_acquire) == kClosed) return 0;
      _mm_pause();
    }
    const double start = now_s();
    for (int inside = inside_.load(); inside != kClosed; inside = inside_.load()) inside_.wait(inside);
    return now_s() - start;
  }

 private:
  static constexpr int kClosed = -(1 << 20);
  std::atomic<int> inside_{kClosed};
};

// The threads themselves, and the job they are at.
class Team::Crew {
 public:
  Crew(int threads, bool spin, const Crowding& crowding)
      : threads_(threads), spin_(spin), crowding_(crowding) {}
  ~Crew();

  /// False where another caller has the crew, there are no threads, or others have all their processors.
  bool run(PlanRun& run);

 private:
  void start();
  void work(int worker);
  std::uint32_t wait_for_job(std::uint32_t seen) const;

  const int threads_;
  const bool spin_;
  std::mutex busy_;
  bool started_ = false;
  std::vector<std::thread> workers_;
  Crowding crowding_;
  PlanRun* job_ = nullptr;  // written before the door opens
  Door door_;
  std::atomic<std::uint32_t> generation_{0};  // of jobs
  std::atomic<bool> stop_{false};
};

Team::Crew::~Crew() {
  stop_.store(true);
  generation_.fetch_add(1);
  generation_.notify_all();
  for (std::thread& worker : workers_) worker.join();
}

void Team::Crew::start() {
  started_ = true;
  workers_.reserve(static_cast<std::size_t>(threads_ - 1));
  try {
    for (int worker = 1; worker < threads_; ++worker) workers_.emplace_back([this, worker] { work(worker); });
  } catch (const std::system_error&) {  // the process may have no more threads
  }
}

std::uint32_t Team::Crew::wait_for_job(std::uint32_t seen) const {
  for (int spins = 0; spin_ && spins < kSpinsBetweenRuns; ++spins) {
    if (generation_.load(std::memory_order_acquire) != seen) break;
    _mm_pause();
  }
  generation_.wait(seen);
  return generation_.load(std::memory_order_acquire);
}

void Team::Crew::work(int worker) {
  for (std::uint32_t seen = 0;;) {
    seen = wait_for_job(seen);
    if (stop_.load()) return;
    if (!door_.enter()) continue;
    if (worker < job_->workers) run_steps(*job_, worker, spin_);
    door_.leave();
  }
}

bool Team::Crew::run(PlanRun& run) {
  const std::unique_lock lock(busy_, std::try_to_lock);
  if (!lock.owns_lock()) return false;
  if (!started_) start();
  if (workers_.empty()) return false;
  const double start = now_s();
  run.workers = crowding_.width(run.most_workers, start);
  if (run.workers == 1) return false;
  job_ = &run;
  door_.open();
  generation_.fetch_add(1, std::memory_order_release);
  generation_.notify_all();
  double held_up = run_steps(run, 0, spin_);
  held_up += door_.close(spin_);
  held_up += run.progress.held_up_s();
  crowding_.ran(run.workers, start, now_s(), held_up);
  return true;
}

Team::Team(int threads, bool spin, const Crowding& crowding)
    : threads_(std::clamp(threads, 1, Progress::kMostWorkers)),
      spin_(spin),
      crowding_(crowding),
      crew_(std::make_unique<Crew>(threads_, spin_, crowding_)) {}

Team::~Team() = default;

void Team::run(PlanRun& run) {
  run.reset();
  if (run.most_workers <= 1 || !crew_->run(run)) run_alone(run);
}

void Team::after_fork() {
  lost_.push_back(crew_.release());
  crew_ = std::make_unique<Crew>(threads_, spin_, crowding_);
}

void run_alone(PlanRun& run, std::span<double> seconds) {
  const FlushDenormals flush;
  for (std::size_t index = 0; index < run.plan.steps.size(); ++index) {
    const Step& step = run.plan.steps[index];
    const double start = seconds.empty() ? 0 : now_s();
    note_fault(run.frame, index, step.work->run(run.frame, {0, step.chunks, 0}));
    if (!seconds.empty()) seconds[index] += now_s() - start;
  }
}

}  // namespace vivace
