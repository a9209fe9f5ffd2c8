// Python code of the program's own, element by element, where one call on an array would do; and what it
// logs.
#include <algorithm>

#include "base/text.h"
#include "doctor/findings/claims.h"
#include "doctor/findings/rules.h"

namespace vivace::doctor {
namespace {

constexpr std::string_view kImportMachinery = "importlib";  // looks that found it importing

}  // namespace

std::optional<Finding> python_loop(Seen evidence, const Ledger& ledger) {
  const Line* const line = hottest_line(evidence);
  const Ns python = held(ledger, {Phase::own, Phase::run}, {Column::python});
  if (!line || !at_least(python, 0.05, ledger)) return {};
  // The lines of its own that ran, of all samples: logging and libraries that are called from there apart.
  std::int64_t own = 0, scalar = 0, all = 0;
  for (const Line& each : evidence.python.lines) {
    own += each.own;
    if (each.callee == "numpy") scalar += each.samples - each.own;
    if (each.callee != kImportMachinery) all += each.samples;
  }
  if (all == 0 || own == 0) return {};
  // Looks are taken by the clock; what waits meanwhile waits for others. So they divide what was computed.
  const Ns spent =
      held(ledger, {Phase::own}, {Column::python, Column::native, Column::system, Column::faults});
  const double share = std::min(1.0, static_cast<double>(own + scalar) / static_cast<double>(all));
  const Ns lost = part_of(spent, share);
  if (!at_least(lost, 0.03, ledger)) return {};
  Finding finding;
  finding.id = "python-loop";
  finding.title = line->function == "<module>" || line->function.empty()
                      ? std::string("a Python loop handles the data element by element")
                      : text("{}() handles the data element by element in Python", line->function);
  finding.place = place_of(line->file, line->line);
  finding.facts = {text("{} of {} looks found it running its own lines, {} at this one", own,
                        std::max(all, evidence.python.sampled), line->own),
                   text("{} in the interpreter between calls", seconds_text(seconds(python)))};
  // A NumPy expression over the same elements was 10 to 28 times as fast where it was measured.
  finding.gain = amdahl(lost, 12, 3, 60);
  claim(finding, ledger, {Phase::own}, {Column::python, Column::native, Column::system, Column::faults});
  finding.remedy = "one NumPy (or TensorFlow) expression over the whole array";
  finding.change =
      text("{}: for x in data: ... -> np.where, (data - mean) / std, np.add.reduce", finding.place);
  finding.confidence = 0.85;
  return finding;
}

std::optional<Finding> logging(Seen evidence, const Ledger& ledger) {
  const Python& python = evidence.python;
  Ns lost = ledger.of(Column::output);
  std::int64_t looks = 0, writes = 0, working = 0;
  for (const Leaf& leaf : python.leaves) {
    if (leaf.name == "logging") looks = leaf.inside + leaf.elsewhere;
    if (leaf.name != kImportMachinery) working += leaf.inside + leaf.elsewhere;
  }
  for (const Process& process : evidence.processes) writes += process.writes;
  const Ns spent = held(ledger, {Phase::own, Phase::run, Phase::call},
                        {Column::python, Column::native, Column::system, Column::faults});
  if (working > 0 && looks > 3)
    lost += part_of(spent, static_cast<double>(looks) / static_cast<double>(working));
  // Where nothing tells logging apart, very many small writes do.
  const double rate = static_cast<double>(writes) / std::max(1e-3, seconds(ledger.wall));
  if (looks <= 3 && rate < 1000 && ledger.of(Column::output) == 0) return {};
  if (looks <= 3 && rate >= 1000)
    lost =
        std::max(lost, ledger.of(Column::output) + held(ledger, {Phase::own, Phase::run}, {Column::system}));
  if (!at_least(lost, 0.04, ledger)) return {};
  Finding finding;
  finding.id = "logging";
  finding.title = "printing and logging take the time";
  if (const Line* const line = hottest_line(evidence)) finding.place = place_of(line->file, line->line);
  for (const Line& line : python.lines)
    if (line.callee == "logging") {
      finding.place = place_of(line.file, line.line);
      break;
    }
  finding.facts = {text("{} writes, {:.0f} a second (/proc/PID/io)", writes, rate)};
  if (looks > 0) finding.facts.push_back(text("{} of {} looks found it in logging", looks, python.sampled));
  if (ledger.of(Column::output) > 0)
    finding.facts.push_back(
        text("waited {} for the reader", seconds_text(seconds(ledger.of(Column::output)))));
  finding.gain = identity(part_of(lost, 0.9), 0.25);
  claim(finding, ledger, {Phase::own, Phase::run, Phase::call},
        {Column::output, Column::python, Column::system, Column::native});
  finding.effort = Effort::setting;
  finding.remedy = "log less: a higher level, a line a batch, no print() in the inner loop";
  finding.change = "logging.getLogger().setLevel(logging.WARNING); model.predict(..., verbose=0)";
  finding.confidence = 0.9;
  return finding;
}

}  // namespace vivace::doctor
