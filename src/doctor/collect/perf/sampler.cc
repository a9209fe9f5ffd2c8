#include "doctor/collect/perf/sampler.h"

#include <linux/perf_event.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/text.h"
#include "doctor/collect/proc.h"

namespace vivace::doctor {
namespace {

// A prime near 200 Hz: in step with nothing, and measured to cost nothing that shows.
constexpr std::uint64_t kPeriod_ns = 5'025'125;
constexpr std::size_t kPages = 32;  // a power of two
constexpr std::size_t kMostProcessors = 256;
constexpr std::size_t kMostThreadsJoined = 128, kMostJoined = 512;  // of a process that runs already

int open_event(std::int64_t pid, int processor, bool kernel, bool runs) {
  perf_event_attr attr{};
  attr.size = sizeof attr;
  attr.type = PERF_TYPE_SOFTWARE;
  attr.config = PERF_COUNT_SW_CPU_CLOCK;
  attr.sample_period = kPeriod_ns;
  attr.sample_type = PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_TIME;
  attr.disabled = runs ? 0 : 1;
  attr.enable_on_exec = runs ? 0 : 1;
  attr.inherit = 1;
  attr.mmap = 1;
  attr.exclude_kernel = kernel ? 0 : 1;
  attr.exclude_hv = 1;
  attr.use_clockid = 1;
  attr.clockid = CLOCK_MONOTONIC;
  return static_cast<int>(
      ::syscall(SYS_perf_event_open, &attr, static_cast<pid_t>(pid), processor, -1, PERF_FLAG_FD_CLOEXEC));
}

}  // namespace

Sampler::~Sampler() {
  for (const int file : joined_) ::close(file);
}

std::string Sampler::begin(std::int64_t pid, bool runs, Ns origin, int processors) {
  origin_ = origin;
  if (static_cast<std::size_t>(processors) > kMostProcessors) return "there are too many processors";
  sees_kernel_ = true;
  int file = open_event(pid, 0, true, runs);
  if (file < 0) {
    sees_kernel_ = false;
    file = open_event(pid, 0, false, runs);
  }
  if (file < 0) return text("perf_event_open: {}", std::strerror(errno));
  ::close(file);
  for (int processor = 0; processor < processors; ++processor) {
    file = open_event(pid, processor, sees_kernel_, runs);
    if (file < 0) continue;  // a processor that is switched off
    PerfRing ring(file, kPages);
    if (!ring.works()) return text("the buffer of perf events: {}", std::strerror(errno));
    buffers_.push_back({std::move(ring), processor});
  }
  if (runs)
    for (const std::int64_t thread : numbered(text("/proc/{}/task", pid), kMostThreadsJoined))
      if (thread != pid) join(thread, runs);
  return {};
}

// An event sees the thread that it was opened for and what that starts later, and no other that runs already.
void Sampler::join(std::int64_t thread, bool runs) {
  for (const Buffer& buffer : buffers_) {
    if (joined_.size() >= kMostJoined) return;
    const int file = open_event(thread, buffer.processor, sees_kernel_, runs);
    if (file < 0) return;
    joined_.push_back(file);
    ::ioctl(file, PERF_EVENT_IOC_SET_OUTPUT, buffer.ring.file());
  }
}

void Sampler::drain(std::vector<Sample>& samples) {
  for (const Buffer& buffer : buffers_)
    buffer.ring.drain([&](const unsigned char* record, std::size_t size) { take(record, size, samples); });
}

void Sampler::take(const unsigned char* record, std::size_t size, std::vector<Sample>& samples) {
  const auto header = read_as<perf_event_header>(record);
  const unsigned char* const body = record + sizeof header;
  if (header.type == PERF_RECORD_MMAP && size > sizeof header + 32) {
    const char* const file = reinterpret_cast<const char*>(body + 32);
    const std::size_t most = size - sizeof header - 32;
    code_.add(read_as<std::uint32_t>(body), read_as<std::uint64_t>(body + 8),
              read_as<std::uint64_t>(body + 16), {file, ::strnlen(file, most)});
  } else if (header.type == PERF_RECORD_SAMPLE && size >= sizeof header + 24) {
    Sample sample;
    sample.pid = read_as<std::uint32_t>(body + 8);
    sample.tid = read_as<std::uint32_t>(body + 12);
    sample.at = static_cast<Ns>(read_as<std::uint64_t>(body + 16)) - origin_;
    const auto address = read_as<std::uint64_t>(body);
    if ((header.misc & PERF_RECORD_MISC_CPUMODE_MASK) == PERF_RECORD_MISC_KERNEL) {
      sample.library = CodeMap::kKernel;
    } else {
      sample.library = code_.find(sample.pid, address);
      if (sample.library == CodeMap::kUnknown && code_.read_maps(sample.pid))
        sample.library = code_.find(sample.pid, address);
    }
    samples.push_back(sample);
  }
}

}  // namespace vivace::doctor
