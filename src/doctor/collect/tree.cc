#include "doctor/collect/tree.h"

#include <sched.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>

#include "base/text.h"
#include "machine/fields.h"
#include "machine/small_file.h"

namespace vivace::doctor {
namespace {

constexpr std::size_t kMostListed = 20'000, kMostKnown = 4096;
constexpr std::int64_t kKb = 1024;

// The first n by a measure, largest first.
template <class T, class Measure>
void keep_most(std::vector<T>& list, std::size_t n, Measure measure) {
  std::ranges::stable_sort(list, std::ranges::greater(), measure);
  if (list.size() > n) list.resize(n);
}

std::int64_t processors_allowed(std::int64_t pid) {
  cpu_set_t set;
  CPU_ZERO(&set);
  return ::sched_getaffinity(static_cast<pid_t>(pid), sizeof set, &set) == 0 ? CPU_COUNT(&set) : 0;
}

std::string role_of(std::int64_t pid, std::string_view name) {
  if (!name.starts_with("python") && !name.starts_with("pypy")) return {};
  const std::string words = machine::read_small(text("/proc/{}/cmdline", pid));
  for (const std::string_view role : {"spawn", "forkserver", "resource_tracker"})
    if (words.find(text("multiprocessing.{} import", role)) != std::string::npos) return std::string(role);
  return {};
}

}  // namespace

Tree::Tree(std::int64_t root) : root_(root), own_(::getpid()) { tree_[root].pid = root; }

void Tree::look(Ns now, bool strangers) {
  std::vector<std::pair<std::int64_t, ProcStat>> all;
  listed_.clear(), alive_.clear();
  for (const std::int64_t pid : numbered("/proc", kMostListed)) {
    listed_.insert(pid);
    if (!strangers && strangers_.contains(pid)) continue;
    if (auto stat = parse_stat(machine::read_small(text("/proc/{}/stat", pid)));
        stat && (pid != own_ || pid == root_))
      all.emplace_back(pid, std::move(*stat));
  }
  // Children have larger numbers than their parents nearly always: a second pass takes the rest.
  for (int pass = 0; pass < 2; ++pass)
    for (const auto& [pid, stat] : all) {
      const bool ours = tree_.contains(pid) || tree_.contains(stat.parent) || stat.parent == own_;
      if (ours && (tree_.contains(pid) || tree_.size() < kMostKnown)) update(pid, stat, now);
    }
  for (const auto& [pid, stat] : all) {
    if (tree_.contains(pid)) continue;
    const Ns used = stat.user + stat.system;
    const auto known = strangers_.find(pid);
    if (known != strangers_.end() && known->second.start_ticks == stat.start_ticks)
      known->second.last = used;
    else if (strangers_.size() < kMostKnown)  // one that began after us did all of its work beside us
      strangers_[pid] = {stat.name, stat.start_ticks, first_ ? used : 0, used};
  }
  first_ = false;
  forget();
}

// A program may start processes for hours: of those that are gone, the ones that did least make room.
void Tree::forget() {
  const auto drop = [this](auto& table, auto used) {
    if (table.size() <= kMostKnown / 2) return std::size_t{0};
    std::vector<std::pair<Ns, std::int64_t>> gone;
    for (const auto& [pid, entry] : table)
      if (pid != root_ && !listed_.contains(pid)) gone.emplace_back(used(entry), pid);
    std::ranges::sort(gone);
    gone.resize((gone.size() + 1) / 2);
    for (const auto& [cpu, pid] : gone) table.erase(pid);
    return gone.size();
  };
  forgotten_ += drop(tree_, [](const Process& process) { return process.user + process.system; });
  drop(strangers_, [](const Stranger& stranger) { return stranger.last - stranger.first; });
}

void Tree::update(std::int64_t pid, const ProcStat& stat, Ns now) {
  if (pid == root_ && first_) {
    timespec up{};
    ::clock_gettime(CLOCK_BOOTTIME, &up);
    constexpr Ns kTick = 10'000'000;
    age_ = static_cast<Ns>(up.tv_sec) * 1'000'000'000 + up.tv_nsec - stat.start_ticks * kTick;
  }
  Process& process = tree_[pid];
  if (process.pid == 0 || process.end == 0) {
    process.pid = pid, process.parent = stat.parent;
    process.start = pid == root_ ? 0 : now;
  }
  process.end = now;
  if (process.name != stat.name) process.role = role_of(pid, stat.name);
  process.name = stat.name;
  process.user = stat.user, process.system = stat.system;
  process.minor_faults = std::max(process.minor_faults, stat.minor_faults);
  process.major_faults = std::max(process.major_faults, stat.major_faults);
  process.nice = stat.nice, process.policy = stat.policy;
  if (stat.state != 'Z') {
    process.threads = std::max(process.threads, stat.threads);
    if (pid != root_) alive_.insert(pid);
  }
  read_more(process);
}

void Tree::read_more(Process& process) const {
  const std::string folder = text("/proc/{}/", process.pid);
  const std::string io = machine::read_small(folder + "io");
  const auto grow = [](std::int64_t& value, std::int64_t now) { value = std::max(value, now); };
  grow(process.read_bytes, machine::field(io, "read_bytes:"));
  grow(process.written_bytes, machine::field(io, "write_bytes:"));
  grow(process.read_chars, machine::field(io, "rchar:"));
  grow(process.written_chars, machine::field(io, "wchar:"));
  grow(process.reads, machine::field(io, "syscr:"));
  grow(process.writes, machine::field(io, "syscw:"));
  const std::string status = machine::read_small(folder + "status");
  grow(process.peak_memory, machine::field(status, "VmHWM:") * kKb);
  grow(process.peak_swap, machine::field(status, "VmSwap:") * kKb);
  grow(process.preempted, machine::field(status, "nonvoluntary_ctxt_switches:"));
  grow(process.yielded, machine::field(status, "voluntary_ctxt_switches:"));
  if (const std::int64_t allowed = processors_allowed(process.pid); allowed > 0) process.allowed = allowed;
}

void Tree::look_at_threads(std::int64_t pid) {
  const std::string tasks = text("/proc/{}/task", pid);
  std::int64_t running = 0;
  if (threads_.size() > kMostKnown / 2)  // those that ran least, gone or not: they are seen again
    std::erase_if(threads_, [](const auto& thread) { return thread.second.run < 10'000'000; });
  for (const std::int64_t tid : numbered(tasks, kMostKnown)) {
    const std::string folder = text("{}/{}/", tasks, tid);
    const auto sched = parse_schedstat(machine::read_small(folder + "schedstat"));
    if (!sched) continue;
    if (threads_.size() >= kMostKnown && !threads_.contains(tid)) continue;
    Thread& thread = threads_[tid];
    if (thread.tid == 0 || thread.pid != pid) {
      std::string name = machine::read_small(folder + "comm");
      if (name.ends_with('\n')) name.pop_back();
      thread = {pid, tid, name, 0, 0};
    }
    // It ran or wanted to since the last look: a tenth of a millisecond is more than a wake-up.
    constexpr Ns kBusy = 100'000;
    if (sched->run + sched->queued - thread.run - thread.queued > kBusy) ++running;
    thread.run = sched->run, thread.queued = sched->queued;
  }
  if (const auto process = tree_.find(pid); process != tree_.end())
    process->second.running = std::max(process->second.running, running);
}

void Tree::look_at_end(Ns now) {
  if (const auto stat = parse_stat(machine::read_small(text("/proc/{}/stat", root_))))
    update(root_, *stat, now);
}

std::vector<Process> Tree::processes() const {
  std::vector<Process> list;
  for (const auto& [pid, process] : tree_) list.push_back(process);
  keep_most(list, kMostProcesses, [this](const Process& process) {
    return process.pid == root_ ? INT64_MAX : process.user + process.system;
  });
  return list;
}

std::vector<std::string> Tree::alive() const {
  std::vector<std::string> names;
  for (const std::int64_t pid : alive_)
    if (const auto process = tree_.find(pid); process != tree_.end()) names.push_back(process->second.name);
  return names;
}

std::vector<Thread> Tree::threads() const {
  std::vector<Thread> list;
  for (const auto& [tid, thread] : threads_) list.push_back(thread);
  keep_most(list, kMostThreads, [](const Thread& thread) { return thread.run + thread.queued; });
  return list;
}

std::vector<Rival> Tree::rivals() const {
  std::vector<Rival> list;
  for (const auto& [pid, stranger] : strangers_)
    if (stranger.last > stranger.first) list.push_back({stranger.name, pid, stranger.last - stranger.first});
  keep_most(list, kMostRivals, &Rival::cpu);
  return list;
}

}  // namespace vivace::doctor
