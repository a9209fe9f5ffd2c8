#include "machine/system_load.h"

#include <doctest/doctest.h>

#include "support/temp_folder.h"

using namespace vivace::machine;

TEST_CASE("how many threads are runnable, as /proc/loadavg says") {
  const vivace::test::TempFolder root;
  const auto read = [&](const char* text) {
    root.write("loadavg", text);
    return read_runnable_threads((root.path() / "loadavg").c_str());
  };
  CHECK(read("0.20 0.18 0.12 3/80 11206\n") == 3);
  CHECK(read("120.20 0.18 0.12 128/4096 11206") == 128);
  CHECK(read("0.20 0.18") == 0);
  CHECK(read("") == 0);
  CHECK(read_runnable_threads((root.path() / "none").c_str()) == 0);
  CHECK(read_runnable_threads() >= 1);  // this one
  CHECK(read_processors() >= 1);
}
