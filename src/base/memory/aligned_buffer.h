// Memory for arenas and packed weights: zeroed, aligned to 64 bytes, readable 64 bytes past its end.
#pragma once

#include <cstddef>
#include <memory>
#include <span>

namespace vivace {

inline constexpr std::size_t kAlignment = 64;  // one cache line, one AVX-512 register

/// Rounds up to a multiple of kAlignment.
constexpr std::size_t aligned(std::size_t bytes) { return (bytes + kAlignment - 1) & ~(kAlignment - 1); }

struct FreeBuffer {
  std::size_t mapped = 0;  // bytes that came from mmap, or 0 where they came from operator new
  void operator()(std::byte* p) const noexcept;
};

class AlignedBuffer {
 public:
  AlignedBuffer() = default;
  /// Throws std::bad_alloc, which api/ catches.
  explicit AlignedBuffer(std::size_t bytes);

  std::byte* data() const { return data_.get(); }
  std::size_t size() const { return size_; }
  std::span<std::byte> span() const { return {data_.get(), size_}; }

 private:
  std::unique_ptr<std::byte, FreeBuffer> data_;
  std::size_t size_ = 0;
};

}  // namespace vivace
