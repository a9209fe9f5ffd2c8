// The buffer through which the kernel hands over perf records, mapped beside the event's own page.
#pragma once

#include <linux/perf_event.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <utility>

namespace vivace::doctor {

template <class T>
T read_as(const unsigned char* bytes) {
  T value;
  std::memcpy(&value, bytes, sizeof value);
  return value;
}

class PerfRing {
 public:
  PerfRing() = default;
  /// Takes the event. `pages` is a power of two. What cannot be mapped is no ring.
  PerfRing(int file, std::size_t pages) : file_(file), pages_(pages) {
    memory_ = ::mmap(nullptr, (1 + pages) * kPage, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (memory_ == MAP_FAILED) memory_ = nullptr;
  }
  ~PerfRing() {
    if (memory_) ::munmap(memory_, (1 + pages_) * kPage);
    if (file_ >= 0) ::close(file_);
  }
  PerfRing(PerfRing&& other) noexcept { *this = std::move(other); }
  PerfRing& operator=(PerfRing&& other) noexcept {
    std::swap(file_, other.file_), std::swap(memory_, other.memory_), std::swap(pages_, other.pages_);
    return *this;
  }

  bool works() const { return memory_ != nullptr; }
  int file() const { return file_; }

  /// take(record, size) for each that came since the last call; those beyond 4 KB are passed over.
  template <class F>
  void drain(F take) const {
    if (!memory_) return;
    auto* const head = static_cast<perf_event_mmap_page*>(memory_);
    const unsigned char* const data = static_cast<unsigned char*>(memory_) + kPage;
    const std::uint64_t written = std::atomic_ref(head->data_head).load(std::memory_order_acquire);
    std::uint64_t read = head->data_tail;
    const std::size_t bytes = pages_ * kPage;
    unsigned char record[4096];
    while (read < written) {
      const auto part = [&](std::size_t size) {  // it may go around the end
        const std::size_t from = read % bytes, first = std::min(size, bytes - from);
        std::memcpy(record, data + from, first);
        std::memcpy(record + first, data, size - first);
      };
      part(sizeof(perf_event_header));
      const std::size_t size = read_as<perf_event_header>(record).size;
      if (size < sizeof(perf_event_header)) break;
      if (size <= sizeof record) {
        part(size);
        take(record, size);
      }
      read += size;
    }
    std::atomic_ref(head->data_tail).store(written, std::memory_order_release);
  }

 private:
  static constexpr std::size_t kPage = 4096;

  int file_ = -1;
  void* memory_ = nullptr;
  std::size_t pages_ = 0;
};

}  // namespace vivace::doctor
