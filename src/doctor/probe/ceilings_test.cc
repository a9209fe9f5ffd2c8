#include "doctor/probe/ceilings.h"

#include <doctest/doctest.h>

using namespace vivace;

TEST_CASE("this machine has ceilings, and its main memory comes last") {
  const Ceilings ceilings = doctor::measure_ceilings(kernels::Isa::baseline);
  CHECK(ceilings.flops_per_s > 1e8);
  REQUIRE_FALSE(ceilings.memories.empty());
  CHECK(ceilings.memories.back().name == "DRAM");
  CHECK(ceilings.memories.back().bytes == 0);
  for (const Ceilings::Memory& memory : ceilings.memories) CHECK(memory.bytes_per_s > 1e7);
}

TEST_CASE(
    "the roofline is the longer of computing and moving, each byte from the nearest place that holds it") {
  Ceilings ceilings;
  ceilings.flops_per_s = 100;
  ceilings.memories = {{"L1", 10, 50}, {"L2", 1000, 20}, {"DRAM", 0, 2}};
  CHECK(&ceilings.holding(10) == &ceilings.memories[0]);
  CHECK(&ceilings.holding(11) == &ceilings.memories[1]);
  CHECK(&ceilings.holding(1e18) == &ceilings.memories[2]);

  const Roofline busy = roofline({1000, 20, 5, 500}, ceilings);
  CHECK(busy.compute_s == 10);
  CHECK(busy.memory_s == doctest::Approx(20.0 / 20 + 5.0 / 50));
  CHECK_FALSE(busy.memory_bound());
  CHECK(busy.seconds() == 10);

  const Roofline starved = roofline({10, 20, 100, 5000}, ceilings);
  CHECK(starved.memory_s == doctest::Approx(20.0 / 2 + 100.0 / 20));
  CHECK(starved.memory_bound());
  CHECK(starved.seconds() == starved.memory_s);
}

TEST_CASE("without known ceilings there is no roofline") {
  CHECK(roofline({10, 20, 100, 5000}, {}).seconds() == 0);
}
