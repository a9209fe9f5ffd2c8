#include "doctor/collect/focus.h"

#include <algorithm>
#include <ranges>
#include <utility>

#include "base/text.h"
#include "machine/fields.h"
#include "machine/small_file.h"

namespace vivace::doctor {

Focus::Focus(std::int64_t root, std::vector<machine::CgroupState> quotas, Ns began)
    : looked_(began), quotas_(std::move(quotas)) {
  turn_to(root);
  throttled_since();
}

void Focus::turn_to(std::int64_t pid) {
  pid_ = pid;
  const std::string thread = text("/proc/{0}/task/{0}/", pid);
  stat_ = ProcFile(thread + "stat");
  schedstat_ = ProcFile(thread + "schedstat");
  syscall_ = ProcFile(thread + "syscall");
  group_ = ProcFile(text("/proc/{}/stat", pid));
  status_ = ProcFile(thread + "status");
  ran_ = false;
  yielded_ = -1, running_off_ = 0;
  last_ = {};
  if (const auto sched = parse_schedstat(schedstat_.read())) last_.sched = *sched;
  if (const auto stat = parse_stat(stat_.read())) {
    last_.system = stat->system;
    last_.minor_faults = stat->minor_faults, last_.major_faults = stat->major_faults;
  }
  if (const auto group = parse_stat(group_.read())) last_.group = group->user + group->system;
  group_run_ = 0;
}

Ns Focus::throttled_since() {
  Ns most = 0;
  for (const machine::CgroupState& group : quotas_)
    if (const auto now = machine::read_throttled_ns(group)) most = std::max(most, *now);
  const Ns since = std::max<Ns>(0, most - throttled_);
  throttled_ = std::max(throttled_, most);
  return since;
}

void Focus::look(Ns now, const Ring& ring) {
  Slice part;
  part.start = looked_, part.end = std::max(now, looked_);
  looked_ = part.end;
  const auto stat = parse_stat(stat_.read());
  const auto sched = parse_schedstat(schedstat_.read());
  const bool gone = !stat || stat->state == 'Z' || stat->state == 'X';
  std::optional<Blocked> blocked;
  if (sched) {
    part.run = std::max<Ns>(0, sched->run - last_.sched.run);
    part.queued = std::max<Ns>(0, sched->queued - last_.sched.queued);
    last_.sched = *sched;
  }
  if (stat) {
    part.system = std::max<Ns>(0, stat->system - last_.system);
    part.minor_faults = std::max<std::int64_t>(0, stat->minor_faults - last_.minor_faults);
    part.major_faults = std::max<std::int64_t>(0, stat->major_faults - last_.major_faults);
    last_.system = stat->system;
    last_.minor_faults = stat->minor_faults, last_.major_faults = stat->major_faults;
    if (!gone) blocked = blocked_in(syscall_.read(), stat->state);
  }
  // The kernel tells the group's time in ticks: what is beside the thread's own is carried until it shows.
  if (const auto group = parse_stat(group_.read())) {
    group_run_ += group->user + group->system - last_.group - part.run;
    last_.group = group->user + group->system;
    part.others_run = std::max<Ns>(0, group_run_);
    group_run_ -= part.others_run;
  }
  part.throttled = quotas_.empty() ? 0 : throttled_since();
  Ns off = part.end - part.start - part.run - part.queued;
  if (stat && stat->state == 'R' && !blocked) {
    if (const Ns stolen = running_yet_off(off); stolen > 0) blocked = Blocked::stolen, off = stolen;
  } else {
    ran_ = false;
    running_off_ = std::min<Ns>(0, running_off_) + std::min<Ns>(0, off);
  }
  waiting_.push_back({part, blocked, off, {}});
  settle(part.end - kLate, ring);
  follow_children(blocked, gone);
}

// A thread that runs at all looks and never gave its processor up, and yet did not run all the time by the
// kernel's account: the time that a host takes back, and interrupts, are in neither of its clocks. Those go
// by ticks, and are late by one: what is told here is what does not come back.
Ns Focus::running_yet_off(Ns off) {
  constexpr Ns kTicks = 10'000'000;
  running_off_ =
      std::exchange(ran_, true) ? running_off_ + off : std::min<Ns>(0, running_off_) + std::min<Ns>(0, off);
  if (running_off_ < kTicks) return 0;
  const std::int64_t yielded = machine::field(status_.read(), "voluntary_ctxt_switches:");
  const Ns stolen = std::exchange(running_off_, 0);
  return std::exchange(yielded_, yielded) == yielded ? stolen : 0;
}

// A process that waits for a child is as slow as the child: a shell, a launcher. When the child is gone, the
// process above is looked at again.
void Focus::follow_children(const std::optional<Blocked>& blocked, bool gone) {
  if (gone && !above_.empty()) {
    const std::int64_t parent = above_.back();
    above_.pop_back();
    return turn_to(parent);
  }
  constexpr std::size_t kDeepest = 16;
  if (blocked != Blocked::child || above_.size() >= kDeepest) return;
  const std::string children = machine::read_small(text("/proc/{0}/task/{0}/children", pid_));
  std::int64_t busiest = 0;
  Ns most = -1;
  for (const std::string_view word : split(children, ' ')) {
    const std::int64_t pid = machine::number_at_start(word);
    const auto stat = parse_stat(machine::read_small(text("/proc/{}/stat", pid)));
    if (pid <= 0 || !stat || stat->state == 'Z' || stat->user + stat->system <= most) continue;
    most = stat->user + stat->system;
    busiest = pid;
  }
  if (busiest == 0) return;
  above_.push_back(pid_);
  turn_to(busiest);
}

void Focus::count(const Sample& sample, Code code) {
  for (Waiting& part : waiting_ | std::views::reverse) {
    if (part.part.start > sample.at && &part != &waiting_.front()) continue;
    part.samples.emplace_back(sample.at, code);
    return;
  }
}

void Focus::settle(Ns until, const Ring& ring) {
  for (; !waiting_.empty() && waiting_.front().part.end <= until; waiting_.pop_front()) {
    Waiting& front = waiting_.front();
    Slice& part = front.part;
    ring.add_phases(part.start, part.end, Phase::run, part.phase);
    if (front.blocked && front.off > 0)
      part.blocked[at(ring.at(part.end, Phase::run))][at(*front.blocked)] = front.off;
    for (const auto& [when, code] : front.samples) ++part.samples[at(ring.at(when, Phase::run))][at(code)];
    slices_.add(part);
  }
}

std::vector<Slice> Focus::take(const Ring& ring) {
  settle(looked_, ring);
  return slices_.take();
}

}  // namespace vivace::doctor
