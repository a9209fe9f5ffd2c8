#include "base/text.h"

#include <algorithm>

#include "doctor/findings/claims.h"
#include "doctor/report/parts.h"
#include "doctor/report/report.h"
#include "doctor/report/words.h"

namespace vivace::doctor {
namespace {

constexpr std::size_t kBar = 60, kMostCauses = 3;
constexpr std::array<char, kPhases> kLetters = {'r', 's', 'i', 'l', 'f', 'c', 'o', 'e', 'd', 'b', 'L', 'D'};

class Screen {
 public:
  void line(std::string words) {
    if (lines_ >= kScreenLines) return;
    std::ranges::replace(words, '\n', ' ');
    if (words.size() > kScreenColumns) {
      words.resize(kScreenColumns - 3);
      while (!words.empty() && (static_cast<unsigned char>(words.back()) & 0xc0) == 0x80) words.pop_back();
      words += "...";
    }
    text_ += words + "\n";
    ++lines_;
  }
  /// A long one goes on in one more, as far in as the first.
  void lines(std::string words) {
    const std::size_t in = words.find_first_not_of(' ');
    const std::size_t blank =
        words.size() <= kScreenColumns ? std::string::npos : words.rfind(' ', kScreenColumns);
    if (blank == std::string::npos || blank <= in) return line(std::move(words));
    line(words.substr(0, blank));
    line(std::string(in, ' ') + words.substr(blank + 1));
  }
  std::string take() { return std::move(text_); }
  std::size_t left() const { return kScreenLines - lines_; }

 private:
  std::string text_;
  std::size_t lines_ = 0;
};

void phases(Screen& screen, const Ledger& ledger) {
  std::string bar, legend;
  for (std::size_t i = 0; i < kPhases; ++i) {
    const auto phase = static_cast<Phase>(i);
    const Ns time = ledger.of(phase);
    if (!at_least(time, 0.005, ledger)) continue;
    const auto width = static_cast<std::size_t>(seconds(time) / seconds(ledger.wall) * kBar + 0.5);
    bar += std::string(std::max<std::size_t>(width, 1), kLetters[i]);
    legend += text("{}{} {}", legend.empty() ? "" : ", ", phase_name(phase), duration(time));
  }
  screen.line("  [" + bar + "]");
  screen.lines("  " + legend);
}

void columns(Screen& screen, const Ledger& ledger) {
  std::vector<std::pair<Ns, Column>> held;
  for (std::size_t i = 0; i < kColumns; ++i)
    if (at_least(ledger.of(static_cast<Column>(i)), 0.01, ledger))
      held.emplace_back(ledger.of(static_cast<Column>(i)), static_cast<Column>(i));
  std::ranges::stable_sort(held, std::ranges::greater(), &std::pair<Ns, Column>::first);
  std::string words;
  for (const auto& [time, column] : held)
    words += text("{}{} {:.0f} %", words.empty() ? "" : ", ", column_name(column),
                  100 * seconds(time) / seconds(ledger.wall));
  screen.lines("  " + words);
}

// Lines of a cause at most, in brief, and of what follows all of them.
constexpr std::size_t kCauseLines = 7, kBriefLines = 5, kLastLines = 5;

void cause(Screen& screen, std::size_t number, const Cause& cause, const Ledger& ledger, bool brief) {
  const Finding& finding = cause.finding;
  const std::string place = finding.place.empty() ? "" : text("  [{}]", finding.place);
  screen.line(text("{}. {}{}", number, finding.title, place));
  screen.lines(text("   {} {}", gain_words(cause, ledger.wall), scope_words(cause, ledger)));
  std::string facts =
      text("   {}{}by {}", join(finding.facts, "; "), finding.facts.empty() ? "" : "; ", finding.gain.model);
  brief ? screen.line(std::move(facts)) : screen.lines(std::move(facts));
  screen.lines(text("   do: {}{}", finding.remedy, finding.change.empty() ? "" : ": " + finding.change));
}

// In brief where causes need the room: a line for what shows it, and one for what to do.
void fault(Screen& screen, const Finding& finding, bool brief) {
  const std::string place = finding.place.empty() ? "" : text("  [{}]", finding.place);
  const auto tell = [&](std::string words) {
    brief ? screen.line(std::move(words)) : screen.lines(std::move(words));
  };
  screen.line(text("!  {}{}", finding.title, place));
  if (!finding.facts.empty()) tell("   " + (brief ? finding.facts.front() : join(finding.facts, "; ")));
  if (!finding.remedy.empty())
    tell(text("   do: {}{}", finding.remedy, finding.change.empty() ? "" : ": " + finding.change));
}

}  // namespace

std::string as_text(const Evidence& evidence, const Diagnosis& diagnosis) {
  const Ledger& ledger = diagnosis.ledger;
  Screen screen;
  std::string first_line = "vivace doctor: " + verdict(evidence, diagnosis);
  // The place stands beside the cause, too.
  if (first_line.size() > kScreenColumns && first_line.ends_with(')'))
    first_line.resize(std::max(first_line.rfind(" ("), std::size_t{1}));
  screen.line(std::move(first_line));
  phases(screen, ledger);
  columns(screen, ledger);
  if (const std::string parts = parts_words(evidence.python); !parts.empty()) screen.line("  " + parts);
  const std::string end = ending(evidence);
  if (!end.empty() && diagnosis.faults.empty()) screen.line("  " + end);
  for (std::size_t i = 0; i < diagnosis.faults.size() && i < 2; ++i)
    fault(screen, diagnosis.faults[i], diagnosis.faults.size() > 1 && diagnosis.first());
  std::vector<const Cause*> shown;
  const Cause* const first = diagnosis.first();
  if (first) shown.push_back(first);
  for (const auto* list : {&diagnosis.causes, &diagnosis.startup})
    for (const Cause& each : *list)
      if (&each != first && shown.size() < kMostCauses) shown.push_back(&each);
  for (std::size_t i = 0; i < shown.size() && screen.left() > kLastLines; ++i) {
    if (screen.left() < kBriefLines + kLastLines)
      screen.line(text("{}. {}: {}", i + 1, shown[i]->finding.title, gain_words(*shown[i], ledger.wall)));
    else
      cause(screen, i + 1, *shown[i], ledger, i > 0 && screen.left() < kCauseLines + kLastLines);
  }
  if (diagnosis.causes.size() > 1) screen.line(text("together: {}", together_words(diagnosis)));
  if (!diagnosis.excluded.empty()) screen.lines("not: " + join(diagnosis.excluded, ", "));
  if (ledger.startup() > 0 && ledger.work() > 0)
    screen.line(text("start-up {}, once; work {}", duration(ledger.startup()), duration(ledger.work())));
  const std::string gaps = join(gap_words(evidence), "; ");
  screen.line(text("watching took {} of processor time ({:.1f} %){}", duration(evidence.cost.cpu),
                   100 * seconds(evidence.cost.cpu) / std::max(1e-9, seconds(ledger.wall)),
                   gaps.empty() ? "" : "; not seen: " + gaps));
  return screen.take();
}

}  // namespace vivace::doctor
