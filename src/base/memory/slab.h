// Memory for many buffers that live about as long as each other, in few large pieces: pages of their own for
// each would cost more than what is written to them.
#pragma once

#include <memory>
#include <mutex>

#include "base/memory/aligned_buffer.h"

namespace vivace {

/// Safe to use by several threads at once.
class Slab {
 public:
  /// So many bytes will be taken, as far as one knows: they become one piece.
  void expect(std::size_t bytes);
  /// Zeroed, aligned and readable past the end like an AlignedBuffer. A piece of memory is given back when
  /// nobody holds any of its buffers. Throws std::bad_alloc.
  std::shared_ptr<std::byte> take(std::size_t bytes);

 private:
  std::mutex mutex_;
  std::shared_ptr<const AlignedBuffer> piece_;
  std::size_t used_ = 0;   // bytes of it
  std::size_t total_ = 0;  // bytes of all pieces
  std::size_t expected_ = 0;
};

}  // namespace vivace
