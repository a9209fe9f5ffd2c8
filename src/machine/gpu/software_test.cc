#include "machine/gpu/software.h"

#include <doctest/doctest.h>

#include "support/temp_folder.h"

namespace vivace::machine {
namespace {

TEST_CASE("NVIDIA's driver and libraries are found by their files") {
  const test::TempFolder folder;
  const auto write = [&](const char* name, const char* words) { folder.write(name, words); };
  GpuSoftware none = find_gpu_software("", folder.path());
  CHECK(none.driver.empty());
  CHECK(none.cuda.empty());

  write("proc/driver/nvidia/version",
        "NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.104.05  Sat Aug 19 01:15:15 UTC 2023\n");
  write("usr/lib/x86_64-linux-gnu/libcudart.so.11.8.89", "");
  write("site/nvidia/cudnn/lib/libcudnn.so.9", "");
  const GpuSoftware system = find_gpu_software("", folder.path());
  CHECK(system.driver == "535.104.05");
  CHECK(system.cuda == "11.8.89");
  CHECK(system.cudnn.empty());
  write("site/nvidia/cuda_runtime/lib/libcudart.so.12", "");
  const GpuSoftware packages = find_gpu_software(folder.path() / "site", folder.path());
  CHECK(packages.cuda == "12");
  CHECK(packages.cudnn == "9");
}

}  // namespace
}  // namespace vivace::machine
