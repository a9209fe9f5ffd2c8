#include "doctor/source/around.h"

#include <doctest/doctest.h>

namespace vivace::doctor {
namespace {

TEST_CASE("a call between two looks at a clock is a call that is timed") {
  constexpr std::string_view kTimed =
      "import time\n"
      "start = time.time()\n"
      "y = model(x)\n"
      "print(time.time() - start)\n";
  CHECK(look_around(kTimed, 3).clocked);
  CHECK_FALSE(look_around(kTimed, 3).fetched);
  CHECK_FALSE(look_around(kTimed, 1).clocked);
  CHECK(look_around("t = perf_counter()\ny = model(x).numpy()\nt = perf_counter() - t\n", 2).fetched);
  CHECK(look_around("x = 1\nprint(timeit.timeit(lambda: model(x), number=1))\n", 2).clocked);
}

TEST_CASE("a clock that is read once, far away, in a comment or in another word times nothing") {
  CHECK_FALSE(look_around("t = time.time()\ny = model(x)\n", 2).clocked);
  CHECK_FALSE(look_around("# time.time()\ny = model(x)\n# time.time()\n", 2).clocked);
  CHECK_FALSE(look_around("runtime()\ny = model(x)\nruntime()\n", 2).clocked);
  const std::string far = "t = time.time()\n" + std::string(20, '\n') + "y = model(x)\nt = time.time() - t\n";
  CHECK_FALSE(look_around(far, 22).clocked);
  CHECK_FALSE(look_around("y = model(x)\n", 99).clocked);
}

}  // namespace
}  // namespace vivace::doctor
