#include "doctor/collect/collect.h"

#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <utility>

#include "base/text.h"
#include "base/try.h"
#include "doctor/collect/focus.h"
#include "doctor/collect/hardware.h"
#include "doctor/collect/perf/sampler.h"
#include "doctor/collect/perf/switches.h"
#include "doctor/collect/process/attached.h"
#include "doctor/collect/process/child.h"
#include "doctor/collect/python_part.h"
#include "doctor/collect/surroundings.h"
#include "doctor/collect/tree.h"
#include "doctor/source/around.h"
#include "machine/small_file.h"

extern char** environ;

namespace vivace::doctor {
namespace {

constexpr double kShortestS = 0.01, kLongestS = 0.1;  // between two looks at the critical thread
constexpr double kMostShare = 0.0025;  // of a processor, for each kind of look, and for waking up for them

Ns clock_ns(clockid_t clock) {
  timespec time{};
  ::clock_gettime(clock, &time);
  return static_cast<Ns>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

// A kind of look that is taken as often as its cost allows.
class Pace {
 public:
  explicit Pace(Ns least) : pause_(least), least_(least) {}
  template <class F>
  void maybe(Ns now, F look) {
    if (now < next_) return;
    const Ns begin = clock_ns(CLOCK_THREAD_CPUTIME_ID);
    look();
    const Ns cost = clock_ns(CLOCK_THREAD_CPUTIME_ID) - begin;
    pause_ = std::max(least_, static_cast<Ns>(static_cast<double>(cost + beside_) / kMostShare));
    next_ = now + pause_;
  }
  /// Does what costs something at each look, too.
  template <class F>
  auto beside(F work) {
    const Ns begin = clock_ns(CLOCK_THREAD_CPUTIME_ID);
    const auto result = work();
    beside_ = clock_ns(CLOCK_THREAD_CPUTIME_ID) - begin;
    return result;
  }
  Ns pause() const { return pause_; }

 private:
  Ns pause_, least_, next_ = 0, beside_ = 0;
};

class Run {
 public:
  explicit Run(const CollectOptions& options) : options_(options) {
    evidence_.recorded_by = options_.recorded_by;
    evidence_.environment = recorded_environment();
    origin_ = clock_ns(CLOCK_MONOTONIC);
  }

  Result<Evidence> watch(const std::vector<std::string>& command) {
    evidence_.program.command = command;
    VIVACE_CHECK_OK(child_.prepare(command, environment()));
    begin_sampling(child_.pid(), false);
    Tree tree(child_.pid());
    tree.look(0);
    began_ = since_origin();
    Focus focus(child_.pid(), surroundings_.quotas(), began_);
    VIVACE_CHECK_OK(child_.go());
    follow(focus, tree, [&](double pause) { return child_.wait(pause); });
    take_rest(focus, tree);
    const Child::End end = child_.reap();
    evidence_.program.exit_code = end.code, evidence_.program.signal = end.signal;
    finish(focus, tree);
    return std::move(evidence_);
  }

  Result<Evidence> watch(std::int64_t pid) {
    attached_ = true;
    Attached process;
    VIVACE_CHECK_OK(process.to(pid));
    const std::string words = machine::read_whole(text("/proc/{}/cmdline", pid));
    for (const std::string_view word : split(words, '\0')) evidence_.program.command.emplace_back(word);
    if (!options_.python || !python_.prepare(origin_, options_.kept).empty())
      gap("Python", "its part was switched off");
    begin_sampling(pid, true);
    Tree tree(pid);
    tree.look(0);
    const Ns before = tree.age();
    gap("what was before", text("it had run for {} s when the looking began: its imports, loading and first "
                                "calls are not seen",
                                before / 1'000'000'000));
    began_ = since_origin();
    Focus focus(pid, surroundings_.quotas(), began_);
    python_.meet();
    const Ns last = options_.seconds > 0 ? began_ + static_cast<Ns>(options_.seconds * 1e9) : INT64_MAX;
    follow(focus, tree, [&](double pause) {
      return process.wait(std::clamp(static_cast<double>(last - since_origin()) * 1e-9, 0.0, pause)) ||
             since_origin() >= last;
    });
    take_rest(focus, tree);
    evidence_.program.still_running = !process.ended();
    finish(focus, tree);
    return std::move(evidence_);
  }

 private:
  std::vector<std::string> environment() {
    if (options_.python) {
      const std::string trouble = python_.prepare(origin_, options_.kept);
      if (trouble.empty()) return python_.environment();
      gap("Python", trouble);
    }
    std::vector<std::string> words;
    for (char** entry = environ; entry && *entry; ++entry) words.emplace_back(*entry);
    return words;
  }

  void begin_sampling(std::int64_t pid, bool runs) {
    if (!options_.code) return gap("code", "it was switched off");
    const std::string trouble =
        sampler_.begin(pid, runs, origin_, static_cast<int>(::sysconf(_SC_NPROCESSORS_CONF)));
    if (!trouble.empty()) return gap("code", trouble);
    evidence_.sampled = true;
    if (!sampler_.sees_kernel())
      gap("the kernel's code", "perf_event_paranoid keeps it hidden; its time is told by ticks");
  }

  Ns since_origin() const { return clock_ns(CLOCK_MONOTONIC) - origin_; }

  void gap(std::string what, std::string why) { evidence_.gaps.push_back({std::move(what), std::move(why)}); }

  void look(Focus& focus) {
    ++evidence_.cost.looks;
    python_.ring().drain();
    samples_.clear();
    sampler_.drain(samples_);
    const Ns now = since_origin();
    if (options_.code) switches_.follow(focus.pid());
    switches_.drain();
    focus.look(now, python_.ring());  // before the samples: those fell into what it takes up
    for (const Sample& sample : samples_) {
      if (sample.tid == python_.ring().own_thread()) continue;
      const bool critical = focus.is(sample);
      const Code code = sampler_.code().code(sample.library);
      if (critical) focus.count(sample, code);
      auto& [own, others] = counts_[sample.library];
      ++(critical ? own : others);
    }
    constexpr Ns kKept = 1'000'000'000;
    python_.ring().forget_before(now - kKept);
  }

  template <class Wait>
  void follow(Focus& focus, Tree& tree, Wait wait) {
    Pace looks(static_cast<Ns>(kShortestS * 1e9)), trees(500'000'000), threads(250'000'000),
        hardware(1'000'000'000);
    for (int turns = 1;;) {
      const Ns now = since_origin();
      looks.maybe(now, [&] { look(focus); });
      // Others' processes, known as such, are read more rarely than new ones are looked for.
      trees.maybe(now, [&] { tree.look(now - began_, turns++ % 4 == 0); });
      threads.maybe(now, [&] { tree.look_at_threads(focus.pid()); });
      hardware.maybe(now, [&] { hardware_.look(now - began_, focus.pid(), tree); });
      const double pause = std::clamp(static_cast<double>(looks.pause()) * 1e-9, kShortestS, kLongestS);
      if (looks.beside([&] { return wait(pause); })) return;
    }
  }

  // What a process that ended left behind is gone once it is reaped.
  void take_rest(Focus& focus, Tree& tree) {
    look(focus);
    evidence_.program.wall = since_origin() - began_;
    tree.look_at_end(evidence_.program.wall);
  }

  void finish(Focus& focus, Tree& tree) {
    tree.look(evidence_.program.wall);
    evidence_.processes = tree.processes();
    evidence_.threads = tree.threads();
    if (tree.size() > kMostProcesses)
      gap("most processes", text("there were {}; the {} busiest are told", tree.size(), kMostProcesses));
    const bool left = evidence_.program.still_running;
    if (const auto names = tree.alive(); !names.empty() && !left)
      gap("what goes on",
          text("{} of its processes outlived it, {} among them; what they do later is not seen", names.size(),
               names.front()));
    std::erase_if(evidence_.threads,
                  [&](const Thread& thread) { return thread.tid == python_.ring().own_thread(); });
    surroundings_.finish(evidence_);
    evidence_.switches = switches_.take();
    if (evidence_.sampled && !evidence_.switches.seen)
      gap("switches", "the kernel does not record them for others");
    evidence_.host.rivals = tree.rivals();
    evidence_.slices = focus.take(python_.ring());
    limit_stolen();
    if (options_.python) evidence_.python = python_.collect(focus.pid(), evidence_.gaps);
    note_surroundings_of_calls(evidence_.python);
    note_gpu_software(evidence_);
    hardware_.finish(evidence_);
    if (options_.python && !evidence_.python.seen && evidence_.processes.front().name.starts_with("python"))
      gap("Python",
          left ? "it runs already: from inside only what imports vivace_doctor is seen (vivace doctor --help)"
               : "its part did not start: a Python before 3.8, or one without site (-S, -I), or one that was "
                 "killed early");
    if (evidence_.python.seen && evidence_.python.left == 0 && !left)
      gap("the end of Python",
          "it left without one (os._exit, exec, a signal): what it did last is seen from outside only");
    shift();
    name_start();
    name_libraries();
    evidence_.cost.cpu = clock_ns(CLOCK_THREAD_CPUTIME_ID) - began_cpu_;
  }

  // What we prepared after the origin was noted belongs to nobody: the program began when it was let go.
  void shift() {
    for (Slice& slice : evidence_.slices) slice.start -= began_, slice.end -= began_;
    Python& python = evidence_.python;
    if (python.seen) python.ready = std::max<Ns>(0, python.ready - began_);
    if (python.left > 0) python.left -= began_;
    for (Worker& worker : python.workers) worker.began -= began_, worker.written -= began_;
    for (Calls& calls : python.calls) calls.first_at -= began_, calls.last_end -= began_;
  }

  // No more than the system says that the host took: the rest is not known.
  void limit_stolen() {
    Ns all = 0;
    for (const Slice& slice : evidence_.slices)
      for (const auto& blocked : slice.blocked) all += blocked[at(Blocked::stolen)];
    if (all <= evidence_.host.steal) return;
    const double kept = static_cast<double>(std::max<Ns>(0, evidence_.host.steal)) / static_cast<double>(all);
    for (Slice& slice : evidence_.slices)
      for (auto& blocked : slice.blocked) {
        const Ns stolen = blocked[at(Blocked::stolen)];
        blocked[at(Blocked::stolen)] = static_cast<Ns>(static_cast<double>(stolen) * kept);
        blocked[at(Blocked::other)] += stolen - blocked[at(Blocked::stolen)];
      }
  }

  // Before the Python part could tell a phase, a Python program was starting.
  void name_start() {
    if (!python_.ring().heard() || attached_) return;
    for (Slice& slice : evidence_.slices) {
      const auto move = [](auto& list) {
        list[at(Phase::start)] += list[at(Phase::run)];
        list[at(Phase::run)] = 0;
      };
      move(slice.phase);
      for (std::size_t code = 0; code < kCodes; ++code) {
        slice.samples[at(Phase::start)][code] += std::exchange(slice.samples[at(Phase::run)][code], 0);
      }
      for (std::size_t in = 0; in < kBlockeds; ++in)
        slice.blocked[at(Phase::start)][in] += std::exchange(slice.blocked[at(Phase::run)][in], 0);
    }
  }

  void name_libraries() {
    for (const auto& [library, count] : counts_)
      evidence_.libraries.push_back({sampler_.code().name(library),
                                     std::string(kCodeNames[at(sampler_.code().code(library))]), count.first,
                                     count.second});
    std::ranges::sort(evidence_.libraries, std::ranges::greater(),
                      [](const Library& library) { return library.critical + library.others; });
    constexpr std::size_t kMostLibraries = 40;
    if (evidence_.libraries.size() > kMostLibraries) evidence_.libraries.resize(kMostLibraries);
  }

  const CollectOptions& options_;
  bool attached_ = false;  // to a process that ran already
  Ns began_cpu_ = clock_ns(CLOCK_THREAD_CPUTIME_ID);
  Evidence evidence_;
  Surroundings surroundings_;
  Hardware hardware_{surroundings_.has_nvidia() ? options_.nvml : ""};
  SwitchRecords switches_;
  Ns origin_ = 0;  // by the monotonic clock, which the Python part and the samples count from
  Ns began_ = 0;   // the program, from the origin on
  PythonPart python_;
  Child child_;
  Sampler sampler_;
  std::vector<Sample> samples_;
  std::map<std::size_t, std::pair<std::int64_t, std::int64_t>> counts_;
};

}  // namespace

Result<Evidence> collect(const std::vector<std::string>& command, const CollectOptions& options) {
  return Run(options).watch(command);
}

Result<Evidence> attach(std::int64_t pid, const CollectOptions& options) { return Run(options).watch(pid); }

}  // namespace vivace::doctor
