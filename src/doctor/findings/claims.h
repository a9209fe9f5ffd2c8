// Helpers that findings share: claims on the ledger, and sums over what Python recorded.
#pragma once

#include <initializer_list>
#include <string>

#include "doctor/findings/finding.h"

namespace vivace::doctor {

inline constexpr std::initializer_list<Phase> kWorking = {Phase::run, Phase::call,  Phase::own,
                                                          Phase::end, Phase::input, Phase::callbacks};
/// Loading modules, Python's and the libraries of compiled ones.
inline constexpr std::initializer_list<Phase> kImporting = {Phase::imports, Phase::libraries};
inline constexpr std::initializer_list<Phase> kCalling = {Phase::first, Phase::call};
inline constexpr std::initializer_list<Phase> kEverywhere = {
    Phase::run, Phase::start, Phase::imports, Phase::load,      Phase::first,     Phase::call,
    Phase::own, Phase::end,   Phase::input,   Phase::callbacks, Phase::libraries, Phase::devices};
/// All but what comes before a Python program's interpreter.
inline constexpr std::initializer_list<Phase> kAfterStart = {
    Phase::run, Phase::imports, Phase::load,      Phase::first,     Phase::call,   Phase::own,
    Phase::end, Phase::input,   Phase::callbacks, Phase::libraries, Phase::devices};
/// What a call spends itself, waits for others left out.
inline constexpr std::initializer_list<Column> kSpent = {Column::python, Column::native, Column::linker,
                                                         Column::system, Column::faults, Column::lock};

Ns held(const Ledger& ledger, std::initializer_list<Phase> phases, std::initializer_list<Column> columns);

/// Claims the finding's saved time in these cells, in proportion to what they hold, and no more than that:
/// its gain shrinks where they hold less.
void claim(Finding& finding, const Ledger& ledger, std::initializer_list<Phase> phases,
           std::initializer_list<Column> columns);

/// Claims more for the same remedy, in other cells: its gains are added up.
void join_claim(Finding& finding, const Gain& more, const Ledger& ledger, std::initializer_list<Phase> phases,
                std::initializer_list<Column> columns);

/// The same for a gain that was told in wall time of these phases: what others took of it is left out first.
void claim_wall(Finding& finding, const Ledger& ledger, std::initializer_list<Phase> phases,
                std::initializer_list<Column> columns);

/// "app.py:14", or "" where the place is not known.
std::string place_of(const std::string& file, std::int64_t line);

/// Whether a part is at least such a share of the wall.
inline bool at_least(Ns part, double share, const Ledger& ledger) {
  return part > 0 && static_cast<double>(part) >= share * static_cast<double>(ledger.wall);
}

inline double seconds(Ns time) { return static_cast<double>(time) * 1e-9; }

/// Processor time of the whole tree.
Ns processor_time(Seen evidence);
/// The share of the waiting for processors that other programs caused, not the program's own threads and
/// processes; 0 where they used next to nothing.
double share_of_rivals(Seen evidence, const Ledger& ledger);
/// Whether the program's other threads ran in the interpreter mostly: one at a time, under Python's lock.
bool others_run_python(Seen evidence);
/// Of a time that was told by a clock on the wall, what was computed: what others took of the phases and what
/// is not known is a part of all their time alike.
Ns computed_of(Ns wall, const Ledger& ledger, std::initializer_list<Phase> phases);
/// Threads that want to run at once: of the busiest process.
std::int64_t running_threads(Seen evidence);
/// The line of the program that was found running most often by itself.
const Line* hottest_line(Seen evidence);

}  // namespace vivace::doctor
