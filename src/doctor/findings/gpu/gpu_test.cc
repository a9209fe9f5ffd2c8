#include <doctest/doctest.h>

#include <algorithm>

#include "doctor/arbiter/diagnosis.h"
#include "doctor/findings/gpu/versions.h"
#include "doctor/findings/testing.h"

namespace vivace::doctor {
namespace {

using testing::calls;
using testing::kSecond;
using testing::run_of;

std::vector<std::string> faults(const Evidence& evidence) {
  std::vector<std::string> ids;
  for (const Finding& finding : diagnose(evidence).faults) ids.push_back(finding.id);
  return ids;
}
using Ids = std::vector<std::string>;

Evidence with_gpu() {
  Evidence evidence = run_of(10);
  evidence.python.seen = true;
  evidence.python.versions = {{"tensorflow", "2.21.0"}};
  evidence.python.settings = {{"gpus", "0"}, {"is_cuda_build", "True"}, {"cuda_version", "12.5.1"}};
  evidence.machine.gpus.emplace_back();
  evidence.machine.gpus[0].name = "NVIDIA 0x2204", evidence.machine.gpus[0].driver = "nvidia";
  evidence.machine.gpu_software = {"570.86.10", "12.5.82", "9"};
  return evidence;
}

TEST_CASE("versions are compared number by number") {
  CHECK(compare_versions("2.9", "2.10") == -1);
  CHECK(compare_versions("525.60.13", "525.60.13") == 0);
  CHECK(compare_versions("12", "12.5.1") == 0);
  CHECK(compare_versions("450.80.02", "450.51.06") == 1);
  CHECK(compare_versions("x", "1") == 0);
}

TEST_CASE("what a release of TensorFlow goes with") {
  REQUIRE(built_with("2.10.1"));
  CHECK(built_with("2.10.1")->cuda == "11.2");
  CHECK(built_with("2.1.0")->cuda == "10.1");
  CHECK(built_with("1.15.5")->cudnn == "7.4");
  CHECK_FALSE(built_with("9.9"));
  CHECK_FALSE(built_with(""));
  CHECK(oldest_driver("12.5.1") == "525.60.13");
  CHECK(oldest_driver("10.1") == "418.39");
  CHECK(oldest_driver("").empty());
}

TEST_CASE("what does not fit is named, and what fits is not") {
  CHECK(misfit("2.21.0", {"570.86.10", "12.5.82", "9"}).empty());
  CHECK(misfit("2.21.0", {"", "12", "9"}).find("driver is not loaded") != std::string::npos);
  CHECK(misfit("2.21.0", {"470.57.02", "12", "9"}).find("needs 525.60.13") != std::string::npos);
  CHECK(misfit("2.21.0", {"570.86", "", "9"}) == "CUDA 12.5 is not found");
  CHECK(misfit("2.10.0", {"570.86", "12.5", "8"}).find("wants 11.2") != std::string::npos);
  CHECK(misfit("2.21.0", {"570.86", "12", "8.9.7"}).find("cuDNN 8.9.7 is installed") == 0);
  CHECK(misfit("2.3.0", {"418.39", "10.1.243", "7.6.5"}).empty());
  CHECK(misfit("99.0", {"", "", ""}).empty());  // nothing is known of it
}

TEST_CASE("a GPU that lies idle, and why") {
  Evidence evidence = with_gpu();
  CHECK(faults(evidence) == Ids{"idle-gpu"});
  evidence.machine.gpu_software.cudnn.clear();
  CHECK(faults(evidence) == Ids{"gpu-versions"});
  evidence.environment = {{"CUDA_VISIBLE_DEVICES", "-1"}};
  CHECK(faults(evidence) == Ids{"idle-gpu"});
  CHECK(diagnose(evidence).faults[0].change == "unset CUDA_VISIBLE_DEVICES");
  evidence.environment.clear();
  evidence.python.settings[1].value = "False";
  CHECK(diagnose(evidence).faults[0].remedy == "install the build for GPUs");
  evidence.python.settings[0].value = "1";
  CHECK(faults(evidence).empty());
}

TEST_CASE("a GPU that is asked for and is not there") {
  Evidence evidence = with_gpu();
  evidence.machine.gpus.clear();
  CHECK(faults(evidence).empty());
  evidence.python.gpu_named = true;
  CHECK(faults(evidence) == Ids{"missing-gpu"});
}

TEST_CASE("what NVML says of a GPU that is used") {
  Evidence evidence = with_gpu();
  evidence.python.settings[0].value = "1";
  Gpu& gpu = evidence.machine.gpus[0];
  gpu.busy = 0.9;
  CHECK(faults(evidence).empty());
  gpu.busy = 0.1;
  CHECK(faults(evidence) == Ids{"gpu-starved"});
  gpu.busy = 0.9, gpu.slowed = "thermal";
  CHECK(faults(evidence) == Ids{"gpu-slowed"});
  gpu.slowed.clear(), gpu.lanes = 8, gpu.most_lanes = 16, gpu.generation = gpu.most_generation = 4;
  CHECK(faults(evidence) == Ids{"gpu-link"});
  gpu.lanes = 16, gpu.others = 2, gpu.memory = 100, gpu.memory_used = 50;
  CHECK(faults(evidence) == Ids{"gpu-shared"});
  gpu.memory_used = 99;
  CHECK(faults(evidence) == Ids{"gpu-shared", "gpu-memory"});
}

TEST_CASE("heat, a low clock, and memory on a far node") {
  const auto first = [](const Evidence& evidence) {
    const Diagnosis diagnosis = diagnose(evidence);
    return diagnosis.causes.empty() ? std::string("healthy") : diagnosis.causes[0].finding.id;
  };
  Evidence evidence = run_of(10);
  evidence.machine.clock = 2'900'000, evidence.machine.most_clock = 3'000'000;
  CHECK(first(evidence) == "healthy");
  evidence.machine.heat_events = 40, evidence.machine.clock = 1'200'000;
  CHECK(first(evidence) == "heat");
  CHECK(diagnose(evidence).causes[0].finding.gain.saved == doctest::Approx(6e9));
  evidence.machine.heat_events = 0;
  CHECK(first(evidence) == "low-clock");
  evidence.machine.clock = 0;
  CHECK(first(evidence) == "healthy");
  evidence.machine.numa_nodes = 2, evidence.processes[0].pages = 1000, evidence.processes[0].far_pages = 900;
  CHECK(first(evidence) == "numa");
  evidence.processes[0].far_pages = 100;
  CHECK(first(evidence) == "healthy");
}

}  // namespace
}  // namespace vivace::doctor
