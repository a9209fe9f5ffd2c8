#include "runtime/team.h"

#include <doctest/doctest.h>

#include <thread>

#include "runtime/session_pool.h"

using namespace vivace;

namespace {

// A plan in which step s adds 1 to each of its cells, and checks that every cell of step s-1 is done.
struct Counting {
  Plan plan;
  std::vector<std::vector<std::atomic<int>>> cells;
  std::atomic<int> too_early{0};
  std::atomic<int> round{0};  // as the caller counts

  Counting(std::size_t steps, std::int64_t chunks) {
    for (std::size_t s = 0; s < steps; ++s)
      cells.emplace_back(static_cast<std::size_t>(s % 3 == 1 ? 1 : chunks));
    for (std::size_t s = 0; s < steps; ++s) {
      Step step;
      step.chunks = static_cast<std::int64_t>(cells[s].size());
      step.work = make_work([this, s](const Frame&, Share share) noexcept {
        if (s > 0)
          for (const std::atomic<int>& before : cells[s - 1])
            if (before.load() != round.load()) too_early.fetch_add(1);
        for (std::int64_t i = share.begin; i < share.end; ++i)
          cells[s][static_cast<std::size_t>(i)].fetch_add(1);
      });
      plan.steps.push_back(std::move(step));
    }
  }
};

}  // namespace

TEST_CASE("a team runs every chunk of every step once, in the order of the steps") {
  for (const bool spin : {true, false})
    for (const int threads : {1, 2, 3, 5}) {
      Team team(threads, spin);
      Counting counting(20, 37);
      PlanRun run(counting.plan, threads);
      for (int round = 1; round <= 50; ++round) {
        counting.round.store(round);
        team.run(run);
        for (const auto& step : counting.cells)
          for (const std::atomic<int>& cell : step) REQUIRE(cell.load() == round);
      }
      CHECK(counting.too_early.load() == 0);
    }
}

TEST_CASE("a relay runs every piece once, a leg after the other, whoever comes") {
  constexpr std::int64_t kLegs = 40, kWidth = 3;
  for (const int threads : {1, 2, 5}) {
    std::atomic<std::int64_t> in_leg[kLegs] = {}, too_early = 0;
    Plan plan;
    Step step;
    step.chunks = kWidth;
    step.relays = true;
    step.work = make_work([&](const Frame&, Share share) noexcept {
      if (!share.relay && share.begin > 0) return;
      Relay alone;
      run_relay(share.relay ? *share.relay : alone, kLegs, kWidth, [&](std::int64_t leg, std::int64_t) {
        if (leg > 0 && in_leg[leg - 1].load() % kWidth != 0) too_early.fetch_add(1);
        in_leg[leg].fetch_add(1);
      });
    });
    plan.steps.push_back(std::move(step));
    Team team(threads, true);
    PlanRun run(plan, threads);
    for (int round = 1; round <= 200; ++round) {
      team.run(run);
      for (const auto& pieces : in_leg) REQUIRE(pieces.load() == round * kWidth);
    }
    CHECK(too_early.load() == 0);
  }
}

TEST_CASE("callers that meet on one team all finish, each with its own result") {
  Team team(2, true);
  std::vector<std::thread> callers;
  std::atomic<int> wrong{0};
  for (int caller = 0; caller < 4; ++caller)
    callers.emplace_back([&] {
      Counting counting(10, 16);
      PlanRun run(counting.plan, 2);
      for (int round = 1; round <= 100; ++round) {
        counting.round.store(round);
        team.run(run);
        for (const auto& step : counting.cells)
          for (const std::atomic<int>& cell : step)
            if (cell.load() != round) wrong.fetch_add(1);
      }
    });
  for (std::thread& caller : callers) caller.join();
  CHECK(wrong.load() == 0);
}

TEST_CASE("the first fault of a step is kept, with the step it happened in") {
  Team team(2, true);
  Plan plan;
  for (int s = 0; s < 3; ++s) {
    Step step;
    step.chunks = 8;
    step.work = make_work(
        [s](const Frame&, Share) noexcept { return s == 1 ? Fault::index_out_of_range : Fault::none; });
    plan.steps.push_back(std::move(step));
  }
  PlanRun run(plan, 2);
  team.run(run);
  CHECK((run.frame.fault.load() >> 8) == 1);
  CHECK((run.frame.fault.load() & 0xff) == static_cast<std::uint64_t>(Fault::index_out_of_range));
  team.run(run);  // the fault of the run before is forgotten
  CHECK((run.frame.fault.load() >> 8) == 1);
}
