#include "base/text.h"

#include <doctest/doctest.h>

using namespace vivace;

TEST_CASE("a mistyped word gets the nearest known one, a foreign word none") {
  constexpr std::string_view kWords[] = {"predict", "inspect", "compile"};
  CHECK(nearest("pedict", kWords) == "predict");
  CHECK(nearest("inspcet", kWords) == "inspect");
  CHECK(nearest("ispnect", kWords) == "inspect");
  constexpr std::string_view kOptions[] = {"--time", "--top"};
  CHECK(nearest("--tpo", kOptions) == "--top");  // two letters swapped are one mistake
  CHECK(nearest("zebra", kWords).empty());
  CHECK(did_you_mean("comple", kWords) == ", did you mean \"compile\"?");
}

TEST_CASE("numbers are written with a unit and three figures") {
  CHECK(bytes_text(512) == "512 B");
  CHECK(bytes_text(14.2e6) == "14.2 MB");
  CHECK(seconds_text(1.5e-3) == "1.5 ms");
  CHECK(seconds_text(2.5) == "2.5 s");
}
