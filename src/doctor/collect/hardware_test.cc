// Seen through a library with NVML's interface that the test brings, and through records of its own thread.
#include "doctor/collect/hardware.h"

#include <doctest/doctest.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <numeric>

#include "doctor/arbiter/diagnosis.h"
#include "doctor/collect/perf/switches.h"
#include "doctor/findings/testing.h"

namespace vivace::doctor {
namespace {

constexpr Ns kSecond = 1'000'000'000;

bool names(const Evidence& evidence, std::string_view id) {
  return std::ranges::any_of(diagnose(evidence).faults,
                             [&](const Finding& finding) { return finding.id == id; });
}

TEST_CASE("what NVML tells becomes evidence, and the causes follow from it") {
  Hardware hardware(VIVACE_FAKE_NVML);
  const Tree tree(::getpid());
  for (Ns second = 0; second < 5; ++second) hardware.look(second * kSecond, ::getpid(), tree);
  Evidence evidence = testing::run_of(10);
  evidence.machine.gpus.resize(2);
  evidence.machine.gpus[0].name = "Intel 0x1234";
  evidence.machine.gpus[1].name = "NVIDIA 0x2330", evidence.machine.gpus[1].driver = "nvidia";
  hardware.finish(evidence);
  REQUIRE(evidence.machine.gpus.size() == 3);
  CHECK(evidence.machine.gpus[0].busy < 0);
  const Gpu& gpu = evidence.machine.gpus[1];
  CHECK(gpu.name == "NVIDIA Test 80GB");
  CHECK(gpu.busy == doctest::Approx(0.2));
  CHECK(gpu.slowed == "heat");
  CHECK(gpu.others == 1);  // one of its two processes is ours
  CHECK(gpu.clock == 900'000);
  CHECK(gpu.lanes == 4);
  // The other one rested: that its link was slow says nothing.
  CHECK(evidence.machine.gpus[2].name == "NVIDIA Tiny");
  CHECK(evidence.machine.gpus[2].generation == 4);
  CHECK(evidence.machine.gpu_software.driver == "570.86.10");
  evidence.python.settings = {{"gpus", "1"}};
  for (const std::string_view id : {"gpu-slowed", "gpu-shared", "gpu-memory", "gpu-link", "gpu-starved"})
    CHECK_MESSAGE(names(evidence, id), std::string(id));
}

TEST_CASE("without a library, in the first second, and of a process that is gone nothing is told") {
  Evidence evidence = testing::run_of(1);
  for (const std::string_view library : {"", "libno-such-library.so", VIVACE_FAKE_NVML}) {
    Hardware hardware{std::string(library)};
    hardware.look(library == VIVACE_FAKE_NVML ? 0 : 5 * kSecond, 999'999'999, Tree(::getpid()));
    hardware.finish(evidence);
  }
  CHECK(evidence.machine.gpus.empty());
  CHECK(evidence.machine.clock == 0);
}

TEST_CASE("each time that a thread leaves its processor is recorded, where the kernel allows it") {
  SwitchRecords records;
  records.follow(::getpid());
  if (!records.works()) {
    MESSAGE("SKIPPED: perf_event_open is not allowed here");
    return;
  }
  constexpr int kSleeps = 20;
  timespec pause{0, 3'000'000};
  for (int i = 0; i < kSleeps; ++i) ::nanosleep(&pause, nullptr);
  const Switches told = records.take();
  CHECK(told.seen);
  CHECK(told.count >= kSleeps);
  CHECK(told.count - told.preempted >= kSleeps);
  CHECK(told.off >= kSleeps * pause.tv_nsec);
  CHECK(told.most >= pause.tv_nsec);
  CHECK(told.times.size() <= kLatencyBins);
  CHECK(std::accumulate(told.times.begin(), told.times.end(), std::int64_t{0}) <= told.count);
}

}  // namespace
}  // namespace vivace::doctor
