#include "doctor/collect/ring.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstring>

namespace vivace::doctor {
namespace {

constexpr std::size_t kHead = 2 * sizeof(std::uint64_t), kEntry = 2 * sizeof(std::uint64_t);
constexpr std::size_t kBytes = kHead + kRingEntries * kEntry;

std::uint64_t word_at(const unsigned char* memory) {
  std::uint64_t word = 0;
  std::memcpy(&word, memory, sizeof word);
  return word;
}

}  // namespace

bool Ring::create(const std::filesystem::path& path, Ns origin) {
  origin_ = origin;
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) return false;
  void* memory = MAP_FAILED;
  if (::ftruncate(file, kBytes) == 0) memory = ::mmap(nullptr, kBytes, PROT_READ, MAP_SHARED, file, 0);
  ::close(file);
  if (memory == MAP_FAILED) return false;
  memory_ = static_cast<const unsigned char*>(memory);
  return true;
}

Ring::~Ring() {
  if (memory_) ::munmap(const_cast<unsigned char*>(memory_), kBytes);
}

void Ring::drain() {
  if (!memory_) return;
  const std::uint64_t written = word_at(memory_);
  std::atomic_thread_fence(std::memory_order_acquire);
  // A number that no program writes in its life is no count: the memory belongs to the program.
  if (written < read_ || written > (std::uint64_t{1} << 48)) return;
  own_thread_ = static_cast<std::int64_t>(word_at(memory_ + sizeof(std::uint64_t)));
  if (written - read_ > kRingEntries) read_ = written - kRingEntries;
  for (; read_ < written; ++read_) {
    const unsigned char* entry = memory_ + kHead + read_ % kRingEntries * kEntry;
    const Ns at = static_cast<Ns>(word_at(entry)) - origin_;
    const std::uint64_t phase = word_at(entry + sizeof(std::uint64_t));
    if (phase >= kPhases || at < 0 || (!recent_.empty() && at < recent_.back().at)) continue;
    recent_.push_back({at, static_cast<Phase>(phase)});
  }
}

Phase Ring::at(Ns when, Phase otherwise) const {
  const auto after = std::ranges::upper_bound(recent_, when, {}, &Transition::at);
  return after == recent_.begin() ? otherwise : std::prev(after)->phase;
}

void Ring::add_phases(Ns from, Ns to, Phase otherwise, std::array<Ns, kPhases>& phases) const {
  auto next = std::ranges::upper_bound(recent_, from, {}, &Transition::at);
  Phase phase = at(from, otherwise);
  while (from < to) {
    const Ns until = next == recent_.end() ? to : std::min(to, next->at);
    phases[doctor::at(phase)] += until - from;
    from = until;
    if (next != recent_.end() && from == next->at) phase = next++->phase;
  }
}

void Ring::forget_before(Ns when) {
  const auto after = std::ranges::upper_bound(recent_, when, {}, &Transition::at);
  if (after - recent_.begin() > 1) recent_.erase(recent_.begin(), std::prev(after));
}

}  // namespace vivace::doctor
