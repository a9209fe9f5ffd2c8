// Strings that a model knows: their bytes one after another, and where each begins. Two ordinary constants,
// so that a file may hold them; nothing in it is believed without a look.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "graph/op.h"

namespace vivace {

/// Entries of a vocabulary, at most; their numbers fit 32 bits.
inline constexpr std::int64_t kMostEntries = 0x7fffffff;

class Vocabulary {
 public:
  Vocabulary() = default;
  /// uint8 [size], int64 [entries + 1].
  Vocabulary(const TensorView& bytes, const TensorView& offsets)
      : bytes_(bytes.as<char>(), static_cast<std::size_t>(bytes.count())),
        offsets_(offsets.as<std::int64_t>(), static_cast<std::size_t>(offsets.count())) {}

  std::int64_t count() const { return static_cast<std::int64_t>(offsets_.size()) - 1; }
  /// Entry i, from 0 to count() - 1; empty where the offsets are no places of the bytes.
  std::string_view operator[](std::int64_t i) const {
    const auto begin = static_cast<std::uint64_t>(offsets_[static_cast<std::size_t>(i)]);
    const auto end = static_cast<std::uint64_t>(offsets_[static_cast<std::size_t>(i) + 1]);
    return begin <= end && end <= bytes_.size() ? bytes_.substr(begin, end - begin) : std::string_view();
  }

 private:
  std::string_view bytes_;
  std::span<const std::int64_t> offsets_;
};

/// infer()'s check of the two constants: known while the graph is built, of their types and rank, the offsets
/// ascending and inside. Errors: op.inputs, op.dtype, op.rank, op.shape.
Status require_vocabulary(std::string_view op, const Fact& bytes, const Fact& offsets);

}  // namespace vivace
