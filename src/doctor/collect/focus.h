// Follows the critical thread: the main thread of the program, or of the child that it waits for.
#pragma once

#include <deque>
#include <optional>

#include "doctor/collect/perf/sampler.h"
#include "doctor/collect/proc.h"
#include "doctor/collect/ring.h"
#include "doctor/collect/slices.h"
#include "machine/cgroups.h"

namespace vivace::doctor {

class Focus {
 public:
  /// `quotas`: groups with a limit on processor time. The time line begins at `began`.
  Focus(std::int64_t root, std::vector<machine::CgroupState> quotas, Ns began);

  /// Takes the stretch since the last look.
  void look(Ns now, const Ring& ring);
  /// Counts a sample of the running thread.
  void count(const Sample& sample, Code code);

  std::int64_t pid() const { return pid_; }
  bool is(const Sample& sample) const { return sample.tid == pid_; }
  std::vector<Slice> take(const Ring& ring);

 private:
  // The Python part tells of calls in a tight loop late, up to Pace.STRETCH: so long a part waits for its
  // phases.
  static constexpr Ns kLate = 60'000'000;
  struct Waiting {
    Slice part;
    std::optional<Blocked> blocked;
    Ns off = 0;
    std::vector<std::pair<Ns, Code>> samples;
  };
  struct Totals {
    SchedStat sched;
    Ns system = 0, group = 0;
    std::int64_t minor_faults = 0, major_faults = 0;
  };
  void turn_to(std::int64_t pid);
  void follow_children(const std::optional<Blocked>& blocked, bool gone);
  Ns throttled_since();
  void settle(Ns until, const Ring& ring);
  Ns running_yet_off(Ns off);

  std::int64_t pid_ = 0;
  std::vector<std::int64_t> above_;  // processes that wait for the one we look at
  ProcFile stat_{""}, schedstat_{""}, syscall_{""}, group_{""}, status_{""};
  Totals last_;
  bool ran_ = false;           // at the last look
  Ns running_off_ = 0;         // while it ran at every look: time that its clocks did not count
  std::int64_t yielded_ = -1;  // times that it gave up its processor, when last asked
  Ns group_run_ = 0;           // the group's processor time beside the thread's, not yet given to a slice
  Ns looked_, throttled_ = 0;
  std::vector<machine::CgroupState> quotas_;
  std::deque<Waiting> waiting_;
  Slices slices_;
};

}  // namespace vivace::doctor
