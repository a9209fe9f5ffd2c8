#include "cpu/quantised/ends.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "kernels/matrix/tile.h"

namespace vivace::cpu {
namespace {

// Beyond these bits to the right a zero point need not fit above them.
constexpr int kMostRight = 21;

// The arrays of `columns` factors, of which one may stand for all; sums with their bias are below `most`.
void set_factors(EndArrays& arrays, const Requantisation& end, std::size_t columns, double most) {
  const std::size_t padded = (columns + kernels::kPanel - 1) / kernels::kPanel * kernels::kPanel;
  for (auto* const array :
       {&arrays.mantissas, &arrays.odd_mantissas, &arrays.lefts, &arrays.rights, &arrays.halves})
    array->resize(padded);
  arrays.scales.resize(padded);
  arrays.steps.resize(padded);
  arrays.end.zero = static_cast<std::int32_t>(end.zero);
  arrays.end.low = static_cast<std::int32_t>(end.low);
  arrays.end.high = static_cast<std::int32_t>(end.high);
  arrays.end.bounded = most < 0x1p30;
  arrays.end.even = end.rounding == Rounding::float_even;
  double largest = 0;
  for (std::size_t c = 0; c < columns; ++c) {
    const double multiplier = end.multipliers[end.multipliers.size() > 1 ? c : 0];
    if (arrays.end.even) {
      arrays.scales[c] = static_cast<float>(multiplier);
      continue;
    }
    const QuantisedMultiplier fixed = quantize_multiplier(multiplier);
    const int right = fixed.mantissa == 0 ? 1 : -fixed.shift;
    largest = std::max(largest, std::abs(multiplier));
    arrays.mantissas[c] = fixed.mantissa;
    if (c % 2 == 1) arrays.odd_mantissas[c - 1] = fixed.mantissa;
    arrays.lefts[c] = std::max(-right, 0);
    arrays.rights[c] = std::max(right, 0);
    if (right < 1 || right > kMostRight || fixed.mantissa < 0) arrays.end.bounded = false;
    if (!arrays.end.bounded) continue;
    arrays.scales[c] = static_cast<float>(std::ldexp(fixed.mantissa, 16 - right - 31));
    arrays.steps[c] = std::ldexp(0.5f, 16 - right);
    arrays.halves[c] = (1 << (right - 1)) + (arrays.end.zero + arrays.end.lift()) * (1 << right);
  }
  // The zero point and what else is added is less than 600.
  arrays.end.fits = arrays.end.bounded && most * largest < 32000;
}

}  // namespace

kernels::QuantisedEnd EndArrays::view() const {
  kernels::QuantisedEnd here = end;
  here.bias = bias.data();
  here.mantissas = mantissas.data();
  here.odd_mantissas = odd_mantissas.data();
  here.lefts = lefts.data();
  here.rights = rights.data();
  here.halves = halves.data();
  here.scales = scales.data();
  here.steps = steps.data();
  here.factors = factors.empty() ? nullptr : factors.data();
  return here;
}

bool has_byte_end(const Requantisation& end, const NodeView& node, std::size_t bias) {
  if (end.result != DType::i8 && end.result != DType::u8) return false;
  if (end.rounding == Rounding::fixed16 || end.rounding == Rounding::exact_up) return false;
  return !node.has(bias) || (node.inputs[bias].constant && node.inputs[bias].dtype == DType::i32);
}

EndArrays byte_end(const Requantisation& end, const NodeView& node, std::size_t bias,
                   std::span<const std::int32_t> sums, std::int32_t x_zero, double most) {
  const auto columns = static_cast<std::size_t>(node.outputs[0].dims.back());
  const auto* const given = node.has(bias) ? node.inputs[bias].constant->as<std::int32_t>()
                                           : static_cast<const std::int32_t*>(nullptr);
  double largest = 0;
  for (std::size_t c = 0; given && c < columns; ++c)
    largest = std::max(largest, std::abs(static_cast<double>(given[c])));
  EndArrays arrays;
  set_factors(arrays, end, columns, largest + most);
  arrays.bias.resize(arrays.mantissas.size());
  for (std::size_t c = 0; c < columns; ++c)
    arrays.bias[c] =
        static_cast<std::int32_t>(static_cast<std::uint32_t>(given ? given[c] : 0) -
                                  static_cast<std::uint32_t>(x_zero) * static_cast<std::uint32_t>(sums[c]));
  if (end.rounding != Rounding::real) return arrays;
  arrays.factors.resize(arrays.mantissas.size());
  for (std::size_t c = 0; c < columns; ++c)
    arrays.factors[c] = end.multipliers[end.multipliers.size() > 1 ? c : 0];
  return arrays;
}

EndArrays repeated_end(const Requantisation& end, std::int32_t bias, double most) {
  EndArrays arrays;
  set_factors(arrays, end, kernels::kPanel, std::abs(static_cast<double>(bias)) + most);
  arrays.bias.assign(kernels::kPanel, bias);
  return arrays;
}

}  // namespace vivace::cpu
