#include "machine/gpu/software.h"

#include "machine/small_file.h"

namespace vivace::machine {
namespace {

// "NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.104.05  Sat Aug 19 ...": the first word of digits and
// points.
std::string driver_version(std::string_view words) {
  std::size_t at = 0;
  while (at < words.size()) {
    const std::size_t end = std::min(words.find_first_of(" \t\n", at), words.size());
    const std::string_view word = words.substr(at, end - at);
    const bool version = word.find('.') != word.npos && word.find_first_not_of("0123456789.") == word.npos;
    if (version) return std::string(word);
    at = end + 1;
  }
  return {};
}

// Of "libcudart.so.12.5.82" in a folder: "12.5.82", the longest there is.
std::string version_in(const std::filesystem::path& folder, std::string_view library) {
  std::string best;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with(library) || name.size() <= library.size()) continue;
    const std::string version = name.substr(library.size());
    if (version.find_first_not_of("0123456789.") == version.npos && version.size() > best.size())
      best = version;
  }
  return best;
}

}  // namespace

GpuSoftware find_gpu_software(const std::filesystem::path& site_packages, const std::filesystem::path& root) {
  GpuSoftware found;
  found.driver = driver_version(read_small(root / "proc/driver/nvidia/version"));
  std::vector<std::filesystem::path> folders;
  if (!site_packages.empty())
    for (const char* const part :
         {"nvidia/cuda_runtime/lib", "nvidia/cudnn/lib", "nvidia/cu12/lib", "nvidia/cu13/lib"})
      folders.push_back(site_packages / part);
  for (const char* const part : {"usr/local/cuda/lib64", "usr/lib/x86_64-linux-gnu", "usr/lib64"})
    folders.push_back(root / part);
  for (const auto& folder : folders) {
    if (found.cuda.empty()) found.cuda = version_in(folder, "libcudart.so.");
    if (found.cudnn.empty()) found.cudnn = version_in(folder, "libcudnn.so.");
  }
  return found;
}

}  // namespace vivace::machine
