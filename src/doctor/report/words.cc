#include "doctor/report/words.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "doctor/findings/claims.h"

namespace vivace::doctor {
namespace {

std::string times(Ns wall, Ns saved) {
  constexpr double kMost = 1000;
  const double left = seconds(wall - saved);
  const double factor = left <= 0 ? kMost : std::min(kMost, seconds(wall) / left);
  return factor < 10 ? text("{:.2f}", factor) : text("{:.0f}", factor);
}

}  // namespace

std::string duration(Ns time) {
  constexpr Ns kNothing = 500'000;  // less is below what is measured
  return time < kNothing ? "0 s" : seconds_text(seconds(time));
}

std::string_view phase_name(Phase phase) {
  constexpr std::array<std::string_view, kPhases> kNames = {
      "the program", "start", "imports", "loading",   "first calls",     "calls",
      "own code",    "end",   "input",   "callbacks", "library loading", "devices"};
  return kNames[at(phase)];
}

std::string_view column_name(Column column) {
  constexpr std::array<std::string_view, kColumns> kNames = {"Python",
                                                             "native code",
                                                             "loading libraries",
                                                             "the kernel",
                                                             "page faults",
                                                             "waiting for a processor",
                                                             "stopped by a quota",
                                                             "the disk",
                                                             "swapping",
                                                             "locks",
                                                             "sleeping",
                                                             "waiting to print",
                                                             "another program",
                                                             "network and pipes",
                                                             "stolen by the host",
                                                             "unknown"};
  return kNames[at(column)];
}

std::string gain_words(const Cause& cause, Ns wall) {
  return text("{} -> {}, {}x ({} to {})", duration(wall), duration(cause.left.wall),
              times(wall, wall - cause.left.wall), times(wall, wall - cause.range.most),
              times(wall, wall - cause.range.least));
}

std::string scope_words(const Cause& cause, const Ledger& ledger) {
  const Finding& finding = cause.finding;
  if (finding.startup) return "of the start, once";
  std::string words = "of the run";
  const Ns saved = ledger.wall - cause.left.wall, work = ledger.work();
  if (work > 0 && saved > 0 && saved < work && 10 * ledger.startup() > ledger.wall)
    words = text("of the run, {}x of the work", times(work, saved));
  if (finding.calls > 0 && finding.call > 0)
    words += text(", {} -> {} a call", seconds_text(seconds(finding.call)),
                  seconds_text(seconds(std::max<Ns>(0, finding.call - finding.gain.asked / finding.calls))));
  return words;
}

std::string together_words(const Diagnosis& diagnosis) {
  std::string words;
  constexpr std::size_t kMost = 3;
  for (std::size_t i = 0; i < diagnosis.causes.size() && i < kMost; ++i) {
    const Cause& cause = diagnosis.causes[i];
    words += text("{}{}", i == 0 ? "1: " : i == 1 ? ", 1+2: " : ", 1+2+3: ", duration(cause.cumulative));
    // Below a fiftieth the order makes no difference that anybody could measure.
    if (cause.orders.most - cause.orders.least > diagnosis.ledger.wall / 50)
      words += text(" ({} to {})", duration(cause.orders.least), duration(cause.orders.most));
  }
  return words;
}

std::string ending(const Evidence& evidence) {
  if (evidence.program.signal != 0) return text("it was ended by signal {}", evidence.program.signal);
  if (evidence.program.exit_code != 0) return text("it ended with exit code {}", evidence.program.exit_code);
  return {};
}

std::string command_line(const Evidence& evidence) { return join(evidence.program.command, " "); }

std::string verdict(const Evidence& evidence, const Diagnosis& diagnosis) {
  const Ns wall = diagnosis.ledger.wall;
  if (!diagnosis.faults.empty() && !evidence.python.error.empty()) return diagnosis.faults.front().title;
  const Cause* const cause = diagnosis.first();
  if (!diagnosis.faults.empty() && (!cause || !at_least(cause->finding.gain.saved, 0.05, diagnosis.ledger)))
    return diagnosis.faults.front().title;
  if (diagnosis.healthy || !cause) {
    Column most = Column::native;
    for (std::size_t column = 0; column < kColumns; ++column)
      if (diagnosis.ledger.of(static_cast<Column>(column)) > diagnosis.ledger.of(most))
        most = static_cast<Column>(column);
    return text("healthy: of {} nothing above 5 % could be saved; most of it is {}", duration(wall),
                column_name(most));
  }
  const double share = 100 * seconds(wall - cause->left.wall) / std::max(1e-9, seconds(wall));
  const std::string place = cause->finding.place.empty() ? "" : text(" ({})", cause->finding.place);
  return text("{:.0f} % of {} could be saved: {}{}", share, duration(wall), cause->finding.title, place);
}

std::vector<std::string> gap_words(const Evidence& evidence) {
  std::vector<std::string> words;
  for (const Gap& gap : evidence.gaps) words.push_back(text("{}: {}", gap.what, gap.why));
  return words;
}

}  // namespace vivace::doctor
