// How work is cut into chunks for threads.
#include "cpu/common/tiling.h"

#include <doctest/doctest.h>

using namespace vivace::cpu;

namespace {

constexpr double kChunk = 125e3;  // flops that are worth one

}  // namespace

TEST_CASE("chunks cover everything once, in order") {
  for (std::size_t total = 1; total < 200; ++total)
    for (const std::size_t granularity : {1, 3, 14})
      for (const double worth : {0.5, 3.0, 12.0, 1e3}) {
        const Split split = split_evenly(total, worth * kChunk / static_cast<double>(total), granularity,
                                         granularity == 3 ? 3 : 1);
        std::size_t next = 0;
        for (std::int64_t chunk = 0; chunk < split.chunks; ++chunk) {
          REQUIRE(split.begin(chunk) == next);
          REQUIRE(split.end(chunk + 1) > next);
          next = split.end(chunk + 1);
        }
        REQUIRE(next == total);
      }
}

TEST_CASE("few chunks are even for two workers") {
  // 125 rows worth four chunks: of whole tiles of 14 rows there would be three.
  CHECK(split_evenly(125, 4.2 * kChunk / 125, 14).unit == 32);
  // 10 panels by tiles of three: 3, 3, 3 and 1 would be six for the one and four for the other.
  CHECK(split_evenly(10, 60 * kChunk / 10, 3).unit == 5);
  CHECK(split_evenly(20, 60 * kChunk / 20, 4).unit == 5);
  // Tiles that take as long when they are not full stay whole.
  CHECK(split_evenly(196, 12 * kChunk / 196, 32, 32).unit == 32);
  // What is not worth two is not cut.
  CHECK(split_evenly(100, 1.5 * kChunk / 100, 8).chunks == 1);
}
