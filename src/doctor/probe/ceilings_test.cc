#include "doctor/probe/ceilings.h"

#include <doctest/doctest.h>

#include "kernels/probe/dot_peak.h"
#include "machine/cpu_features.h"

using namespace vivace;

TEST_CASE("this machine has ceilings, and its main memory comes last") {
  const Ceilings ceilings = doctor::measure_ceilings(kernels::Isa::baseline);
  CHECK(ceilings.flops_per_s > 1e8);
  CHECK(ceilings.byte_ops_per_s > 1e8);
  CHECK(ceilings.tile_ops_per_s == 0);
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

TEST_CASE("the probes of byte products count what they did") {
  const auto check = [](auto probe) {
    double one = 0, ten = 0;
    std::int32_t sink = 1;
    probe({1, &one, &sink});
    probe({10, &ten, &sink});
    CHECK(one > 0);
    CHECK(ten == 10 * one);
  };
  const machine::CpuFeatures features = machine::read_cpu_features();
  check(kernels::dot_peak.plain[0]);
  if (features.avx2) check(kernels::dot_peak.plain[1]);
  if (features.avx512) check(kernels::dot_peak.plain[2]);
  if (features.avx_vnni) check(kernels::dot_peak.vnni[0]);
  if (features.avx512_vnni) check(kernels::dot_peak.vnni[1]);
  if (features.amx && machine::allow_tiles()) check(kernels::tile_peak);
}

TEST_CASE("each arithmetic has its own ceiling") {
  Ceilings ceilings;
  ceilings.flops_per_s = 100, ceilings.byte_ops_per_s = 400, ceilings.tile_ops_per_s = 2000;
  CHECK(roofline({4000, 0, 0, 0}, ceilings).compute_s == 40);
  CHECK(roofline({4000, 0, 0, 0, Arithmetic::bytes}, ceilings).compute_s == 10);
  CHECK(roofline({4000, 0, 0, 0, Arithmetic::tiles}, ceilings).compute_s == 2);
}

TEST_CASE("without known ceilings there is no roofline") {
  CHECK(roofline({10, 20, 100, 5000}, {}).seconds() == 0);
}
