// Sentences and names that all forms of the report share.
#pragma once

#include <string>
#include <vector>

#include "doctor/arbiter/diagnosis.h"

namespace vivace::doctor {

/// The verdict in one sentence, with a number.
std::string verdict(const Evidence& evidence, const Diagnosis& diagnosis);
/// "calls", "own code": a phase for people.
std::string_view phase_name(Phase phase);
/// "waiting for a processor": a column for people.
std::string_view column_name(Column column);
/// "12.3 s"
std::string duration(Ns time);
/// "12.3 s -> 4.5 s, 2.7x (2.1 to 3.0)": with this remedy alone.
std::string gain_words(const Cause& cause, Ns wall);
/// What that gain is of: "of the run, 2.1x of the work, 330 ms -> 12 ms a call".
std::string scope_words(const Cause& cause, const Ledger& ledger);
/// The wall after the first remedy, the first two, the first three, with the range over their orders.
std::string together_words(const Diagnosis& diagnosis);
/// How the program ended, or "".
std::string ending(const Evidence& evidence);
std::string command_line(const Evidence& evidence);
/// What could not be seen, one sentence each.
std::vector<std::string> gap_words(const Evidence& evidence);

}  // namespace vivace::doctor
