// What a matrix-like kernel does to its sums before it stores them.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/isa.h"

namespace vivace::kernels {

/// Activations that a kernel can end with; a = End::alpha, b = End::beta. NaN passes through all of them.
enum class Act : std::uint32_t {
  clamp,       // min(max(x, a), b): relu is (0, inf), relu6 (0, 6), none (-inf, inf)
  leaky_relu,  // x > 0 ? x : a x
  elu,         // x > 0 ? x : a (e^x - 1)
  selu,        // 1.05070098 (x > 0 ? x : 1.67326324 (e^x - 1))
  sigmoid,     // 1 / (1 + e^-x)
  tanh,
  silu,          // x sigmoid(x)
  gelu,          // x/2 (1 + erf(x / sqrt 2))
  gelu_tanh,     // x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3)))
  hard_sigmoid,  // clamp(a x + b, 0, 1)
  hard_silu,     // x clamp(x/6 + 1/2, 0, 1)
};

/// y = residual_last ? act(sum + bias) + residual : act(sum + bias + residual)
struct End {
  const float* bias = nullptr;      // one for each column, or none
  const float* residual = nullptr;  // rows like the output's, or none
  std::size_t residual_stride = 0;  // floats from one row to the next
  Act act = Act::clamp;
  float alpha = -__builtin_inff();
  float beta = __builtin_inff();
  bool residual_last = false;
};

/// Ends a block of sums: c[i][j] = end(sums[i][j]). `end` is already moved to the block's first row and
/// column. Requires c == sums with equal strides, or no overlap.
struct Finish {
  const float* sums;
  std::size_t sums_stride;
  float* c;
  std::size_t c_stride;
  std::size_t rows, columns;
  End end;
};

VIVACE_KERNEL(finish, Finish);

}  // namespace vivace::kernels
