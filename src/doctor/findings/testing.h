// Evidence of runs in a few words: what the tests of findings share.
#pragma once

#include <string>

#include "doctor/arbiter/diagnosis.h"

namespace vivace::doctor::testing {

inline constexpr Ns kSecond = 1'000'000'000, kMs = 1'000'000;

/// A program that computed natively all the time, on two processors.
inline Evidence run_of(std::int64_t seconds) {
  Evidence evidence;
  evidence.program.wall = seconds * kSecond;
  evidence.program.command = {"program"};
  evidence.machine.logical = evidence.machine.physical = evidence.machine.allowed = 2;
  evidence.processes.emplace_back();
  evidence.processes[0].pid = 100, evidence.processes[0].user = seconds * kSecond;
  evidence.processes[0].threads = evidence.processes[0].running = 1;
  Slice slice;
  slice.end = slice.run = seconds * kSecond;
  slice.phase[at(Phase::run)] = seconds * kSecond;
  evidence.slices = {slice};
  evidence.sampled = true;
  return evidence;
}

/// So many calls of so many nanoseconds each, none inside another.
inline Calls calls(const std::string& kind, std::int64_t batch, std::int64_t count, Ns each) {
  Calls row;
  row.kind = kind, row.batch = batch, row.count = row.outer = count;
  row.total = row.outer_total = count * each;
  row.first = row.least = row.most = each;
  row.file = "/home/me/app.py", row.line = 7, row.shape = "1x16", row.dtype = "float32";
  return row;
}

/// The id of the cause that is named first, or "healthy".
inline std::string first_of(const Evidence& evidence) {
  const Diagnosis diagnosis = diagnose(evidence);
  const Cause* const first = diagnosis.first();
  return diagnosis.healthy || !first ? "healthy" : first->finding.id;
}

}  // namespace vivace::doctor::testing
