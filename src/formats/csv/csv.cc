// Reads tables of numbers.
#include "formats/csv/csv.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "base/try.h"

namespace vivace {
namespace {

std::string_view trimmed(std::string_view word) {
  const std::size_t start = word.find_first_not_of(" \t\r");
  return start == std::string_view::npos ? ""
                                         : word.substr(start, word.find_last_not_of(" \t\r") - start + 1);
}

/// Tab where the line has one, else semicolon, else comma; quoted ones do not count.
char separator_of(std::string_view line) {
  bool quoted = false, tab = false, semicolon = false;
  for (const char c : line) {
    if (c == '"') quoted = !quoted;
    tab = tab || (c == '\t' && !quoted);
    semicolon = semicolon || (c == ';' && !quoted);
  }
  return tab ? '\t' : semicolon ? ';' : ',';
}

/// Splits a line into fields without their quotes; false where a quote stays open.
bool split_fields(std::string_view line, char separator, std::vector<std::string>& fields) {
  fields.assign(1, "");
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (c == '"' && quoted && i + 1 < line.size() && line[i + 1] == '"')
      fields.back() += line[i++];
    else if (c == '"')
      quoted = !quoted;
    else if (c == separator && !quoted)
      fields.emplace_back();
    else
      fields.back() += c;
  }
  return !quoted;
}

template <class T>
bool parse(std::string_view field, T& value) {
  std::string_view word = trimmed(field);
  if (word.starts_with('+') && word.size() > 1 && word[1] != '-') word.remove_prefix(1);
  const auto [end, code] = std::from_chars(word.data(), word.data() + word.size(), value);
  return code == std::errc() && end == word.data() + word.size();
}

bool is_number(std::string_view field) {
  double value = 0;
  return parse(field, value);
}

std::string line_place(const std::string& name, std::size_t line) { return text("{}, line {}", name, line); }

template <class T>
Status parse_row(const std::vector<std::string>& fields, const std::string& name, std::size_t line,
                 std::vector<T>& values) {
  for (std::size_t column = 0; column < fields.size(); ++column) {
    T value{};
    if (!parse(fields[column], value))
      return Error("csv.number",
                   text("\"{}\" is not {}", std::string_view(fields[column]).substr(0, 40),
                        std::is_integral_v<T> ? "a whole number that fits 64 bits" : "a number in range"))
          .at(text("{}, column {}", line_place(name, line), column + 1));
    values.push_back(value);
  }
  return {};
}

/// Calls row(fields, line) for every line that is not empty; all have as many fields as the first one.
template <class Row>
Status for_each_row(Bytes bytes, const std::string& name, Row row) {
  std::string_view rest = as_text(bytes);
  if (rest.starts_with("\xef\xbb\xbf")) rest.remove_prefix(3);  // the mark that spreadsheets put in front
  std::vector<std::string> fields;
  std::size_t width = 0;
  char separator = ',';
  for (std::size_t line = 1; !rest.empty(); ++line) {
    const std::size_t end = rest.find('\n');
    std::string_view text_line = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    if (text_line.ends_with('\r')) text_line.remove_suffix(1);
    if (trimmed(text_line).empty()) continue;
    if (width == 0) separator = separator_of(text_line);
    if (!split_fields(text_line, separator, fields))
      return Error("csv.quote", "a quote is not closed on its line").at(line_place(name, line));
    if (width != 0 && fields.size() != width)
      return Error("csv.ragged", text("{} values, the lines before have {}", fields.size(), width))
          .at(line_place(name, line));
    width = fields.size();
    VIVACE_CHECK_OK(row(fields, line));
  }
  return {};
}

template <class T>
Result<CsvTable> read_as(Bytes bytes, const std::string& name, DType dtype) {
  CsvTable table;
  std::vector<T> values;
  std::size_t width = 0, rows = 0;
  VIVACE_CHECK_OK(
      for_each_row(bytes, name, [&](std::vector<std::string>& fields, std::size_t line) -> Status {
        const bool first = width == 0;
        width = fields.size();
        if (first && std::none_of(fields.begin(), fields.end(), is_number)) {
          for (const std::string& field : fields) table.columns.emplace_back(trimmed(field));
          return {};
        }
        ++rows;
        return parse_row(fields, name, line, values);
      }));
  if (rows == 0) return Error("csv.empty", "the file holds no row of numbers").at(name);
  table.values = Tensor(dtype, {static_cast<std::int64_t>(rows), static_cast<std::int64_t>(width)});
  std::copy(values.begin(), values.end(), table.values.template as<T>());
  return table;
}

}  // namespace

Result<CsvTable> read_csv(Bytes bytes, const std::string& name, DType dtype) {
  if (dtype == DType::f32) return read_as<float>(bytes, name, dtype);
  if (dtype == DType::f64) return read_as<double>(bytes, name, dtype);
  if (dtype == DType::i64) return read_as<std::int64_t>(bytes, name, dtype);
  return Error("csv.dtype",
               text("a table of numbers is read as float32, float64 or int64, not as {}", name_of(dtype)))
      .at(name);
}

Result<Tensor> read_csv_fields(Bytes bytes, const std::string& name) {
  std::vector<std::string> all;
  std::size_t width = 1;
  VIVACE_CHECK_OK(for_each_row(bytes, name, [&](std::vector<std::string>& fields, std::size_t) -> Status {
    width = fields.size();
    std::move(fields.begin(), fields.end(), std::back_inserter(all));
    return {};
  }));
  if (all.empty()) return Error("csv.empty", "the file holds no row").at(name);
  const std::vector<std::string_view> texts(all.begin(), all.end());
  return Tensor::of_strings({static_cast<std::int64_t>(all.size() / width), static_cast<std::int64_t>(width)},
                            texts);
}

Result<double> csv_number(std::string_view field) {
  double value = 0;
  if (!parse(field, value))
    return Error("csv.number", text("\"{}\" is not a number in range", field.substr(0, 40)));
  return value;
}

Result<std::int64_t> csv_integer(std::string_view field) {
  std::int64_t value = 0;
  if (!parse(field, value))
    return Error("csv.number", text("\"{}\" is not a whole number that fits 64 bits", field.substr(0, 40)));
  return value;
}

}  // namespace vivace
