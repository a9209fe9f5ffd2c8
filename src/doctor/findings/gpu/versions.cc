#include "doctor/findings/gpu/versions.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"

namespace vivace::doctor {
namespace {

// TensorFlow's own list of tested build configurations for Linux with a GPU, as of kVersionsAsOf.
constexpr BuiltWith kBuilds[] = {
    {"2.21", "12.5", "9.3", "3.10", "3.13"}, {"2.20", "12.5", "9.3", "3.9", "3.13"},
    {"2.19", "12.5", "9.3", "3.9", "3.12"},  {"2.18", "12.5", "9.3", "3.9", "3.12"},
    {"2.17", "12.3", "8.9", "3.9", "3.12"},  {"2.16", "12.3", "8.9", "3.9", "3.12"},
    {"2.15", "12.2", "8.9", "3.9", "3.11"},  {"2.14", "11.8", "8.7", "3.9", "3.11"},
    {"2.13", "11.8", "8.6", "3.8", "3.11"},  {"2.12", "11.8", "8.6", "3.8", "3.11"},
    {"2.11", "11.2", "8.1", "3.7", "3.10"},  {"2.10", "11.2", "8.1", "3.7", "3.10"},
    {"2.9", "11.2", "8.1", "3.7", "3.10"},   {"2.8", "11.2", "8.1", "3.7", "3.10"},
    {"2.7", "11.2", "8.1", "3.7", "3.9"},    {"2.6", "11.2", "8.1", "3.6", "3.9"},
    {"2.5", "11.2", "8.1", "3.6", "3.9"},    {"2.4", "11.0", "8.0", "3.6", "3.8"},
    {"2.3", "10.1", "7.6", "3.5", "3.8"},    {"2.2", "10.1", "7.6", "3.5", "3.8"},
    {"2.1", "10.1", "7.6", "3.5", "3.7"},    {"2.0", "10.0", "7.4", "3.3", "3.7"},
    {"1.15", "10.0", "7.4", "3.3", "3.7"},   {"1.14", "10.0", "7.4", "3.3", "3.7"},
    {"1.13", "10.0", "7.4", "3.3", "3.7"},   {"1.12", "9.0", "7", "3.3", "3.6"},
    {"1.11", "9.0", "7", "3.3", "3.6"},      {"1.10", "9.0", "7", "3.3", "3.6"},
    {"1.9", "9.0", "7", "3.3", "3.6"},       {"1.8", "9.0", "7", "3.3", "3.6"},
    {"1.7", "9.0", "7", "3.3", "3.6"},       {"1.6", "9.0", "7", "3.3", "3.6"},
    {"1.5", "9.0", "7", "3.3", "3.6"},       {"1.4", "8.0", "6", "3.3", "3.6"}};

// The release notes of CUDA. From 11 on a driver serves all releases of one major version.
struct Driver {
  std::string_view cuda, oldest;
};
constexpr Driver kDrivers[] = {
    {"13", "580"},      {"12", "525.60.13"}, {"11", "450.80.02"}, {"10.2", "440.33"}, {"10.1", "418.39"},
    {"10.0", "410.48"}, {"9.2", "396.26"},   {"9.1", "390.46"},   {"9.0", "384.81"},  {"8.0", "375.26"}};

// Takes the first number off; -1 where there is none.
int take_number(std::string_view& version) {
  int number = -1;
  const auto [end, error] = std::from_chars(version.data(), version.data() + version.size(), number);
  version.remove_prefix(error == std::errc() ? static_cast<std::size_t>(end - version.data())
                                             : version.size());
  if (!version.empty() && version[0] == '.') version.remove_prefix(1);
  return error == std::errc() ? number : -1;
}

}  // namespace

int compare_versions(std::string_view a, std::string_view b) {
  while (!a.empty() && !b.empty()) {
    const int left = take_number(a), right = take_number(b);
    if (left < 0 || right < 0) return 0;
    if (left != right) return left < right ? -1 : 1;
  }
  return 0;
}

const BuiltWith* built_with(std::string_view tensorflow) {
  const auto row = std::ranges::find_if(
      kBuilds, [&](const BuiltWith& built) { return compare_versions(built.tensorflow, tensorflow) == 0; });
  return tensorflow.empty() || row == std::end(kBuilds) ? nullptr : row;
}

std::string_view oldest_driver(std::string_view cuda) {
  for (const Driver& driver : kDrivers)
    if (!cuda.empty() && compare_versions(driver.cuda, cuda) == 0) return driver.oldest;
  return {};
}

std::string misfit(std::string_view tensorflow, const GpuSoftware& found) {
  const BuiltWith* const built = built_with(tensorflow);
  if (!built) return {};
  const auto major = [](std::string_view version) { return version.substr(0, version.find('.')); };
  if (found.driver.empty()) return "the NVIDIA driver is not loaded (/proc/driver/nvidia/version)";
  if (const std::string_view oldest = oldest_driver(built->cuda); compare_versions(found.driver, oldest) < 0)
    return text("driver {} is too old: CUDA {}, which TensorFlow {} is built with, needs {} at least",
                found.driver, built->cuda, built->tensorflow, oldest);
  const auto differs = [&](std::string_view name, std::string_view have, std::string_view want) {
    if (have.empty()) return text("{} {} is not found", name, want);
    if (major(have) != major(want))
      return text("{} {} is installed, and TensorFlow {} wants {}", name, have, built->tensorflow, want);
    return std::string();
  };
  if (std::string words = differs("CUDA", found.cuda, built->cuda); !words.empty()) return words;
  return differs("cuDNN", found.cudnn, built->cudnn);
}

}  // namespace vivace::doctor
