#include "base/parallel.h"

#include <doctest/doctest.h>

#include <stdexcept>

namespace vivace {

TEST_CASE("every piece of work is done once, by as many threads as there are") {
  for (const int threads : {0, 1, 2, 5})
    for (const std::size_t count : {0u, 1u, 3u, 100u}) {
      CAPTURE(threads);
      CAPTURE(count);
      std::vector<std::atomic<int>> done(count);
      in_parallel(threads, count, [&](std::size_t i) { ++done[i]; });
      for (const std::atomic<int>& times : done) CHECK(times.load() == 1);
    }
}

TEST_CASE("an exception of one piece of work reaches the caller and ends the rest") {
  std::atomic<int> done = 0;
  const auto work = [&](std::size_t i) {
    if (i == 3) throw std::length_error("too long");
    ++done;
  };
  CHECK_THROWS_AS(in_parallel(2, 100'000, work), std::length_error);
  CHECK(done.load() < 100'000);
  CHECK_THROWS_AS(in_parallel(1, 4, work), std::length_error);
}

}  // namespace vivace
