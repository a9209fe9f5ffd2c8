#include "base/memory/aligned_buffer.h"

#include <sys/mman.h>

#include <cstdint>
#include <cstring>
#include <new>

namespace vivace {
namespace {

// From here on memory is mapped in huge pages, where the system has them: a page of 4 KB costs about half a
// microsecond when it is first touched, which for 500 MB of weights is more than packing them.
constexpr std::size_t kHugePage = std::size_t{2} << 20;

// Zeroed, and aligned to a huge page.
std::byte* map_huge(std::size_t bytes) {
  void* const all = ::mmap(nullptr, bytes + kHugePage, PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (all == MAP_FAILED) throw std::bad_alloc();
  auto* const begin = static_cast<std::byte*>(all);
  const std::size_t before = -reinterpret_cast<std::uintptr_t>(begin) % kHugePage;
  if (before != 0) ::munmap(begin, before);
  ::munmap(begin + before + bytes, kHugePage - before);
  ::madvise(begin + before, bytes, MADV_HUGEPAGE);
  return begin + before;
}

}  // namespace

AlignedBuffer::AlignedBuffer(std::size_t bytes) : size_(bytes) {
  if (bytes > SIZE_MAX / 2) throw std::bad_alloc();
  const std::size_t whole = aligned(bytes) + kAlignment;
  if (whole >= kHugePage) {
    const std::size_t mapped = (whole + kHugePage - 1) / kHugePage * kHugePage;
    data_ = {map_huge(mapped), FreeBuffer{mapped}};
    return;
  }
  data_ = {static_cast<std::byte*>(::operator new (whole, std::align_val_t{kAlignment})), FreeBuffer{}};
  std::memset(data_.get(), 0, whole);
}

void FreeBuffer::operator()(std::byte* p) const noexcept {
  if (mapped != 0)
    ::munmap(p, mapped);
  else
    ::operator delete (p, std::align_val_t{kAlignment});
}

}  // namespace vivace
