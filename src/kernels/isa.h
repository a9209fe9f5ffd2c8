// Instruction sets a kernel is compiled for, and how one is picked.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace vivace::kernels {

/// Worst first, so that a larger number includes the smaller ones.
enum class Isa : std::uint8_t { baseline = 0, avx2 = 1, avx512 = 2 };
inline constexpr int kIsas = 3;
inline constexpr const char* kIsaNames[kIsas] = {"baseline", "avx2", "avx512"};

/// One function, compiled for every instruction set. `run` takes a parameter struct of raw pointers and
/// sizes.
template <class Params>
using KernelFunction = void (*)(const Params&) noexcept;

template <class Params>
using Kernel = std::array<KernelFunction<Params>, kIsas>;

/// The variant for an instruction set.
template <class Params>
constexpr KernelFunction<Params> pick(const Kernel<Params>& kernel, Isa isa) {
  return kernel[static_cast<std::size_t>(isa)];
}

/// A function whose inner loop is a dot product of bytes: two instruction sets have an instruction for it
/// (AVX-VNNI, AVX512-VNNI), which a processor may lack.
template <class Params>
struct DotKernel {
  Kernel<Params> plain;
  std::array<KernelFunction<Params>, 2> vnni;  // avx2, avx512
};

template <class Params>
constexpr KernelFunction<Params> pick(const DotKernel<Params>& kernel, Isa isa, bool vnni) {
  if (vnni && isa != Isa::baseline) return kernel.vnni[static_cast<std::size_t>(isa) - 1];
  return pick(kernel.plain, isa);
}

}  // namespace vivace::kernels

/// Declares the kernel `name` on `Params`: kernels::baseline::name, kernels::avx2::name,
/// kernels::avx512::name, and the constant kernels::name that holds the three. The body is written once, in
/// NAME.body.h.
#define VIVACE_KERNEL(name, Params)  \
  namespace baseline {               \
  void name(const Params&) noexcept; \
  }                                  \
  namespace avx2 {                   \
  void name(const Params&) noexcept; \
  }                                  \
  namespace avx512 {                 \
  void name(const Params&) noexcept; \
  }                                  \
  inline constexpr Kernel<Params> name = {baseline::name, avx2::name, avx512::name}

/// The same for a DotKernel. The body is written once, in NAME.dot.h.
#define VIVACE_DOT_KERNEL(name, Params)                                                  \
  namespace baseline {                                                                   \
  void name(const Params&) noexcept;                                                     \
  }                                                                                      \
  namespace avx2 {                                                                       \
  void name(const Params&) noexcept;                                                     \
  }                                                                                      \
  namespace avx512 {                                                                     \
  void name(const Params&) noexcept;                                                     \
  }                                                                                      \
  namespace avx2_vnni {                                                                  \
  void name(const Params&) noexcept;                                                     \
  }                                                                                      \
  namespace avx512_vnni {                                                                \
  void name(const Params&) noexcept;                                                     \
  }                                                                                      \
  inline constexpr DotKernel<Params> name = {{baseline::name, avx2::name, avx512::name}, \
                                             {avx2_vnni::name, avx512_vnni::name}}

/// The same for a kernel that only AMX has (avx512_amx). The body is written once, in NAME.amx.h.
#define VIVACE_TILE_KERNEL(name, Params) \
  namespace avx512_amx {                 \
  void name(const Params&) noexcept;     \
  }                                      \
  inline constexpr KernelFunction<Params> name = avx512_amx::name
