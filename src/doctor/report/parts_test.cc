#include "doctor/report/parts.h"

#include <doctest/doctest.h>

namespace vivace::doctor {
namespace {

Python python_with(std::int64_t in, std::int64_t kernels, std::int64_t native) {
  Python python;
  DividedCalls& calls = python.parts.emplace_back();
  calls.kind = "predict", calls.file = "/home/me/app.py", calls.line = 7;
  calls.looks[at(CallPart::in)] = in;
  calls.looks[at(CallPart::kernels)] = kernels;
  calls.looks[at(CallPart::native)] = native;
  return python;
}

TEST_CASE("the looks into calls are told as shares, the largest first") {
  CHECK(parts_words(python_with(60, 20, 0)) == "a call: data in 75 %, kernels 25 % (80 looks)");
  CHECK(parts_table(python_with(60, 20, 0)).find("app.py:7") != std::string::npos);
}

TEST_CASE("calls that cannot be divided are said to be so") {
  CHECK(parts_words(python_with(0, 0, 50)) == "a call: not divided, for it is one call into a library");
  CHECK(parts_words(python_with(2, 1, 0)) == "a call: not divided, for there were 3 looks into calls");
  CHECK(parts_table(python_with(2, 1, 0)).empty());
}

TEST_CASE("without calls nothing is said") {
  Python python;
  CHECK(parts_words(python).empty());
  Calls& load = python.calls.emplace_back();
  load.kind = "load", load.outer = 3;
  CHECK(parts_words(python).empty());
  load.kind = "predict";
  CHECK(parts_words(python) == "a call: not divided, for there were 0 looks into calls");
}

}  // namespace
}  // namespace vivace::doctor
