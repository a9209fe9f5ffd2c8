#include "machine/cpu_features.h"

#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>

namespace vivace::machine {
namespace {

struct Registers {
  std::uint32_t a = 0, b = 0, c = 0, d = 0;
};

Registers cpuid(std::uint32_t leaf, std::uint32_t part) {
  Registers r;
  if (__get_cpuid_count(leaf, part, &r.a, &r.b, &r.c, &r.d) == 0) return {};
  return r;
}

// Which register files the operating system saves on a context switch (extended control register 0).
std::uint64_t saved_state() {
  std::uint32_t low = 0, high = 0;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return (static_cast<std::uint64_t>(high) << 32) | low;
}

constexpr bool has(std::uint32_t word, int bit) { return ((word >> bit) & 1u) != 0; }
constexpr std::uint64_t kYmmState = 0x6;       // XMM and YMM
constexpr std::uint64_t kZmmState = 0xe6;      // and the masks, the upper halves, the upper sixteen
constexpr std::uint64_t kTileState = 0x60000;  // configuration and data

}  // namespace

// Bits as in Intel's manual, volume 2, CPUID.
CpuFeatures read_cpu_features() {
  CpuFeatures features;
  const Registers basic = cpuid(1, 0), extended = cpuid(7, 0), more = cpuid(7, 1);
  const bool osxsave = has(basic.c, 27);
  const std::uint64_t state = osxsave ? saved_state() : 0;
  const bool fma = has(basic.c, 12), f16c = has(basic.c, 29);
  features.avx2 = (state & kYmmState) == kYmmState && fma && f16c && has(extended.b, 5) && has(extended.b, 8);
  features.avx_vnni = features.avx2 && has(more.a, 4);
  const bool f = has(extended.b, 16), dq = has(extended.b, 17), bw = has(extended.b, 30),
             vl = has(extended.b, 31);
  features.avx512 = features.avx2 && (state & kZmmState) == kZmmState && f && dq && bw && vl;
  features.avx512_vnni = features.avx512 && has(extended.c, 11);
  features.avx512_bf16 = features.avx512 && has(more.a, 5);
  const bool tiles = (state & kTileState) == kTileState && has(extended.d, 24) && has(extended.d, 25),
             vbmi = has(extended.c, 1);
  features.amx = features.avx512_vnni && vbmi && tiles;
  return features;
}

// Documentation/arch/x86/xstate.rst of Linux.
bool allow_tiles() {
  constexpr int kRequestPermission = 0x1023, kTileData = 18;
  return syscall(SYS_arch_prctl, kRequestPermission, kTileData) == 0;
}

}  // namespace vivace::machine
