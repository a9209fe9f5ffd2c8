#include "import/keras/build/packed.h"

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "ops/common/reference.h"

namespace vivace::keras {
namespace {

std::int64_t packed(std::int64_t size, bool halved) { return halved ? (size + 1) / 2 : size; }

// A half byte at an even (lower half) or odd place, with its sign where bytes have one.
int half_of(std::uint8_t byte, bool upper, bool with_sign) {
  const int half = upper ? byte >> 4 : byte & 15;
  return with_sign && half >= 8 ? half - 16 : half;
}

int whole_of(std::uint8_t byte, bool with_sign) { return with_sign ? static_cast<std::int8_t>(byte) : byte; }

std::int64_t rows_of(const Tensor& matrix) { return matrix.dims()[0]; }
std::int64_t columns_of(const Tensor& matrix) { return matrix.dims()[1]; }

// matrix[r, c] = f(matrix[r, c], r, c)
template <class F>
void each(Tensor& matrix, F f) {
  const std::int64_t columns = columns_of(matrix);
  for (std::int64_t r = 0; r < rows_of(matrix); ++r)
    for (std::int64_t c = 0; c < columns; ++c)
      store(matrix.view(), r * columns + c, f(load(matrix.view(), r * columns + c), r, c));
}

// The group of each line, as the file numbers them.
std::vector<std::int64_t> group_numbers(Call& call, const std::string& weight, std::int64_t lines,
                                        std::int64_t groups) {
  const ConstantPtr stored = call.stored(weight, Sizes{lines}, "dtype");
  std::vector<std::int64_t> numbers;
  for (std::int64_t i = 0; stored && i < lines; ++i) {
    const double number = load(stored->tensor(), i);
    if (!(number >= 0 && number < static_cast<double>(groups))) {
      call.fail(Error("import.weight-value", text("layer \"{}\" has {} groups of weights, its {} holds {}",
                                                  call.layer().path, groups, weight, number))
                    .why("the weights are damaged, or were saved from another architecture"));
      return {};
    }
    numbers.push_back(static_cast<std::int64_t>(number));
  }
  return numbers;
}

}  // namespace

Tensor whole_numbers(Call& call, std::string_view weight, std::int64_t rows, std::int64_t columns,
                     Halves halves) {
  const std::int64_t stored_columns = packed(columns, halves == Halves::columns);
  const ConstantPtr bytes =
      call.stored(weight, {packed(rows, halves == Halves::rows), stored_columns}, "dtype");
  if (!bytes) return {};
  const bool with_sign = bytes->dtype() == DType::i8;
  if (!with_sign && bytes->dtype() != DType::u8) {
    call.fail(
        Error("import.weight-type", text("layer \"{}\" needs whole numbers in \"{}\", the file holds {}",
                                         call.layer().path, weight, name_of(bytes->dtype()))));
    return {};
  }
  const auto* from = static_cast<const std::uint8_t*>(bytes->tensor().data);
  Tensor matrix(call.float_type(), {rows, columns});
  each(matrix, [&](double, std::int64_t r, std::int64_t c) -> double {
    const std::int64_t row = halves == Halves::rows ? r / 2 : r;
    const std::int64_t column = halves == Halves::columns ? c / 2 : c;
    const std::uint8_t byte = from[row * stored_columns + column];
    if (halves == Halves::none) return whole_of(byte, with_sign);
    return half_of(byte, ((halves == Halves::rows ? r : c) & 1) != 0, with_sign);
  });
  return matrix;
}

void dequantise(Call& call, Tensor& matrix, const Groups& groups) {
  if (call.failed()) return;
  const ConstantPtr scale = call.floats(groups.scale);
  if (!scale) return;
  const std::int64_t lines = groups.of_columns ? columns_of(matrix) : rows_of(matrix);
  const std::int64_t others = groups.of_columns ? rows_of(matrix) : columns_of(matrix);
  const std::int64_t count =
      scale->dims().empty() ? 0 : scale->dims()[groups.of_columns ? scale->dims().size() - 1 : 0];
  const Sizes dims = groups.of_columns ? Sizes{others, count} : Sizes{count, others};
  const ConstantPtr checked = call.floats(groups.scale, dims, "dtype");
  const ConstantPtr zero = call.stored(groups.zero, dims, "dtype");
  const std::vector<std::int64_t> group = group_numbers(call, groups.numbers, lines, count);
  if (call.failed() || !checked || !zero) return;
  each(matrix, [&](double q, std::int64_t r, std::int64_t c) {
    const std::int64_t line = groups.of_columns ? c : r;
    const std::int64_t of_line = group[static_cast<std::size_t>(line)];
    const std::int64_t at = groups.of_columns ? r * count + of_line : of_line * others + c;
    return round_to(matrix.dtype(), q - load(zero->tensor(), at)) * load(scale->tensor(), at);
  });
}

void divide_lines(Call& call, Tensor& matrix, std::string_view weight, bool rows) {
  if (call.failed()) return;
  const ConstantPtr scale = call.floats(weight, {rows ? rows_of(matrix) : columns_of(matrix)}, "dtype");
  if (!scale) return;
  each(matrix,
       [&](double q, std::int64_t r, std::int64_t c) { return q / load(scale->tensor(), rows ? r : c); });
}

double through_float8(double x, double scale) {
  constexpr double kLargest = 448;
  constexpr int kLowestExponent = -6, kFraction = 3;
  const double part = std::clamp(static_cast<double>(static_cast<float>(x / scale)), -kLargest, kLargest);
  if (part == 0 || std::isnan(part)) return part * scale;
  const double step = std::ldexp(1.0, std::max(std::ilogb(part), kLowestExponent) - kFraction);
  return std::nearbyint(part / step) * step * scale;
}

}  // namespace vivace::keras
