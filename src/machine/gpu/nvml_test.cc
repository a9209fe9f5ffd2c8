#include "machine/gpu/nvml.h"

#include <doctest/doctest.h>
#include <unistd.h>

namespace vivace::machine {
namespace {

TEST_CASE("a library that is not there is no error") {
  CHECK_FALSE(Nvml::open("libno-such-library.so.1"));
  CHECK_FALSE(Nvml::open("libm.so.6"));  // one that is none of NVIDIA's
}

TEST_CASE("what a library with NVML's interface tells") {
  auto nvml = Nvml::open(VIVACE_FAKE_NVML);
  REQUIRE(nvml);
  CHECK(nvml->driver() == "570.86.10");
  const auto gpus = nvml->look();
  REQUIRE(gpus.size() == 2);
  CHECK(gpus[0].name == "NVIDIA Test 80GB");
  CHECK(gpus[0].busy == doctest::Approx(0.2));
  CHECK(gpus[0].memory == 1'000'000'000);
  CHECK(gpus[0].memory_used == 980'000'000);
  CHECK(gpus[0].clock_mhz == 900);
  CHECK(gpus[0].most_clock_mhz == 1800);
  CHECK(gpus[0].lanes == 4);
  CHECK(gpus[0].most_lanes == 16);
  CHECK(gpus[0].generation == 4);
  CHECK(gpus[0].slowed == "heat");
  CHECK(gpus[0].processes == std::vector<std::int64_t>{::getpid(), 4'000'000'000});
  CHECK(gpus[1].slowed.empty());
  CHECK(gpus[1].processes.empty());
}

}  // namespace
}  // namespace vivace::machine
