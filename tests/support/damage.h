// Damaged copies of a file: what every reader must survive with a value or a typed error.
#pragma once

#include <algorithm>
#include <cstddef>
#include <random>
#include <vector>

#include "base/bytes.h"

namespace vivace {

/// Calls `read` with every truncation of `file` (at most `cuts` of them, evenly spread) and with `flips`
/// copies in which one to four bytes differ. Same seed, same damage. Each copy is its own allocation, so that
/// the address sanitizer sees a read past its end.
template <class Read>
void for_each_damaged(Bytes file, Read read, std::size_t cuts = 400, std::size_t flips = 600,
                      unsigned seed = 1) {
  const std::size_t step = std::max<std::size_t>(1, file.size() / cuts);
  for (std::size_t size = 0; size < file.size(); size += step) {
    const std::vector<std::byte> cut(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(size));
    read(Bytes(cut));
  }
  std::minstd_rand random(seed);
  for (std::size_t i = 0; i < flips; ++i) {
    std::vector<std::byte> copy(file.begin(), file.end());
    for (std::size_t n = 1 + random() % 4; n > 0; --n) {
      constexpr unsigned char kTelling[] = {0x00, 0x01, 0x7f, 0x80, 0xff};
      const std::size_t at = random() % copy.size();
      const unsigned choice = random() % 8;
      copy[at] = choice < 5 ? std::byte{kTelling[choice]} : copy[at] ^ std::byte(1u << (random() % 8));
    }
    read(Bytes(copy));
  }
}

}  // namespace vivace
