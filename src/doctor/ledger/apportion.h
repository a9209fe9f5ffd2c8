// Dividing an amount by weights without losing a nanosecond.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

namespace vivace::doctor {

/// Parts in proportion to the weights, which are not negative; they sum up to `total` exactly. Where all
/// weights are zero, so are the parts.
inline std::vector<std::int64_t> apportion(std::int64_t total, std::span<const std::int64_t> weights) {
  std::vector<std::int64_t> parts(weights.size(), 0);
  long double rest = 0;
  for (const std::int64_t weight : weights) rest += static_cast<long double>(weight);
  std::int64_t left = total;
  // What is left goes by what is left of the weights, so that rounding never adds up.
  for (std::size_t i = 0; i < weights.size() && rest > 0; ++i) {
    if (weights[i] == 0) continue;
    const long double share = static_cast<long double>(weights[i]) / rest;
    parts[i] = std::clamp(static_cast<std::int64_t>(static_cast<long double>(left) * share + 0.5L),
                          std::int64_t{0}, left);
    left -= parts[i];
    rest -= static_cast<long double>(weights[i]);
  }
  return parts;
}

}  // namespace vivace::doctor
