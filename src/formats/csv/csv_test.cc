#include "formats/csv/csv.h"

#include <doctest/doctest.h>

#include <cmath>

#include "support/damage.h"

using namespace vivace;

namespace {

CsvTable table(std::string_view text, DType dtype = DType::f32) {
  return read_csv(as_bytes(text), "x.csv", dtype).value();
}

std::string fault(std::string_view text, DType dtype = DType::f32) {
  const auto read = read_csv(as_bytes(text), "x.csv", dtype);
  return read ? "ok" : read.error().id() + " at " + read.error().at();
}

}  // namespace

TEST_CASE("rows of numbers become a matrix, whatever separates them") {
  for (const char* text :
       {"1,2,3\n4,5,6\n", "1;2;3\r\n4;5;6\r\n\r\n", "1\t2\t3\n4\t5\t6", "\"1\",\"2\", 3\n4 ,+5,6e0"}) {
    const CsvTable read = table(text);
    CHECK(read.columns.empty());
    CHECK(read.values.dims() == Shape{2, 3});
    for (int i = 0; i < 6; ++i) CHECK(read.values.as<float>()[i] == static_cast<float>(i + 1));
  }
}

TEST_CASE("a first line without numbers is a header") {
  const CsvTable read = table("\xef\xbb\xbf\"length, cm\",width\n1,nan\n-inf,4\n");
  CHECK(read.columns == std::vector<std::string>{"length, cm", "width"});
  CHECK(std::isnan(read.values.as<float>()[1]));
  CHECK(read.values.as<float>()[2] == -INFINITY);
}

TEST_CASE("integers and doubles keep all their digits when asked for") {
  CHECK(table("9007199254740993", DType::i64).values.as<std::int64_t>()[0] == 9007199254740993);
  CHECK(table("0.1", DType::f64).values.as<double>()[0] == 0.1);
}

TEST_CASE("an error names line and column") {
  CHECK(fault("1,2\n3\n") == "csv.ragged at x.csv, line 2");
  CHECK(fault("1,2\n3,x\n") == "csv.number at x.csv, line 2, column 2");
  CHECK(fault("1,\n") == "csv.number at x.csv, line 1, column 2");
  CHECK(fault("1.5", DType::i64) == "csv.number at x.csv, line 1, column 1");
  CHECK(fault("1,\"2\n") == "csv.quote at x.csv, line 1");
  CHECK(fault("a,b\n") == "csv.empty at x.csv");
  CHECK(fault("") == "csv.empty at x.csv");
}

TEST_CASE("the fields of a table of words are strings") {
  const Tensor fields =
      read_csv_fields(as_bytes("name,age\n\"Smith, J\", 3 \r\nM\xc3\xbcller,\n"), "x.csv").value();
  CHECK(fields.dims() == Shape{3, 2});
  CHECK(std::string_view(fields.as<StringView>()[0]) == "name");
  CHECK(std::string_view(fields.as<StringView>()[2]) == "Smith, J");
  CHECK(csv_integer(fields.as<StringView>()[3]).value() == 3);
  CHECK(std::string_view(fields.as<StringView>()[4]) == "M\xc3\xbcller");
  CHECK(std::string_view(fields.as<StringView>()[5]) == "");
  CHECK(!csv_number("x"));
  CHECK(!csv_integer("1.5"));
  CHECK(read_csv_fields(as_bytes("\n\n"), "x.csv").error().id() == "csv.empty");
  CHECK(read_csv_fields(as_bytes("a,b\nc\n"), "x.csv").error().id() == "csv.ragged");
}

TEST_CASE("damaged text gives a table or a typed error") {
  for_each_damaged(as_bytes("a,b\n1,\"2\"\n3.5e3,4\n"), [](Bytes text) {
    const auto read = read_csv(text, "x.csv");
    if (!read) CHECK(read.error().id().starts_with("csv."));
  });
}
