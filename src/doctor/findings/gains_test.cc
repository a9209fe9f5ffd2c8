// Whether a finding claims all that its cause brings, and no more: on evidence as recorded of such programs.
#include <doctest/doctest.h>

#include "doctor/arbiter/diagnosis.h"
#include "doctor/findings/claims.h"
#include "doctor/findings/testing.h"

namespace vivace::doctor {
namespace {

using testing::first_of;
using testing::kSecond;
using testing::run_of;

TEST_CASE("Python's lock: all that is waited for it, not too many threads, and what its takers wait for") {
  Evidence evidence = run_of(10);
  evidence.slices[0].run = kSecond, evidence.slices[0].queued = 2 * kSecond;
  evidence.slices[0].blocked[at(Phase::run)][at(Blocked::lock)] = 6 * kSecond;
  evidence.slices[0].blocked[at(Phase::run)][at(Blocked::sleep)] = kSecond;
  evidence.libraries = {{"libpython3.11.so", "python", 7, 500}, {"libc.so.6", "other", 2, 1}};
  evidence.processes[0].running = 4;
  for (std::int64_t tid = 101; tid < 103; ++tid)
    evidence.threads.push_back({100, tid, "python", 4 * kSecond, 3 * kSecond});
  const Diagnosis alone = diagnose(evidence);
  REQUIRE(alone.first());
  CHECK(alone.first()->finding.id == "gil");
  CHECK(alone.first()->left.wall == 2 * kSecond);  // what it runs and sleeps
  CHECK(alone.first()->left.of(Column::lock) == 0);
  evidence.host.rivals = {{"other", 7, 8 * kSecond}};  // half of the waiting for processors is theirs
  const Diagnosis beside = diagnose(evidence);
  REQUIRE(beside.first());
  CHECK(beside.first()->finding.id == "gil");
  CHECK(beside.first()->left.of(Column::queued) == kSecond);
}

TEST_CASE("memory that is touched anew: what was never in memory at once, and giving it back") {
  Evidence evidence = run_of(10);
  Slice& slice = evidence.slices[0];
  slice.phase = {};
  slice.phase[at(Phase::own)] = 10 * kSecond;
  slice.samples[at(Phase::own)][at(Code::native)] = 40;
  slice.samples[at(Phase::own)][at(Code::system)] = 60;
  slice.minor_faults = 2'000'000;
  evidence.machine.page_fault = 2'000;
  evidence.processes[0].minor_faults = 2'000'000, evidence.processes[0].peak_memory = 100'000 * 4096LL;
  const Diagnosis diagnosis = diagnose(evidence);
  REQUIRE(diagnosis.first());
  CHECK(diagnosis.first()->finding.id == "allocation");
  const Ledger& left = diagnosis.first()->left;
  CHECK(seconds(left.of(Column::faults)) == doctest::Approx(0.2));  // one page in twenty
  CHECK(seconds(left.of(Column::system)) == doctest::Approx(0.1));  // and of the rest: no call is counted
  evidence.processes[0].writes = 400'000;  // which may have taken all of that: as much of it as of the whole
  CHECK(seconds(diagnose(evidence).first()->left.of(Column::system)) == doctest::Approx(2 - 2 * 3.8 / 6));
  evidence.processes[0].writes = 0;
  evidence.processes[0].peak_memory = 1'900'000 * 4096LL;  // nearly all of it was needed at once
  CHECK(first_of(evidence) == "healthy");
}

TEST_CASE("collections take what their clock says, less what others took of that") {
  Evidence evidence = run_of(10);
  Slice& slice = evidence.slices[0];
  slice.run = 6 * kSecond, slice.queued = 4 * kSecond;
  slice.phase = {};
  slice.phase[at(Phase::own)] = 10 * kSecond;
  slice.samples[at(Phase::own)][at(Code::python)] = 100;
  evidence.python.seen = true;
  evidence.python.collections = {.count = 50, .total = 5 * kSecond, .most = kSecond, .importing = 0};
  const Diagnosis diagnosis = diagnose(evidence);
  REQUIRE(diagnosis.first());
  CHECK(diagnosis.first()->finding.id == "gc");
  CHECK(diagnosis.first()->finding.gain.saved == 3 * kSecond);
  CHECK(diagnosis.first()->left.wall == 5 * kSecond);  // and half as long a wait for processors
}

TEST_CASE("a quota: the stops, and of the waiting beside them what no other program can have caused") {
  Evidence evidence = run_of(10);
  evidence.slices[0].run = 3 * kSecond, evidence.slices[0].queued = 7 * kSecond;
  evidence.slices[0].throttled = 6 * kSecond;
  evidence.machine.allowed = evidence.machine.logical = 2;
  evidence.cgroups = {{.path = "cpu:/limited",
                       .quota_cpus = 0.3,
                       .periods = 100,
                       .throttled_periods = 99,
                       .throttled = 6 * kSecond}};
  evidence.processes[0].user = 3 * kSecond;
  const Diagnosis alone = diagnose(evidence);
  REQUIRE(alone.first());
  CHECK(alone.first()->finding.id == "cpu-quota");
  CHECK(alone.first()->left.wall == 3 * kSecond);
  evidence.host.rivals = {{"other", 7, kSecond}};
  CHECK(diagnose(evidence).first()->left.wall == 3 * kSecond + kSecond / 2);
  evidence.host.rivals = {{"other", 7, 9 * kSecond}};
  CHECK(diagnose(evidence).first()->left.wall == 4 * kSecond);
}

TEST_CASE("with the usual priority a thread still waits for its turn") {
  Evidence evidence = run_of(10);
  evidence.slices[0].run = 4 * kSecond, evidence.slices[0].queued = 6 * kSecond;
  evidence.processes[0].nice = 19;
  evidence.host.rivals = {{"one", 7, 9 * kSecond}, {"two", 8, 9 * kSecond}, {"idle", 9, kSecond}};
  const Diagnosis diagnosis = diagnose(evidence);
  REQUIRE(diagnosis.first());
  CHECK(diagnosis.first()->finding.id == "low-priority");
  CHECK(diagnosis.first()->left.wall == 6 * kSecond);  // three share two processors
  CHECK(diagnosis.first()->range.least < 4 * kSecond);
}

TEST_CASE("a call on a whole array is no Python loop, though it stands on a line of the program") {
  Evidence evidence = run_of(10);
  Slice loop = evidence.slices[0];
  loop.phase = {};
  loop.end = loop.run = loop.phase[at(Phase::own)] = 4 * kSecond;
  loop.samples[at(Phase::own)][at(Code::python)] = 20, loop.samples[at(Phase::own)][at(Code::native)] = 20;
  Slice arrays = loop;
  arrays.start = 4 * kSecond, arrays.end = 10 * kSecond;
  arrays.run = arrays.phase[at(Phase::own)] = 6 * kSecond;
  arrays.samples = {};
  arrays.samples[at(Phase::own)][at(Code::native)] = 60;
  evidence.slices = {loop, arrays};
  evidence.python.seen = true, evidence.python.sampled = 100;
  evidence.python.lines = {{"/home/me/app.py", "prepare", 12, 40, 40, ""},
                           {"/home/me/app.py", "", 20, 60, 60, ""}};
  evidence.python.leaves = {{"own", 0, 100}};
  const Diagnosis diagnosis = diagnose(evidence);
  REQUIRE(diagnosis.first());
  CHECK(diagnosis.first()->finding.id == "python-loop");
  CHECK(seconds(diagnosis.first()->left.wall) == doctest::Approx(6 + 4.0 / 30));
  // What the interpreter did was another's: the lines of its own that were found are those of the arrays.
  evidence.python.lines = {{"/home/me/app.py", "", 12, 40, 0, "json"},
                           {"/home/me/app.py", "", 20, 60, 60, ""}};
  evidence.python.leaves = {{"json", 0, 40}, {"own", 0, 60}};
  CHECK(first_of(evidence) == "healthy");
}

TEST_CASE("a gain's interval knows how few looks it rests on, and that no two runs are the same") {
  CHECK(share_of_looks(0, 0).most == 0);
  const Share few = share_of_looks(10, 20), many = share_of_looks(1000, 2000);
  CHECK(few.part == 0.5);
  CHECK(few.most - few.least > 0.4);
  CHECK(many.most - many.least < 0.04);
  CHECK(share_of_looks(20, 20).most == 1);
  Evidence evidence = run_of(10);
  evidence.slices[0].run = 2 * kSecond;
  evidence.slices[0].blocked[at(Phase::run)][at(Blocked::sleep)] = 8 * kSecond;
  const Diagnosis diagnosis = diagnose(evidence);
  REQUIRE(diagnosis.first());
  CHECK(diagnosis.first()->left.wall == 2 * kSecond);
  CHECK(diagnosis.first()->range.least == kSecond * 9 / 5);
  CHECK(diagnosis.first()->range.most > 2 * kSecond * 11 / 10);
}

}  // namespace
}  // namespace vivace::doctor
