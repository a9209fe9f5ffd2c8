#include "machine/core_caches.h"

#include <cpuid.h>

#include <cstdint>

namespace vivace::machine {
namespace {

// Leaves that list caches one by one: Intel's, and AMD's in the same form.
constexpr std::uint32_t kIntelLeaf = 4, kAmdLeaf = 0x8000001d;
constexpr std::uint32_t kMostCaches = 8;

bool read_from(std::uint32_t leaf, CoreCaches& caches) {
  bool any = false;
  for (std::uint32_t part = 0; part < kMostCaches; ++part) {
    std::uint32_t a = 0, b = 0, c = 0, d = 0;
    if (__get_cpuid_count(leaf, part, &a, &b, &c, &d) == 0) return any;
    constexpr std::uint32_t kNone = 0, kCode = 2;
    const std::uint32_t kind = a & 0x1f, level = (a >> 5) & 7;
    if (kind == kNone) return any;
    // Ways, partitions, line size and sets, each less one.
    const std::size_t bytes =
        std::size_t{(b >> 22) + 1} * (((b >> 12) & 0x3ff) + 1) * ((b & 0xfff) + 1) * (std::size_t{c} + 1);
    if (kind == kCode || bytes < 1024) continue;
    if (level == 1) caches.l1_bytes = bytes;
    if (level == 2) caches.l2_bytes = bytes;
    any = true;
  }
  return any;
}

}  // namespace

// Intel's manual, volume 2, CPUID, leaf 4; AMD's, volume 3, function 8000_001Dh.
CoreCaches read_core_caches() {
  CoreCaches caches;
  if (!read_from(kIntelLeaf, caches)) read_from(kAmdLeaf, caches);
  return caches;
}

}  // namespace vivace::machine
