// More threads of the program's own than processors to run them, and settings that leave processors unused.
#include <algorithm>

#include "base/text.h"
#include "doctor/findings/claims.h"
#include "doctor/findings/rules.h"

namespace vivace::doctor {
namespace {

// The setting that the library in sight obeys.
std::string thread_setting(Seen evidence, std::int64_t threads) {
  for (const Version& version : evidence.python.versions) {
    if (version.name == "onnxruntime")
      return text("options.intra_op_num_threads = {}  # SessionOptions, before InferenceSession(...)",
                  threads);
    if (version.name == "tensorflow")
      return text("tf.config.threading.set_intra_op_parallelism_threads({})", threads);
    if (version.name == "torch") return text("torch.set_num_threads({})", threads);
  }
  return text("OMP_NUM_THREADS={0} OPENBLAS_NUM_THREADS={0} MKL_NUM_THREADS={0}", threads);
}

// Of the time of all threads but the first of a process, the share in which they waited for a processor: who
// waits for their results waits for that, too, but also for their work.
double waiting_share(Seen evidence) {
  Ns run = 0, queued = 0;
  for (const Thread& thread : evidence.threads)
    if (thread.tid != thread.pid) run += thread.run, queued += thread.queued;
  return queued == 0 ? 0 : seconds(queued) / seconds(run + queued);
}

}  // namespace

std::optional<Finding> too_many_threads(Seen evidence, const Ledger& ledger) {
  const std::int64_t running = running_threads(evidence),
                     allowed = std::max<std::int64_t>(1, evidence.machine.allowed);
  // Threads that take turns under Python's lock never want more than one processor (python_lock()).
  if (running <= allowed || others_run_python(evidence)) return {};
  Ns queued = 0;
  for (const Thread& thread : evidence.threads) queued += thread.queued;
  const double share = 1 - share_of_rivals(evidence, ledger);
  const Ns lost = part_of(held(ledger, kWorking, {Column::queued}), share) +
                  part_of(held(ledger, kWorking, {Column::lock}), share * waiting_share(evidence));
  if (!at_least(lost, 0.05, ledger)) return {};
  const bool narrow = evidence.machine.allowed < evidence.machine.logical;
  Finding finding;
  finding.id = narrow ? "affinity" : "too-many-threads";
  finding.title =
      text("{} of its own threads share {} processor{}", running, allowed, allowed == 1 ? "" : "s");
  finding.facts = {text("its threads waited {} for a processor (schedstat)", seconds_text(seconds(queued)))};
  if (narrow)
    finding.facts.push_back(
        text("its affinity leaves {} of {} processors", allowed, evidence.machine.logical));
  if (!evidence.processes.empty())
    finding.facts.push_back(text("{} involuntary switches", evidence.processes.front().preempted));
  finding.gain = identity(lost, 0.6);
  finding.gain.model = "contention: waiting for own threads goes away";
  claim(finding, ledger, kWorking, {Column::queued, Column::lock});
  finding.effort = Effort::setting;
  finding.remedy = text("as many threads as processors: {}", allowed);
  finding.change = thread_setting(evidence, allowed);
  finding.confidence = 0.75;
  return finding;
}

std::optional<Finding> one_thread_left(Seen evidence, const Ledger& ledger) {
  const std::int64_t allowed = evidence.machine.allowed;
  if (allowed < 2) return {};
  std::string setting;
  for (const Variable& variable : evidence.environment)
    if (variable.value == "1" &&
        (variable.name == "OMP_NUM_THREADS" || variable.name == "TF_NUM_INTRAOP_THREADS" ||
         variable.name == "MKL_NUM_THREADS" || variable.name == "OPENBLAS_NUM_THREADS"))
      setting = variable.name;
  for (const Variable& variable : evidence.python.settings)
    if (variable.name == "intra_op_threads" && variable.value == "1")
      setting = "intra_op_parallelism_threads";
  const Ns computed = held(ledger, {Phase::call, Phase::run, Phase::own}, {Column::native});
  if (setting.empty() || !at_least(computed, 0.3, ledger)) return {};
  if (processor_time(evidence) > part_of(ledger.wall, 1.15)) return {};
  Finding finding;
  finding.id = "one-thread";
  finding.title = text("{} = 1 leaves {} of {} processors idle", setting, allowed - 1, allowed);
  finding.facts = {text("it used {} of processor time in {}", seconds_text(seconds(processor_time(evidence))),
                        seconds_text(seconds(ledger.wall)))};
  const double n = static_cast<double>(std::min<std::int64_t>(allowed, 8));
  finding.gain = amdahl(computed, 1 + 0.6 * (n - 1), 1.0, n);
  claim(finding, ledger, {Phase::call, Phase::run, Phase::own}, {Column::native});
  finding.effort = Effort::setting;
  finding.remedy = "take the setting out";
  finding.change = text("unset {}", setting);
  finding.confidence = 0.6;
  return finding;
}

}  // namespace vivace::doctor
