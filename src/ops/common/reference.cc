#include "ops/common/reference.h"

#include <bit>
#include <cmath>
#include <limits>

#include "base/float16.h"

namespace vivace {
namespace {

// To float, but inexact results go to the neighbour with an odd last bit: a second rounding to 16 bits then
// gives what one rounding of the double would.
float round_to_odd(double value) {
  const auto nearest = static_cast<float>(value);
  if (static_cast<double>(nearest) == value || std::isnan(value)) return nearest;
  auto bits = std::bit_cast<std::uint32_t>(nearest);
  if (std::fabs(static_cast<double>(nearest)) > std::fabs(value)) --bits;
  return std::bit_cast<float>(bits | 1u);
}

template <class T>
T saturate(double value) {
  constexpr double kLow = static_cast<double>(std::numeric_limits<T>::min());
  constexpr double kHigh = static_cast<double>(std::numeric_limits<T>::max());
  if (std::isnan(value)) return 0;
  if (value <= kLow) return std::numeric_limits<T>::min();
  if (value >= kHigh) return std::numeric_limits<T>::max();
  return static_cast<T>(value);
}

// Calls f with a null pointer to the storage type of an integer dtype; boolean is handled by the callers.
template <class F>
auto with_integer(DType dtype, F f) {
  switch (dtype) {
    case DType::i8:
      return f(static_cast<std::int8_t*>(nullptr));
    case DType::i16:
      return f(static_cast<std::int16_t*>(nullptr));
    case DType::i32:
      return f(static_cast<std::int32_t*>(nullptr));
    case DType::u8:
      return f(static_cast<std::uint8_t*>(nullptr));
    case DType::u16:
      return f(static_cast<std::uint16_t*>(nullptr));
    case DType::u32:
      return f(static_cast<std::uint32_t*>(nullptr));
    case DType::u64:
      return f(static_cast<std::uint64_t*>(nullptr));
    default:
      return f(static_cast<std::int64_t*>(nullptr));
  }
}

}  // namespace

double load(const TensorView& x, std::int64_t i) {
  switch (x.dtype) {
    case DType::f32:
      return x.as<float>()[i];
    case DType::f64:
      return x.as<double>()[i];
    case DType::f16:
      return f16_to_float(x.as<std::uint16_t>()[i]);
    case DType::bf16:
      return bf16_to_float(x.as<std::uint16_t>()[i]);
    case DType::u64:
      return static_cast<double>(x.as<std::uint64_t>()[i]);
    default:
      return static_cast<double>(load_integer(x, i));
  }
}

std::int64_t load_integer(const TensorView& x, std::int64_t i) {
  if (x.dtype == DType::boolean) return x.as<std::uint8_t>()[i] != 0;
  return with_integer(x.dtype, [&]<class T>(T*) { return static_cast<std::int64_t>(x.as<T>()[i]); });
}

void store(const MutableTensorView& y, std::int64_t i, double value) {
  switch (y.dtype) {
    case DType::f32:
      y.as<float>()[i] = static_cast<float>(value);
      return;
    case DType::f64:
      y.as<double>()[i] = value;
      return;
    case DType::f16:
      y.as<std::uint16_t>()[i] = float_to_f16(round_to_odd(value));
      return;
    case DType::bf16:
      y.as<std::uint16_t>()[i] = float_to_bf16(round_to_odd(value));
      return;
    case DType::boolean:
      y.as<std::uint8_t>()[i] = value != 0;
      return;
    default:
      with_integer(y.dtype, [&]<class T>(T*) { y.as<T>()[i] = saturate<T>(value); });
  }
}

void store_integer(const MutableTensorView& y, std::int64_t i, std::int64_t value) {
  if (is_float(y.dtype)) return store(y, i, static_cast<double>(value));
  if (y.dtype == DType::boolean) return store(y, i, value != 0);
  with_integer(y.dtype, [&]<class T>(T*) { y.as<T>()[i] = static_cast<T>(value); });
}

double round_to(DType dtype, double value) {
  std::uint64_t storage = 0;
  const MutableTensorView scalar{&storage, dtype, {}};
  store(scalar, 0, value);
  return load(scalar, 0);
}

std::vector<double> load_all(const TensorView& x) {
  if (x.data == nullptr) return {};
  const std::int64_t count = x.count();
  std::vector<double> all(static_cast<std::size_t>(count));
  for (std::int64_t i = 0; i < count; ++i) all[static_cast<std::size_t>(i)] = load(x, i);
  return all;
}

Shape strides_of(std::span<const std::int64_t> dims) {
  Shape strides(dims.size());
  std::int64_t step = 1;
  for (std::size_t axis = dims.size(); axis-- > 0;) {
    strides[axis] = step;
    step *= dims[axis];
  }
  return strides;
}

Shape broadcast_strides(std::span<const std::int64_t> from, std::span<const std::int64_t> to) {
  const Shape own = strides_of(from);
  const std::size_t missing = to.size() - from.size();
  Shape strides(to.size(), 0);
  for (std::size_t axis = 0; axis < from.size(); ++axis)
    if (from[axis] != 1) strides[missing + axis] = own[axis];
  return strides;
}

Walk::Walk(std::span<const std::int64_t> dims, std::initializer_list<Shape> strides)
    : dims_(dims.begin(), dims.end()),
      place_(dims.size(), 0),
      strides_(strides),
      offsets_(strides.size(), 0) {}

void Walk::next() {
  for (std::size_t axis = dims_.size(); axis-- > 0;) {
    const bool wraps = ++place_[axis] >= dims_[axis];
    const std::int64_t steps = wraps ? 1 - dims_[axis] : 1;
    for (std::size_t tensor = 0; tensor < offsets_.size(); ++tensor)
      offsets_[tensor] += steps * strides_[tensor][axis];
    if (!wraps) return;
    place_[axis] = 0;
  }
}

}  // namespace vivace
