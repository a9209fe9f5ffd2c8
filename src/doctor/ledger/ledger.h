// Where the wall time went: every nanosecond of the critical thread stands in exactly one cell.
#pragma once

#include <array>

#include "doctor/evidence/evidence.h"

namespace vivace::doctor {

enum class Column : std::uint8_t {
  python,     // the interpreter's own loop
  native,     // compiled libraries: kernels, and what stands around them; own threads that were waited for
  linker,     // loading libraries
  system,     // inside the kernel, page faults apart
  faults,     // first touches of memory
  queued,     // wanted a processor that others had
  throttled,  // stopped by a quota
  io,         // waited for a disk
  swap,       // waited for memory that had been put on a disk
  lock,       // waited for another thread that did not compute either, or for Python's lock
  sleep,
  output,   // waited for whoever reads what the program prints
  child,    // waited for another process
  network,  // waited for a socket, a pipe or an event
  stolen,   // the host or interrupts had the processor
  unknown
};
inline constexpr std::size_t kColumns = 16;
inline constexpr std::array<std::string_view, kColumns> kColumnNames = {
    "python", "native", "linker", "system", "faults", "queued",  "throttled", "io",
    "swap",   "lock",   "sleep",  "output", "child",  "network", "stolen",    "unknown"};

struct Ledger {
  Ns wall = 0;
  std::array<std::array<Ns, kColumns>, kPhases> cells{};

  Ns cell(Phase phase, Column column) const { return cells[at(phase)][at(column)]; }
  Ns of(Phase phase) const;
  Ns of(Column column) const;
  /// Of a column, all phases that are no start-up: what repeats as long as the program works.
  Ns working(Column column) const;
  /// Imports, loading and first calls; and the rest.
  Ns startup() const;
  Ns work() const { return wall - startup(); }
};

constexpr bool is_startup(Phase phase) {
  return phase == Phase::start || phase == Phase::imports || phase == Phase::load || phase == Phase::first ||
         phase == Phase::libraries || phase == Phase::devices;
}

/// Requires evidence as its reader verifies it. The cells sum up to the wall time exactly.
Ledger make_ledger(const Evidence& evidence);

}  // namespace vivace::doctor
