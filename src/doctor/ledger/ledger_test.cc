#include "doctor/ledger/ledger.h"

#include <doctest/doctest.h>

namespace vivace::doctor {
namespace {

constexpr Ns kMs = 1'000'000;

Ns sum_of(const Ledger& ledger) {
  Ns all = 0;
  for (std::size_t column = 0; column < kColumns; ++column) all += ledger.of(static_cast<Column>(column));
  return all;
}

Evidence one_slice(const Slice& slice) {
  Evidence evidence;
  evidence.program.wall = slice.end;
  evidence.slices = {slice};
  return evidence;
}

TEST_CASE("the cells sum up to the wall time, also where nothing was seen") {
  Evidence evidence;
  evidence.program.wall = 12'345;
  const Ledger ledger = make_ledger(evidence);
  CHECK(sum_of(ledger) == 12'345);
  CHECK(ledger.of(Column::unknown) == 12'345);
}

TEST_CASE("time on a processor goes where the samples fell") {
  Slice slice;
  slice.end = 100 * kMs, slice.run = 90 * kMs;
  slice.phase[at(Phase::own)] = 100 * kMs;
  slice.samples[at(Phase::own)][at(Code::python)] = 2;
  slice.samples[at(Phase::call)][at(Code::native)] = 1;
  const Ledger ledger = make_ledger(one_slice(slice));
  CHECK(ledger.cell(Phase::own, Column::python) == 60 * kMs);
  CHECK(ledger.cell(Phase::call, Column::native) == 30 * kMs);
  CHECK(ledger.of(Column::unknown) == 10 * kMs);
  CHECK(sum_of(ledger) == 100 * kMs);
}

TEST_CASE("a quota's pauses are no contention, and more threads than one cannot make them longer") {
  Slice slice;
  slice.end = 100 * kMs, slice.run = 30 * kMs, slice.queued = 70 * kMs, slice.throttled = 500 * kMs;
  CHECK(make_ledger(one_slice(slice)).of(Column::throttled) == 70 * kMs);
  slice.throttled = 40 * kMs;
  const Ledger ledger = make_ledger(one_slice(slice));
  CHECK(ledger.of(Column::throttled) == 40 * kMs);
  CHECK(ledger.of(Column::queued) == 30 * kMs);
  CHECK(sum_of(ledger) == 100 * kMs);
}

TEST_CASE("a wait that is told when it is over stands where it was waited") {
  // It stood still through the second slice and into the third, and slept for 10 ms of the first.
  Evidence evidence;
  evidence.slices.resize(3);
  for (Ns i = 0; i < 3; ++i)
    evidence.slices[static_cast<std::size_t>(i)].start = 50 * i * kMs,
    evidence.slices[static_cast<std::size_t>(i)].end = 50 * (i + 1) * kMs;
  evidence.program.wall = 150 * kMs;
  evidence.slices[0].run = 30 * kMs, evidence.slices[2].run = 20 * kMs;
  evidence.slices[2].queued = 90 * kMs, evidence.slices[2].throttled = 84 * kMs;
  evidence.slices[0].blocked[at(Phase::run)][at(Blocked::sleep)] = 1;
  const Ledger ledger = make_ledger(evidence);
  CHECK(ledger.of(Column::throttled) == 84 * kMs);
  CHECK(ledger.of(Column::queued) == 6 * kMs);
  CHECK(ledger.of(Column::sleep) == 10 * kMs);
  CHECK(sum_of(ledger) == 150 * kMs);
}

TEST_CASE("a stop that is told for two processors takes no other wait before it") {
  Evidence evidence;
  evidence.slices.resize(2);
  evidence.slices[0].end = evidence.slices[1].start = 100 * kMs;
  evidence.slices[1].end = evidence.program.wall = 200 * kMs;
  evidence.slices[0].queued = 40 * kMs, evidence.slices[0].run = 60 * kMs;
  evidence.slices[1].queued = 50 * kMs, evidence.slices[1].run = 50 * kMs,
  evidence.slices[1].throttled = 60 * kMs;
  CHECK(make_ledger(evidence).of(Column::throttled) == 60 * kMs);
  evidence.slices[1].throttled = 50 * kMs;
  CHECK(make_ledger(evidence).of(Column::throttled) == 50 * kMs);
}

TEST_CASE("a lock is native work while own threads compute, and a lock where they are Python's") {
  Slice slice;
  slice.end = 100 * kMs, slice.others_run = 60 * kMs;
  slice.blocked[at(Phase::call)][at(Blocked::lock)] = 10;
  Evidence evidence = one_slice(slice);
  evidence.libraries = {{"libtensorflow_cc.so.2", "native", 0, 100}};
  CHECK(make_ledger(evidence).of(Column::native) == 60 * kMs);
  CHECK(make_ledger(evidence).of(Column::lock) == 40 * kMs);
  evidence.libraries = {{"python3.11", "python", 0, 100}};
  CHECK(make_ledger(evidence).of(Column::lock) == 100 * kMs);
}

TEST_CASE("page faults are a part of the kernel's time, at most all of it") {
  Slice slice;
  slice.end = 100 * kMs, slice.run = 100 * kMs, slice.minor_faults = 10'000;
  slice.samples[at(Phase::run)][at(Code::native)] = 6;
  slice.samples[at(Phase::run)][at(Code::system)] = 4;
  Evidence evidence = one_slice(slice);
  evidence.machine.page_fault = 2'000;
  CHECK(make_ledger(evidence).of(Column::faults) == 20 * kMs);
  CHECK(make_ledger(evidence).of(Column::system) == 20 * kMs);
  evidence.machine.page_fault = 1'000'000;
  CHECK(make_ledger(evidence).of(Column::faults) == 40 * kMs);
}

TEST_CASE("waiting for a disk is swapping only where memory was swapped") {
  Slice slice;
  slice.end = 100 * kMs, slice.major_faults = 7;
  slice.blocked[at(Phase::own)][at(Blocked::io)] = 1;
  Evidence evidence = one_slice(slice);
  CHECK(make_ledger(evidence).of(Column::io) == 100 * kMs);
  evidence.processes.push_back({});
  evidence.processes[0].peak_swap = 4096;
  CHECK(make_ledger(evidence).of(Column::swap) == 100 * kMs);
}

TEST_CASE("without samples the phases tell what ran") {
  Slice slice;
  slice.end = 100 * kMs, slice.run = 100 * kMs, slice.system = 10 * kMs;
  slice.phase[at(Phase::imports)] = 50 * kMs;
  slice.phase[at(Phase::call)] = 50 * kMs;
  const Ledger ledger = make_ledger(one_slice(slice));
  CHECK(ledger.cell(Phase::imports, Column::python) == 45 * kMs);
  CHECK(ledger.cell(Phase::call, Column::native) == 45 * kMs);
  CHECK(ledger.of(Column::system) == 10 * kMs);
  CHECK(ledger.startup() == 50 * kMs);
}

}  // namespace
}  // namespace vivace::doctor
