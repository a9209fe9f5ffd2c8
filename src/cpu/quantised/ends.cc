#include "cpu/quantised/ends.h"

#include <algorithm>
#include <cstdlib>

#include "kernels/matrix/tile.h"

namespace vivace::cpu {

kernels::QuantisedEnd EndArrays::view() const {
  kernels::QuantisedEnd here = end;
  here.bias = bias.data();
  here.mantissas = mantissas.data();
  here.lefts = lefts.data();
  here.rights = rights.data();
  here.factors = factors.empty() ? nullptr : factors.data();
  return here;
}

bool has_byte_end(const Requantisation& end, const NodeView& node, std::size_t bias) {
  if (end.result != DType::i8 && end.result != DType::u8) return false;
  if (end.rounding == Rounding::fixed16) return false;
  return !node.has(bias) || (node.inputs[bias].constant && node.inputs[bias].dtype == DType::i32);
}

EndArrays byte_end(const Requantisation& end, const NodeView& node, std::size_t bias,
                   std::span<const std::int32_t> sums, std::int32_t x_zero, std::size_t depth) {
  const auto columns = static_cast<std::size_t>(node.outputs[0].dims.back());
  const std::size_t padded = (columns + kernels::kPanel - 1) / kernels::kPanel * kernels::kPanel;
  const auto* const given = node.has(bias) ? node.inputs[bias].constant->as<std::int32_t>()
                                           : static_cast<const std::int32_t*>(nullptr);
  EndArrays arrays;
  for (auto* const array : {&arrays.bias, &arrays.mantissas, &arrays.lefts, &arrays.rights})
    array->resize(padded);
  if (end.rounding == Rounding::real) arrays.factors.resize(padded);
  double largest = 0;
  bool left = false;
  for (std::size_t c = 0; c < columns; ++c) {
    const double factor = end.multipliers[end.multipliers.size() > 1 ? c : 0];
    const QuantisedMultiplier fixed = quantize_multiplier(factor);
    const std::int32_t added = given ? given[c] : 0;
    arrays.bias[c] =
        static_cast<std::int32_t>(static_cast<std::uint32_t>(added) -
                                  static_cast<std::uint32_t>(x_zero) * static_cast<std::uint32_t>(sums[c]));
    arrays.mantissas[c] = fixed.mantissa;
    arrays.lefts[c] = std::max(fixed.shift, 0);
    arrays.rights[c] = std::max(-fixed.shift, 0);
    if (!arrays.factors.empty()) arrays.factors[c] = factor;
    left = left || fixed.shift > 0;
    largest = std::max(largest, std::abs(static_cast<double>(added)));
  }
  arrays.end.zero = static_cast<std::int32_t>(end.zero);
  arrays.end.low = static_cast<std::int32_t>(end.low);
  arrays.end.high = static_cast<std::int32_t>(end.high);
  arrays.end.bounded = !left && largest + 255.0 * 255.0 * static_cast<double>(depth) < 0x1p30;
  return arrays;
}

EndArrays repeated_end(const Requantisation& end, std::int32_t bias, double most) {
  const QuantisedMultiplier fixed = quantize_multiplier(end.multipliers[0]);
  EndArrays arrays;
  arrays.bias.assign(kernels::kPanel, bias);
  arrays.mantissas.assign(kernels::kPanel, fixed.mantissa);
  arrays.lefts.assign(kernels::kPanel, std::max(fixed.shift, 0));
  arrays.rights.assign(kernels::kPanel, std::max(-fixed.shift, 0));
  arrays.end.zero = static_cast<std::int32_t>(end.zero);
  arrays.end.low = static_cast<std::int32_t>(end.low);
  arrays.end.high = static_cast<std::int32_t>(end.high);
  arrays.end.bounded = fixed.shift <= 0 && std::abs(static_cast<double>(bias)) + most < 0x1p30;
  return arrays;
}

}  // namespace vivace::cpu
