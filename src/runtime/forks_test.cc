#include "runtime/forks.h"

#include <doctest/doctest.h>

#include <thread>

#include "runtime/preparation.h"
#include "runtime/team.h"
#include "support/processes.h"
#include "support/skip.h"

using namespace vivace;
using test::in_child;

TEST_CASE("members rest while a fork is under way, and the child's part is called in the child only") {
  Forks& forks = Forks::of_process();
  std::mutex mutex;
  int rests = 0, children = 0;
  forks.add(&mutex, {[&] {
                       ++rests;
                       Forks::Held held;
                       held.emplace_back(mutex);
                       return held;
                     },
                     [&] { ++children; }});
  const auto free_again = [&] { return mutex.try_lock() ? (mutex.unlock(), true) : false; };
  CHECK(in_child([&] { return rests == 1 && children == 1 && free_again() ? 0 : 1; }) == 0);
  CHECK(rests == 1);
  CHECK(children == 0);
  CHECK(free_again());
  forks.remove(&mutex);
  CHECK(in_child([&] { return rests == 1 ? 0 : 1; }) == 0);
}

TEST_CASE("a lock that another thread holds is waited for, so that the child does not find it held") {
  std::mutex mutex;
  Forks::of_process().add(&mutex, {[&] {
    Forks::Held held;
    held.emplace_back(mutex);
    return held;
  }});
  std::atomic<bool> stop{false};
  std::thread other([&] {
    while (!stop.load()) const std::lock_guard lock(mutex);
  });
  for (int i = 0; i < 50; ++i)
    CHECK(in_child([&] {
            const std::lock_guard lock(mutex);
            return 0;
          }) == 0);
  stop.store(true);
  other.join();
  Forks::of_process().remove(&mutex);
}

TEST_CASE("a team goes on in the child of a fork, with threads of its own") {
  if (!test::kThreadsAfterFork) VIVACE_SKIP("the thread sanitizer allows no threads after a fork");
  Team team(2, true);
  Forks::of_process().add(&team, {.in_child = [&] { team.after_fork(); }});
  Plan plan;
  std::atomic<int> done{0};
  Step step;
  step.chunks = 64;
  step.work = make_work(
      [&](const Frame&, Share share) noexcept { done.fetch_add(static_cast<int>(share.end - share.begin)); });
  plan.steps.push_back(std::move(step));
  PlanRun run(plan, 2);
  const auto works = [&] {
    done.store(0);
    team.run(run);
    return done.load() == 64 ? 0 : 1;
  };
  REQUIRE(works() == 0);
  CHECK(in_child([&] { return works() + works() + in_child(works); }) == 0);
  CHECK(works() == 0);
  Forks::of_process().remove(&team);
}

TEST_CASE(
    "a preparation that is under way is finished before the fork, so that the child need not wait for it") {
  std::atomic<int> kept{0};
  auto preparation = std::make_unique<Preparation>();
  Forks::of_process().add(&kept, {.rest = [&] { return preparation->finish(), Forks::Held(); }});
  const auto work = [&] { std::this_thread::sleep_for(std::chrono::milliseconds(50)); };
  preparation->run(
      true, [&] { return work(), Status(); }, [&] { work(), kept.fetch_add(1); });
  CHECK(in_child([&] {
          const bool ready = preparation->packed().ok();
          preparation.reset();
          return ready ? kept.load() : 0;
        }) == 1);
  Forks::of_process().remove(&kept);
}
