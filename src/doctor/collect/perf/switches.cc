#include "doctor/collect/perf/switches.h"

#include <sys/syscall.h>
#include <time.h>

#include <algorithm>
#include <bit>

namespace vivace::doctor {
namespace {

constexpr std::size_t kPages = 16;                               // some 2000 records between two looks
constexpr std::uint32_t kOut = 1u << 13, kPreempted = 1u << 14;  // PERF_RECORD_MISC_SWITCH_OUT, _PREEMPT

int open_event(std::int64_t thread) {
  perf_event_attr attr{};
  attr.size = sizeof attr;
  attr.type = PERF_TYPE_SOFTWARE;
  attr.config = PERF_COUNT_SW_DUMMY;
  attr.sample_type = PERF_SAMPLE_TID | PERF_SAMPLE_TIME;
  attr.sample_id_all = 1;
  attr.context_switch = 1;
  attr.exclude_kernel = attr.exclude_hv = 1;
  attr.use_clockid = 1;
  attr.clockid = CLOCK_MONOTONIC;
  return static_cast<int>(
      ::syscall(SYS_perf_event_open, &attr, static_cast<pid_t>(thread), -1, -1, PERF_FLAG_FD_CLOEXEC));
}

}  // namespace

void SwitchRecords::follow(std::int64_t thread) {
  if (thread == thread_) return;
  drain();
  thread_ = thread;
  left_.reset();
  ring_ = PerfRing();
  const int file = open_event(thread);
  if (file >= 0) ring_ = PerfRing(file, kPages);
  told_.seen |= ring_.works();
}

void SwitchRecords::drain() {
  ring_.drain([this](const unsigned char* record, std::size_t size) { count(record, size); });
}

void SwitchRecords::count(const unsigned char* record, std::size_t size) {
  const auto header = read_as<perf_event_header>(record);
  const unsigned char* const body = record + sizeof header;
  if (header.type == PERF_RECORD_LOST && size >= sizeof header + 16) {
    told_.lost += static_cast<std::int64_t>(read_as<std::uint64_t>(body + 8));
    left_.reset();
  }
  if (header.type != PERF_RECORD_SWITCH || size < sizeof header + 16) return;
  const auto when = static_cast<Ns>(read_as<std::uint64_t>(body + 8));
  if (header.misc & kOut) {
    ++told_.count;
    told_.preempted += (header.misc & kPreempted) != 0;
    left_ = when;
  } else if (left_) {
    const Ns off = std::max<Ns>(0, when - *left_);
    left_.reset();
    told_.off += off, told_.most = std::max(told_.most, off);
    const auto bin = std::min<std::size_t>(
        kLatencyBins - 1, static_cast<std::size_t>(std::bit_width(static_cast<std::uint64_t>(off / 125))));
    if (told_.times.size() <= bin) told_.times.resize(bin + 1);
    ++told_.times[bin];
  }
}

Switches SwitchRecords::take() {
  drain();
  return std::move(told_);
}

}  // namespace vivace::doctor
