#include "machine/core_caches.h"

#include <cpuid.h>

#include <algorithm>
#include <cstdint>

namespace vivace::machine {
namespace {

// Leaves that list caches one by one: Intel's, and AMD's in the same form.
constexpr std::uint32_t kIntelLeaf = 4, kAmdLeaf = 0x8000001d;
constexpr std::uint32_t kMostCaches = 8;

std::vector<Cache> read_from(std::uint32_t leaf) {
  std::vector<Cache> caches;
  // Once: each question costs microseconds under a hypervisor.
  if (__get_cpuid_max(leaf & 0x80000000, nullptr) < leaf) return caches;
  for (std::uint32_t part = 0; part < kMostCaches; ++part) {
    std::uint32_t a = 0, b = 0, c = 0, d = 0;
    __cpuid_count(leaf, part, a, b, c, d);
    constexpr std::uint32_t kNone = 0, kCode = 2;
    const std::uint32_t kind = a & 0x1f, level = (a >> 5) & 7;
    if (kind == kNone) return caches;
    // Ways, partitions, line size and sets, each less one.
    const std::size_t bytes =
        std::size_t{(b >> 22) + 1} * (((b >> 12) & 0x3ff) + 1) * ((b & 0xfff) + 1) * (std::size_t{c} + 1);
    if (kind != kCode && bytes >= 1024) caches.push_back({static_cast<int>(level), bytes});
  }
  return caches;
}

}  // namespace

// Intel's manual, volume 2, CPUID, leaf 4; AMD's, volume 3, function 8000_001Dh.
std::vector<Cache> read_caches() {
  std::vector<Cache> caches = read_from(kIntelLeaf);
  if (caches.empty()) caches = read_from(kAmdLeaf);
  std::ranges::sort(caches, {}, &Cache::level);
  return caches;
}

CoreCaches read_core_caches() {
  CoreCaches core;
  for (const Cache& cache : read_caches()) {
    if (cache.level == 1) core.l1_bytes = cache.bytes;
    if (cache.level == 2) core.l2_bytes = cache.bytes;
  }
  return core;
}

}  // namespace vivace::machine
