// Waiting that is no want of a processor: sleep, other processes, sockets, locks; and a host that takes back
// what it lent.
#include <algorithm>

#include "base/text.h"
#include "doctor/findings/claims.h"
#include "doctor/findings/rules.h"

namespace vivace::doctor {
namespace {

// The line that was found waiting most.
std::string waiting_place(Seen evidence) {
  const Line* most = nullptr;
  for (const Line& line : evidence.python.lines)
    if (!most || line.samples > most->samples) most = &line;
  return most ? place_of(most->file, most->line) : std::string();
}

// Whether a line that was found waiting was so for this: nothing was waited for longer.
bool is_longest_wait(const Ledger& ledger, Column column) {
  for (const Column other : {Column::io, Column::lock, Column::sleep, Column::child, Column::network})
    if (ledger.of(other) > ledger.of(column)) return false;
  return true;
}

// Before a Python program's interpreter is there it is another program that waits (launched()).
std::optional<Finding> waits(Seen evidence, const Ledger& ledger, Column column, double least,
                             Finding finding) {
  const Ns waited = held(ledger, kAfterStart, {column});
  if (!at_least(waited, least, ledger)) return {};
  if (is_longest_wait(ledger, column)) finding.place = waiting_place(evidence);
  finding.facts.insert(finding.facts.begin(), text("waited {}", seconds_text(seconds(waited))));
  finding.gain = identity(waited, 0.3);
  claim(finding, ledger, kAfterStart, {column});
  return finding;
}

}  // namespace

std::optional<Finding> launched(Seen evidence, const Ledger& ledger) {
  const std::string& executable = evidence.python.executable;
  const Ns waited = held(ledger, {Phase::start}, {Column::child, Column::network});
  if (executable.empty() || evidence.program.command.empty() || !at_least(waited, 0.03, ledger)) return {};
  Finding finding;
  finding.id = "launcher";
  finding.title = text("{} is not Python, but a program that looks for one", evidence.program.command[0]);
  finding.facts = {
      text("it waited {} for programs of its own before {} ran", seconds_text(seconds(waited)), executable)};
  finding.gain = identity(waited, 0.3);
  claim(finding, ledger, {Phase::start}, {Column::child, Column::network});
  finding.effort = Effort::setting;
  finding.remedy = "start the interpreter itself";
  finding.change = executable;
  for (std::size_t i = 1; i < evidence.program.command.size(); ++i)
    finding.change += " " + evidence.program.command[i];
  finding.startup = true;
  finding.confidence = 0.8;
  return finding;
}

std::optional<Finding> sleeping(Seen evidence, const Ledger& ledger) {
  Finding finding;
  finding.id = "sleep";
  finding.title = "the program sleeps";
  finding.remedy = "wait for the event itself, not for a time; or sleep less";
  finding.change = "Event.wait(), Queue.get(), select()";
  finding.confidence = 0.6;
  return waits(evidence, ledger, Column::sleep, 0.05, std::move(finding));
}

std::optional<Finding> waits_for_child(Seen evidence, const Ledger& ledger) {
  Finding finding;
  finding.id = "child";
  finding.title = "it waits for another program that it started";
  finding.remedy = "look at that program: vivace doctor -- ITS COMMAND";
  finding.confidence = 0.6;
  return waits(evidence, ledger, Column::child, 0.1, std::move(finding));
}

std::optional<Finding> waits_for_network(Seen evidence, const Ledger& ledger) {
  Finding finding;
  finding.id = "network";
  finding.title = "it waits for a socket, a pipe or an event";
  finding.remedy = "keep what is fetched (offline mode, a local copy), or overlap waiting with work";
  finding.change = "HF_HUB_OFFLINE=1; KERAS_HOME on a local disk";
  finding.confidence = 0.6;
  return waits(evidence, ledger, Column::network, 0.1, std::move(finding));
}

std::optional<Finding> python_lock(Seen evidence, const Ledger& ledger) {
  std::int64_t python = 0, native = 0;
  for (const Library& library : evidence.libraries)
    (library.code == "python" ? python : native) += library.others;
  // Where no other thread ever ran, nobody of the program's held a lock: what was waited for is ours.
  const bool others = std::ranges::any_of(evidence.threads, [&](const Thread& thread) {
    return thread.tid != thread.pid && 200 * thread.run >= ledger.wall;
  });
  if (!others && python + native == 0) return {};
  Finding finding;
  finding.id = "gil";
  const bool gil = others_run_python(evidence);
  if (!gil) finding.id = "lock";
  finding.title =
      gil ? "another thread holds Python's lock" : "it waits for locks that nobody computes under";
  finding.facts = {text("samples of other threads: {} in the interpreter, {} elsewhere", python, native)};
  finding.remedy =
      gil ? "move that thread's work into a process of its own" : "look at what its threads wait for";
  finding.change = gil ? "concurrent.futures.ProcessPoolExecutor instead of Thread" : "";
  finding.effort = Effort::redesign;
  finding.confidence = gil ? 0.85 : 0.3;
  if (!gil) return waits(evidence, ledger, Column::lock, 0.25, std::move(finding));
  const Ns waited = held(ledger, kAfterStart, {Column::lock});
  if (!at_least(waited, 0.05, ledger)) return {};
  // Whoever takes the lock back wants a processor, which the threads that it took it from have still: what no
  // other program is to blame for goes with them.
  const Ns queued =
      part_of(held(ledger, kAfterStart, {Column::queued}), 1 - share_of_rivals(evidence, ledger));
  if (is_longest_wait(ledger, Column::lock)) finding.place = waiting_place(evidence);
  finding.facts.insert(finding.facts.begin(),
                       text("waited {} for it, and {} for a processor that they had",
                            seconds_text(seconds(waited)), seconds_text(seconds(queued))));
  finding.gain = identity(waited, 0.3);
  claim(finding, ledger, kAfterStart, {Column::lock});
  join_claim(finding, identity(queued, 0.3), ledger, kAfterStart, {Column::queued});
  return finding;
}

std::optional<Finding> steal(Seen evidence, const Ledger& ledger) {
  const HostLoad& host = evidence.host;
  const double busy = seconds(host.user + host.system + host.steal);
  const double share = busy <= 0 ? 0 : seconds(host.steal) / busy;
  // Measured on the thread where that was possible; else the share of all processors stands for it.
  Ns lost = ledger.of(Column::stolen);
  const bool measured = lost > 0;
  if (!measured && share >= 0.05) lost = part_of(held(ledger, kEverywhere, kSpent), share);
  if (!at_least(lost, 0.05, ledger)) return {};
  // Beside a longer wait for processors, and where the kernel's counter knows nothing of it, such time is a
  // part of that wait: the thread was put back before its clock was read.
  if (2 * host.steal < lost && ledger.of(Column::queued) > lost) return {};
  Finding finding;
  finding.id = "steal";
  finding.title =
      text("the host takes {:.0f} % of the processor back", 100 * seconds(lost) / seconds(ledger.wall));
  finding.facts = {text("{} stolen from all processors (/proc/stat)", seconds_text(seconds(host.steal)))};
  finding.gain = identity(lost, 0.4);
  if (measured)
    claim(finding, ledger, kEverywhere, {Column::stolen});
  else
    claim(finding, ledger, kEverywhere, kSpent);
  finding.effort = Effort::machine;
  finding.remedy = "another host, or a size that is not shared";
  // Time that the thread ran and its clock did not may be the kernel's own, too, where processors are fought
  // over: the host is sure where its own counter says so.
  finding.confidence = 2 * host.steal >= lost ? 0.7 : 0.3;
  return finding;
}

std::optional<Finding> collector_pauses(Seen evidence, const Ledger& ledger) {
  const Collections& pauses = evidence.python.collections;
  const Ns lost = std::min(computed_of(pauses.total - pauses.importing, ledger, kWorking),
                           held(ledger, kWorking, {Column::python}));
  if (!at_least(lost, 0.05, ledger)) return {};
  Finding finding;
  finding.id = "gc";
  finding.title = "Python's garbage collector walks over many objects again and again";
  finding.facts = {text("{} collections took {}, the longest {}", pauses.count,
                        seconds_text(seconds(pauses.total)), seconds_text(seconds(pauses.most)))};
  finding.gain = identity(lost, 0.3);
  claim(finding, ledger, kWorking, {Column::python});
  finding.remedy = "freeze what lives long, and collect less often";
  finding.change = "gc.collect(); gc.freeze(); gc.set_threshold(100_000)";
  finding.confidence = 0.8;
  return finding;
}

}  // namespace vivace::doctor
