// Integer arithmetic of the scalar references: in 64 bits, wrapping around, then cut to the type's width.
#pragma once

#include <cstdint>

#include "ops/common/activation.h"
#include "vivace/tensor.h"

namespace vivace {

constexpr bool is_integer(DType dtype) { return dtype >= DType::i8 && dtype <= DType::u64; }
constexpr bool is_unsigned(DType dtype) { return dtype >= DType::u8 && dtype <= DType::u64; }

/// `value` as an element of an integer type holds it.
std::int64_t wrapped(DType dtype, std::int64_t value);

/// A number that orders as the element does, also where a uint64 passes 2^63; ordered_value undoes it.
constexpr std::int64_t order_key(DType dtype, std::int64_t value) {
  return dtype == DType::u64 ? static_cast<std::int64_t>(static_cast<std::uint64_t>(value) ^ (1ull << 63))
                             : value;
}
constexpr std::int64_t ordered_value(DType dtype, std::int64_t key) { return order_key(dtype, key); }

/// Whether integers know a function: identity, relu, clamp, abs, negate, sign, square.
bool knows_integers(UnaryKind kind);
/// Such a function of an integer.
std::int64_t evaluate_integer(const Activation& f, DType dtype, std::int64_t x);

}  // namespace vivace
