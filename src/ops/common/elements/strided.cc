#include "ops/common/elements/strided.h"

#include <cstring>

#include "ops/common/reference.h"

namespace vivace {
namespace {

// One row of the innermost axis.
template <class T>
void copy_row(const std::byte* from, std::int64_t from_step, std::byte* to, std::int64_t to_step,
              std::int64_t count) {
  constexpr auto kSize = static_cast<std::int64_t>(sizeof(T));
  for (std::int64_t i = 0; i < count; ++i)
    std::memcpy(to + i * to_step * kSize, from + i * from_step * kSize, sizeof(T));
}

void copy_row(const std::byte* from, std::int64_t from_step, std::byte* to, std::int64_t to_step,
              std::int64_t count, std::size_t size) {
  if (from_step == 1 && to_step == 1) {
    std::memcpy(to, from, static_cast<std::size_t>(count) * size);
    return;
  }
  if (size == 1) return copy_row<std::uint8_t>(from, from_step, to, to_step, count);
  if (size == 2) return copy_row<std::uint16_t>(from, from_step, to, to_step, count);
  if (size == 4) return copy_row<std::uint32_t>(from, from_step, to, to_step, count);
  if (size == 8) return copy_row<std::uint64_t>(from, from_step, to, to_step, count);
  copy_row<StringView>(from, from_step, to, to_step, count);
}

}  // namespace

void copy_strided(std::span<const std::int64_t> dims, std::size_t size, Strided<const void*> from,
                  Strided<void*> to) {
  const std::int64_t count = count_of(dims);
  if (count == 0) return;
  const std::size_t outer = dims.empty() ? 0 : dims.size() - 1;
  const std::int64_t row = dims.empty() ? 1 : dims[outer];
  const std::int64_t from_step = dims.empty() ? 1 : from.strides[outer];
  const std::int64_t to_step = dims.empty() ? 1 : to.strides[outer];
  const auto bytes = static_cast<std::int64_t>(size);
  const auto* source = static_cast<const std::byte*>(from.base);
  auto* target = static_cast<std::byte*>(to.base);
  Walk walk(dims.first(outer), {Shape(from.strides.begin(), from.strides.begin() + outer),
                                Shape(to.strides.begin(), to.strides.begin() + outer)});
  for (std::int64_t i = 0; i < count / row; ++i, walk.next())
    copy_row(source + (from.start + walk[0]) * bytes, from_step, target + (to.start + walk[1]) * bytes,
             to_step, row, size);
}

void gather_strided(const TensorView& x, std::int64_t start, std::span<const std::int64_t> strides,
                    const MutableTensorView& y) {
  const Shape dense = strides_of(y.dims);
  copy_strided(y.dims, size_of(y.dtype), {x.data, start, strides}, {y.data, 0, dense});
}

}  // namespace vivace
