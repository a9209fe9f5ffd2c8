// Memory for arenas and packed weights: zeroed, aligned to 64 bytes, readable 64 bytes past its end.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <new>
#include <span>

namespace vivace {

inline constexpr std::size_t kAlignment = 64;  // one cache line, one AVX-512 register

/// Rounds up to a multiple of kAlignment.
constexpr std::size_t aligned(std::size_t bytes) { return (bytes + kAlignment - 1) & ~(kAlignment - 1); }

class AlignedBuffer {
 public:
  AlignedBuffer() = default;
  /// Throws std::bad_alloc, which api/ catches.
  explicit AlignedBuffer(std::size_t bytes)
      : data_(static_cast<std::byte*>(
            ::operator new (aligned(bytes) + kAlignment, std::align_val_t{kAlignment}))),
        size_(bytes) {
    std::memset(data_.get(), 0, aligned(bytes) + kAlignment);
  }

  std::byte* data() const { return data_.get(); }
  std::size_t size() const { return size_; }
  std::span<std::byte> span() const { return {data_.get(), size_}; }

 private:
  struct Free {
    void operator()(std::byte* p) const { ::operator delete (p, std::align_val_t{kAlignment}); }
  };
  std::unique_ptr<std::byte, Free> data_;
  std::size_t size_ = 0;
};

}  // namespace vivace
