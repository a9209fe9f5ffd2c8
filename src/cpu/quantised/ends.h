// The end of a quantised operator as kernels take it.
#pragma once

#include <vector>

#include "kernels/quantised/end.h"
#include "ops/common/quantised/requantisation.h"
#include "plan/target.h"

namespace vivace::cpu {

/// A QuantisedEnd and the arrays it points to.
struct EndArrays {
  std::vector<std::int32_t> bias, mantissas, odd_mantissas, lefts, rights, halves;
  std::vector<float> scales, steps;
  std::vector<double> factors;
  kernels::QuantisedEnd end{};

  kernels::QuantisedEnd view() const;
};

/// Whether the kernels know the end: 8-bit results, sums of 32 bits; a constant bias of int32, or none, as
/// input `bias`.
bool has_byte_end(const Requantisation& end, const NodeView& node, std::size_t bias);

/// `sums` are those of the weights' columns, which `x_zero` times is less in the bias; sums without it are at
/// most `most` in size. Requires has_byte_end().
EndArrays byte_end(const Requantisation& end, const NodeView& node, std::size_t bias,
                   std::span<const std::int32_t> sums, std::int32_t x_zero, double most);

/// The end of numbers that have no channels: one vector's worth of columns, all alike. Sums are below `most`
/// in size.
EndArrays repeated_end(const Requantisation& end, std::int32_t bias, double most);

}  // namespace vivace::cpu
