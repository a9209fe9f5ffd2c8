// A GPU that is there and is not used, and one that is asked for and is not there.
#include <algorithm>

#include "base/text.h"
#include "doctor/findings/claims.h"
#include "doctor/findings/gpu/versions.h"
#include "doctor/findings/rules.h"

namespace vivace::doctor {
namespace {

std::string tensorflow_version(Seen evidence) {
  for (const Version& version : evidence.python.versions)
    if (version.name == "tensorflow") return version.version;
  return {};
}
std::string setting_of(Seen evidence, std::string_view name) {
  for (const Variable& setting : evidence.python.settings)
    if (setting.name == name) return setting.value;
  return {};
}
const Gpu* computing_gpu(Seen evidence) {
  for (const Gpu& gpu : evidence.machine.gpus)
    if (gpu.name.starts_with("NVIDIA") || gpu.name.starts_with("AMD")) return &gpu;
  return nullptr;
}
bool is_hidden(Seen evidence) {
  return std::ranges::any_of(evidence.environment, [](const Variable& variable) {
    return variable.name == "CUDA_VISIBLE_DEVICES" && (variable.value == "-1" || variable.value.empty());
  });
}
// What TensorFlow itself says of its devices; where it does not, whether the driver's library was seen.
bool is_used(Seen evidence) {
  const std::string gpus = setting_of(evidence, "gpus");
  if (!gpus.empty()) return gpus != "0";
  return std::ranges::any_of(evidence.libraries,
                             [](const Library& library) { return library.name.starts_with("libcuda.so"); });
}

void advise(Finding& finding, Seen evidence, const Gpu& gpu, const std::string& version) {
  const BuiltWith* const built = built_with(version);
  const std::string fits = misfit(version, evidence.machine.gpu_software);
  const bool nvidia = gpu.name.starts_with("NVIDIA");
  finding.remedy = "install TensorFlow with CUDA";
  finding.change = "pip install 'tensorflow[and-cuda]'; nvidia-smi";
  if (is_hidden(evidence)) {
    finding.facts.push_back("CUDA_VISIBLE_DEVICES hides it");
    finding.remedy = "let it be seen", finding.change = "unset CUDA_VISIBLE_DEVICES";
  } else if (setting_of(evidence, "is_cuda_build") == "False") {
    finding.facts.push_back(text("TensorFlow {} here is a build without CUDA", version));
    finding.remedy = "install the build for GPUs";
  } else if (gpu.driver.empty() && evidence.machine.gpu_software.driver.empty()) {
    finding.remedy = "install its driver";
  } else if (nvidia && !fits.empty() && built) {
    finding.id = "gpu-versions";
    finding.facts.push_back(fits);
    finding.facts.push_back(text("TensorFlow {} goes with CUDA {}, cuDNN {} (its own list, {})", version,
                                 built->cuda, built->cudnn, kVersionsAsOf));
    finding.remedy = text("install what fits: driver {} or later, CUDA {}, cuDNN {}",
                          oldest_driver(built->cuda), built->cuda, built->cudnn);
  }
}

}  // namespace

std::optional<Finding> idle_gpu(Seen evidence, const Ledger&) {
  const Gpu* const gpu = computing_gpu(evidence);
  const std::string version = tensorflow_version(evidence);
  if (!gpu || version.empty() || is_used(evidence)) return {};
  Finding finding;
  finding.fault = true;
  finding.id = "idle-gpu";
  finding.title = text("there is a GPU ({}), and TensorFlow runs without it", gpu->name);
  finding.facts = {gpu->driver.empty() ? "no driver holds it" : text("its driver: {}", gpu->driver)};
  finding.effort = Effort::setting;
  advise(finding, evidence, *gpu, version);
  return finding;
}

std::optional<Finding> missing_gpu(Seen evidence, const Ledger&) {
  if (!evidence.python.gpu_named || computing_gpu(evidence) || is_used(evidence)) return {};
  const std::string version = tensorflow_version(evidence);
  if (version.empty()) return {};
  Finding finding;
  finding.fault = true;
  finding.id = "missing-gpu";
  finding.title = "the program asks for a GPU, and there is none: all of it runs on the processor";
  finding.facts = {"no NVIDIA or AMD device on the PCI bus, no /proc/driver/nvidia"};
  if (setting_of(evidence, "is_cuda_build") == "True")
    finding.facts.push_back(text("TensorFlow {} is a build with CUDA {}, which says nothing of the machine",
                                 version, setting_of(evidence, "cuda_version")));
  finding.remedy = "run it where a GPU is (docker run --gpus all), or make it fast on the processor";
  finding.change =
      "print(tf.config.list_physical_devices(\"GPU\")); tf.debugging.set_log_device_placement(True)";
  finding.effort = Effort::machine;
  return finding;
}

}  // namespace vivace::doctor
