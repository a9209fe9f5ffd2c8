// Python code of the program's own, element by element, where one call on an array would do; and what it
// logs.
#include <algorithm>

#include "base/text.h"
#include "doctor/findings/claims.h"
#include "doctor/findings/rules.h"

namespace vivace::doctor {
namespace {

constexpr std::string_view kImportMachinery = "importlib";  // looks that found it importing

// How the samples of a phase divide. A loop in Python calls its native code for each element, so that every
// stretch of time holds both; a call on a whole array runs long and alone, whatever line it stands on.
struct Stretches {
  double on_arrays = 0;      // of all samples, those of stretches nearly without the interpreter
  double native_beside = 1;  // of the native ones, those beside the interpreter
};
Stretches stretches_of(Seen evidence, Phase phase) {
  constexpr std::int64_t kEnough = 16;  // samples, so that a share is one
  constexpr double kBeside = 0.2;
  std::int64_t python = 0, native = 0, beside = 0, all_native = 0, arrays = 0, all = 0;
  const auto close = [&] {
    const bool loop = static_cast<double>(python) >= kBeside * static_cast<double>(python + native);
    (loop ? beside : arrays) += loop ? native : python + native;
    all_native += native, all += python + native;
    python = native = 0;
  };
  for (const Slice& slice : evidence.slices) {
    const auto& samples = slice.samples[at(phase)];
    python += samples[at(Code::python)] + samples[at(Code::system)];
    native += samples[at(Code::native)] + samples[at(Code::other)];
    if (python + native >= kEnough) close();
  }
  close();
  const auto share = [](std::int64_t part, std::int64_t of) {
    return static_cast<double>(part) / static_cast<double>(of);
  };
  return {all == 0 ? 0 : share(arrays, all), all_native == 0 ? 1 : share(beside, all_native)};
}

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
  // Calls on whole arrays were found at lines of its own, too.
  const Stretches stretches = stretches_of(evidence, Phase::own);
  const Ns native = part_of(ledger.cell(Phase::own, Column::native), stretches.native_beside);
  const Ns interpreter = held(ledger, {Phase::own}, {Column::python, Column::system, Column::faults});
  const double loops = std::max(1e-9, 1 - stretches.on_arrays);
  Share share = share_of_looks(own + scalar, all);
  for (double* const part : {&share.part, &share.least, &share.most})
    *part = std::max(0.0, *part - stretches.on_arrays) / loops;
  const Ns lost = part_of(interpreter + native, share.part);
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
  // A NumPy expression over the same elements was 10 to 113 times as fast where it was measured.
  const auto gain_of = [&](Ns part) {
    Gain gain = amdahl(part_of(part, share.part), 30, 0, 0);
    gain.least = amdahl(part_of(part, share.least), 6, 0, 0).saved;
    gain.most = amdahl(part_of(part, share.most), 120, 0, 0).saved;
    return gain;
  };
  finding.gain = gain_of(interpreter);
  claim(finding, ledger, {Phase::own}, {Column::python, Column::system, Column::faults});
  join_claim(finding, gain_of(native), ledger, {Phase::own}, {Column::native});
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
  const Share share = looks > 3 ? share_of_looks(looks, working) : Share{};
  lost += part_of(spent, share.part);
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
  finding.gain = identity(lost, 0.15);
  if (looks > 3) {
    const Ns waited = ledger.of(Column::output);
    finding.gain.least = std::min(finding.gain.least, waited + part_of(spent, share.least));
    finding.gain.most = std::max(finding.gain.most, waited + part_of(spent, share.most));
  }
  claim(finding, ledger, {Phase::own, Phase::run, Phase::call},
        {Column::output, Column::python, Column::system, Column::native});
  finding.effort = Effort::setting;
  finding.remedy = "log less: a higher level, a line a batch, no print() in the inner loop";
  finding.change = "logging.getLogger().setLevel(logging.WARNING); model.predict(..., verbose=0)";
  finding.confidence = 0.9;
  return finding;
}

}  // namespace vivace::doctor
