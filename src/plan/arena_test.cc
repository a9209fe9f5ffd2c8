#include "plan/arena.h"

#include <doctest/doctest.h>

#include <random>

using namespace vivace;

namespace {

bool overlap(const Lifetime& a, std::size_t at_a, const Lifetime& b, std::size_t at_b) {
  const bool together = a.first <= b.last && b.first <= a.last;
  return together && at_a < at_b + b.bytes && at_b < at_a + a.bytes;
}

}  // namespace

TEST_CASE("a chain of buffers needs no more than its two largest neighbours") {
  const Placement placement = place({{1024, 0, 1}, {512, 1, 2}, {2048, 2, 3}, {64, 3, 4}});
  CHECK(placement.lower_bound == 2560);
  CHECK(placement.bytes == placement.lower_bound);
}

TEST_CASE("no two buffers that live at once share a byte, whatever their sizes and times") {
  std::mt19937 random(1);
  for (int round = 0; round < 200; ++round) {
    std::vector<Lifetime> lifetimes(1 + random() % 40);
    for (Lifetime& life : lifetimes) {
      life.bytes = random() % 5000;
      life.first = static_cast<std::int32_t>(random() % 30);
      life.last = life.first + static_cast<std::int32_t>(random() % 10);
    }
    const Placement placement = place(lifetimes);
    CHECK(placement.bytes >= placement.lower_bound);
    for (std::size_t i = 0; i < lifetimes.size(); ++i) {
      CHECK(placement.offsets[i] % 64 == 0);
      CHECK(placement.offsets[i] + lifetimes[i].bytes <= placement.bytes);
      for (std::size_t j = 0; j < i; ++j)
        CHECK_FALSE(overlap(lifetimes[i], placement.offsets[i], lifetimes[j], placement.offsets[j]));
    }
  }
}

TEST_CASE(
    "activations of a network, each read by one of the next few steps, nearly always meet the lower bound") {
  std::mt19937 random(2);
  int met = 0;
  double above = 0;
  for (int round = 0; round < 300; ++round) {
    std::vector<Lifetime> lifetimes(30);
    for (std::int32_t step = 0; step < 30; ++step)
      lifetimes[static_cast<std::size_t>(step)] = {
          64 * (1 + random() % 64), step,
          step + 1 + (random() % 3 ? 0 : static_cast<std::int32_t>(random() % 6))};
    const Placement placement = place(lifetimes);
    met += placement.bytes == placement.lower_bound;
    above += static_cast<double>(placement.bytes) / static_cast<double>(placement.lower_bound) - 1;
  }
  MESSAGE(met << " of 300 met it, " << above / 3 << " % above in the mean");
  CHECK(met >= 270);
  CHECK(above / 3 < 0.5);
}
