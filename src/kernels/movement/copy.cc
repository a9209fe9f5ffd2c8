// Copies bound by memory: no instruction set beyond the plainest would make them faster.
#include "kernels/movement/copy.h"

#include <cstring>

namespace vivace::kernels {
namespace {

// Elements of one size, read and written through memcpy: no alignment is promised.
template <class T>
T read(const std::byte* from, std::ptrdiff_t i) {
  T value;
  std::memcpy(&value, from + i * static_cast<std::ptrdiff_t>(sizeof(T)), sizeof(T));
  return value;
}
template <class T>
void write(std::byte* to, std::ptrdiff_t i, T value) {
  std::memcpy(to + i * static_cast<std::ptrdiff_t>(sizeof(T)), &value, sizeof(T));
}

struct Pair {
  std::uint64_t halves[2];
};

// Calls f with something of a type that has that size.
template <class F>
void with_size(std::size_t size, F f) {
  switch (size) {
    case 16:
      return f(Pair{});
    case 1:
      return f(std::uint8_t{});
    case 2:
      return f(std::uint16_t{});
    case 4:
      return f(std::uint32_t{});
    default:
      return f(std::uint64_t{});
  }
}

// Lines of 64 bytes are used whole: a tile of 16 x 16 numbers of 4 bytes.
constexpr std::size_t kTile = 16;

template <class T>
void transpose_tile(const Transpose2d& p, std::size_t row, std::size_t column) {
  const std::size_t rows = p.rows - row < kTile ? p.rows - row : kTile;
  const std::size_t columns = p.columns - column < kTile ? p.columns - column : kTile;
  const auto first_row = static_cast<std::ptrdiff_t>(row), first_column = static_cast<std::ptrdiff_t>(column);
  T tile[kTile][kTile];
  for (std::size_t j = 0; j < columns; ++j)
    for (std::size_t i = 0; i < rows; ++i)
      tile[i][j] = read<T>(p.from, (first_column + static_cast<std::ptrdiff_t>(j)) * p.from_stride +
                                       first_row + static_cast<std::ptrdiff_t>(i));
  for (std::size_t i = 0; i < rows; ++i)
    std::memcpy(p.to + ((first_row + static_cast<std::ptrdiff_t>(i)) * p.to_stride + first_column) *
                           static_cast<std::ptrdiff_t>(sizeof(T)),
                tile[i], columns * sizeof(T));
}

}  // namespace

void copy_line(const std::byte* from, std::ptrdiff_t from_step, std::byte* to, std::ptrdiff_t to_step,
               std::size_t count, std::size_t size) noexcept {
  if (from_step == 1 && to_step == 1) {
    std::memcpy(to, from, count * size);
    return;
  }
  if (from_step == 0 && to_step == 1) return fill(to, from, count, size);
  with_size(size, [=]<class T>(T) {
    for (std::size_t i = 0; i < count; ++i) {
      const auto at = static_cast<std::ptrdiff_t>(i);
      write<T>(to, at * to_step, read<T>(from, at * from_step));
    }
  });
}

void transpose_2d(const Transpose2d& p) noexcept {
  with_size(p.size, [&]<class T>(T) {
    for (std::size_t row = 0; row < p.rows; row += kTile)
      for (std::size_t column = 0; column < p.columns; column += kTile) transpose_tile<T>(p, row, column);
  });
}

void fill(std::byte* to, const std::byte* value, std::size_t count, std::size_t size) noexcept {
  with_size(size, [=]<class T>(T) {
    const T element = read<T>(value, 0);
    for (std::size_t i = 0; i < count; ++i) write<T>(to, static_cast<std::ptrdiff_t>(i), element);
  });
}

void select_line(const SelectLine& p) noexcept {
  with_size(p.size, [&]<class T>(T) {
    for (std::size_t i = 0; i < p.count; ++i) {
      const auto at = static_cast<std::ptrdiff_t>(i);
      const bool first = p.condition[at * p.condition_step] != std::byte{0};
      write<T>(p.to, at, first ? read<T>(p.a, at * p.a_step) : read<T>(p.b, at * p.b_step));
    }
  });
}

}  // namespace vivace::kernels
