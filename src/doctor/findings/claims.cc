#include "doctor/findings/claims.h"

#include "base/text.h"
#include "doctor/ledger/apportion.h"

namespace vivace::doctor {

Ns held(const Ledger& ledger, std::initializer_list<Phase> phases, std::initializer_list<Column> columns) {
  Ns all = 0;
  for (const Phase phase : phases)
    for (const Column column : columns) all += ledger.cell(phase, column);
  return all;
}

void claim(Finding& finding, const Ledger& ledger, std::initializer_list<Phase> phases,
           std::initializer_list<Column> columns) {
  std::vector<Claim> cells;
  std::vector<std::int64_t> weights;
  for (const Phase phase : phases)
    for (const Column column : columns) {
      cells.push_back({phase, column, 0});
      weights.push_back(ledger.cell(phase, column));
    }
  const Ns most = held(ledger, phases, columns);
  Gain& gain = finding.gain;
  gain.asked = std::max(gain.asked, gain.saved);
  if (gain.saved > most && gain.saved > 0) {
    const double share = static_cast<double>(most) / static_cast<double>(gain.saved);
    gain.saved = most;
    gain.least = part_of(gain.least, share);
    gain.most = part_of(gain.most, share);
  }
  // No prediction is better than a tenth: what is left behaves a little differently too.
  gain.least = std::min(gain.least, part_of(gain.saved, 0.9));
  gain.most = std::max(gain.saved,
                       std::min(std::max(gain.most, part_of(gain.saved, 1.07)), part_of(ledger.wall, 0.99)));
  const auto parts = apportion(gain.saved, weights);
  for (std::size_t i = 0; i < cells.size(); ++i) {
    cells[i].amount = parts[i];
    if (parts[i] > 0) finding.claims.push_back(cells[i]);
  }
}

void join_claim(Finding& finding, const Gain& more, const Ledger& ledger, std::initializer_list<Phase> phases,
                std::initializer_list<Column> columns) {
  Finding other;
  other.gain = more;
  claim(other, ledger, phases, columns);
  finding.claims.insert(finding.claims.end(), other.claims.begin(), other.claims.end());
  Gain& gain = finding.gain;
  gain.saved += other.gain.saved, gain.least += other.gain.least, gain.most += other.gain.most;
  gain.asked += other.gain.asked;
}

void claim_wall(Finding& finding, const Ledger& ledger, std::initializer_list<Phase> phases,
                std::initializer_list<Column> columns) {
  Ns all = 0;
  for (const Phase phase : phases) all += ledger.of(phase);
  if (all == 0) return;
  const double share = seconds(held(ledger, phases, columns)) / seconds(all);
  Gain& gain = finding.gain;
  gain.asked = gain.saved;
  for (Ns* const amount : {&gain.saved, &gain.least, &gain.most}) *amount = part_of(*amount, share);
  claim(finding, ledger, phases, columns);
}

std::string place_of(const std::string& file, std::int64_t line) {
  if (file.empty()) return {};
  const std::size_t slash = file.rfind('/');
  return text("{}:{}", slash == std::string::npos ? file : file.substr(slash + 1), line);
}

Ns processor_time(Seen evidence) {
  Ns all = 0;
  for (const Process& process : evidence.processes) all += process.user + process.system;
  return all;
}

double share_of_rivals(Seen evidence, const Ledger& ledger) {
  Ns rivals = 0, own = 0;
  for (const Rival& rival : evidence.host.rivals) rivals += rival.cpu;
  if (seconds(rivals) < 0.02 * seconds(ledger.wall)) return 0;
  const std::int64_t allowed = std::max<std::int64_t>(1, evidence.machine.allowed);
  if (running_threads(evidence) <= allowed) return 1;
  for (const Thread& thread : evidence.threads)
    if (thread.tid != thread.pid) own += thread.run;
  for (std::size_t i = 1; i < evidence.processes.size(); ++i)
    own += evidence.processes[i].user + evidence.processes[i].system;
  // Rivals run on all processors, and stand in the way on ours.
  const double there =
      static_cast<double>(allowed) / static_cast<double>(std::max(allowed, evidence.machine.logical));
  return seconds(rivals) * there / (seconds(rivals) * there + seconds(own));
}

bool others_run_python(Seen evidence) {
  std::int64_t python = 0, native = 0;
  for (const Library& library : evidence.libraries)
    (library.code == "python" ? python : native) += library.others;
  return python > native;
}

Ns computed_of(Ns wall, const Ledger& ledger, std::initializer_list<Phase> phases) {
  const Ns spent =
      held(ledger, phases, {Column::python, Column::native, Column::linker, Column::system, Column::faults});
  const Ns taken = held(ledger, phases, {Column::queued, Column::throttled, Column::stolen, Column::unknown});
  return spent <= 0 ? 0 : part_of(wall, seconds(spent) / seconds(spent + taken));
}

std::int64_t running_threads(Seen evidence) {
  std::int64_t most = 0;
  for (const Process& process : evidence.processes) most = std::max(most, process.running);
  // A look now and then misses threads of a short run; what they waited for a processor is counted exactly.
  std::int64_t waiting = 0;
  for (const Thread& thread : evidence.threads)
    waiting += 20 * thread.queued >= evidence.program.wall && 2 * thread.queued >= thread.run;
  return std::max(most, waiting);
}

const Line* hottest_line(Seen evidence) {
  const Line* hottest = nullptr;
  for (const Line& line : evidence.python.lines)
    if (line.own > 0 && (!hottest || line.own > hottest->own)) hottest = &line;
  return hottest;
}

}  // namespace vivace::doctor
