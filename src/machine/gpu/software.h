// Which of NVIDIA's libraries are installed, found by their files: nothing of them is run.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace vivace::machine {

struct GpuSoftware {
  std::string driver;       // "535.104.05": of the kernel's module
  std::string cuda, cudnn;  // "12", "9": of the runtime libraries; empty: not found
};

/// `site_packages`: where Python's packages lie, whose NVIDIA libraries go before those of the system.
GpuSoftware find_gpu_software(const std::filesystem::path& site_packages,
                              const std::filesystem::path& root = "/");

}  // namespace vivace::machine
