#include "base/memory/slab.h"

#include <algorithm>
#include <utility>

namespace vivace {
namespace {

// Each piece is as large as all before it: little is left over, and large pieces get huge pages.
constexpr std::size_t kLeastPiece = 16 << 10, kMostPiece = 16 << 20;

}  // namespace

void Slab::expect(std::size_t bytes) {
  const std::lock_guard lock(mutex_);
  expected_ = aligned(bytes);
}

std::shared_ptr<std::byte> Slab::take(std::size_t bytes) {
  const std::size_t whole = aligned(bytes);
  const std::lock_guard lock(mutex_);
  if (!piece_ || whole > piece_->size() - used_) {
    const std::size_t expected = std::exchange(expected_, 0);
    const std::size_t size =
        std::max(whole, expected != 0 ? expected : std::clamp(total_, kLeastPiece, kMostPiece));
    auto piece = std::make_shared<const AlignedBuffer>(size);
    // What is larger than a piece gets one of its own, and leaves the present one to others.
    if (whole == size && size > kMostPiece) return {piece, piece->data()};
    piece_ = std::move(piece);
    used_ = 0;
    total_ += size;
  }
  std::byte* const data = piece_->data() + used_;
  used_ += whole;
  return {piece_, data};
}

}  // namespace vivace
