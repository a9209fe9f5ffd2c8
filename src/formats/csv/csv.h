// Tables of numbers and of words as text.
#pragma once

#include <string>
#include <vector>

#include "base/bytes.h"
#include "vivace/result.h"
#include "vivace/tensor.h"

namespace vivace {

struct CsvTable {
  std::vector<std::string> columns;  // the header line's words; empty where there is none
  Tensor values;                     // [rows, columns]
};

/// Reads rows of numbers: comma, semicolon or tab between them, CRLF or LF after them, quotes allowed, NaN
/// and inf known, empty lines skipped. A first line that holds no number is a header. `dtype` is f32, f64 or
/// i64. Errors: csv.empty, csv.number, csv.ragged, csv.quote, csv.dtype, with line and column.
Result<CsvTable> read_csv(Bytes text, const std::string& name, DType dtype = DType::f32);

/// The fields of every row as they are, without their quotes: strings [rows, columns]. No line is a header
/// here. Errors: csv.empty, csv.ragged, csv.quote.
Result<Tensor> read_csv_fields(Bytes text, const std::string& name);

/// A field as a number. Errors: csv.number.
Result<double> csv_number(std::string_view field);
Result<std::int64_t> csv_integer(std::string_view field);

}  // namespace vivace
