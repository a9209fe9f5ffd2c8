// Weights that Keras packed into 8, 4 or fewer bits, unpacked into numbers while a model is imported.
#pragma once

#include <string>

#include "import/keras/build/call.h"

namespace vivace::keras {

/// Which axis holds two numbers a byte: the lower half first.
enum class Halves { none, rows, columns };

/// A matrix [rows, columns] of whole numbers, in the call's float type; bytes are signed for int8, not for
/// uint8. Errors: import.weight-shape. Empty after an error.
Tensor whole_numbers(Call& call, std::string_view weight, std::int64_t rows, std::int64_t columns,
                     Halves halves);

/// Scales and zero points of groups of neighbouring rows or columns, by the weights' names.
struct Groups {
  std::string scale, zero, numbers;  // numbers: the group of each row (column)
  bool of_columns = false;           // scale is [rows, groups] then, else [groups, columns]
};
/// matrix = (matrix - zero) scale. Errors: import.weight-shape, import.weight-value.
void dequantise(Call& call, Tensor& matrix, const Groups& groups);
/// matrix = matrix / scale, of each row or each column.
void divide_lines(Call& call, Tensor& matrix, std::string_view scale, bool rows);

/// Rounded to 8 bits of floating point (e4m3, without infinities), times `scale`, as Keras does.
double through_float8(double x, double scale);

}  // namespace vivace::keras
