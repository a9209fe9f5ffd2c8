#include "doctor/collect/sampler.h"

#include <linux/perf_event.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>

#include "base/text.h"
#include "doctor/collect/proc.h"

namespace vivace::doctor {
namespace {

// A prime near 200 Hz: in step with nothing, and measured to cost nothing that shows.
constexpr std::uint64_t kPeriod_ns = 5'025'125;
constexpr std::size_t kPages = 32;  // a power of two
constexpr std::size_t kPage = 4096;
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

template <class T>
T read_as(const unsigned char* bytes) {
  T value;
  std::memcpy(&value, bytes, sizeof value);
  return value;
}

}  // namespace

Sampler::~Sampler() {
  for (const int file : joined_) ::close(file);
  for (const Buffer& buffer : buffers_) {
    ::munmap(buffer.memory, (1 + kPages) * kPage);
    ::close(buffer.file);
  }
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
    void* const memory = ::mmap(nullptr, (1 + kPages) * kPage, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (memory == MAP_FAILED) {
      ::close(file);
      return text("the buffer of perf events: {}", std::strerror(errno));
    }
    buffers_.push_back({file, memory, processor});
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
    ::ioctl(file, PERF_EVENT_IOC_SET_OUTPUT, buffer.file);
  }
}

void Sampler::drain(std::vector<Sample>& samples) {
  for (const Buffer& buffer : buffers_) drain(buffer, samples);
}

void Sampler::drain(const Buffer& buffer, std::vector<Sample>& samples) {
  auto* const head = static_cast<perf_event_mmap_page*>(buffer.memory);
  const unsigned char* const data = static_cast<unsigned char*>(buffer.memory) + kPage;
  const std::uint64_t written = std::atomic_ref(head->data_head).load(std::memory_order_acquire);
  std::uint64_t read = head->data_tail;
  constexpr std::size_t kBytes = kPages * kPage;
  unsigned char record[4096];
  while (read < written) {
    const auto part = [&](std::uint64_t from, std::size_t size) {  // it may go around the end
      for (std::size_t i = 0; i < size; ++i) record[i] = data[(from + i) % kBytes];
    };
    part(read, sizeof(perf_event_header));
    const std::size_t size = read_as<perf_event_header>(record).size;
    if (size < sizeof(perf_event_header)) break;
    if (size <= sizeof record) {
      part(read, size);
      take(record, size, samples);
    }
    read += size;
  }
  std::atomic_ref(head->data_tail).store(written, std::memory_order_release);
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
