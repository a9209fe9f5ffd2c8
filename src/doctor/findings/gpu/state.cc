// What NVML tells of a GPU that is used: starved, slowed down, shared, full, or behind a narrow link.
#include "base/text.h"
#include "doctor/findings/claims.h"
#include "doctor/findings/rules.h"

namespace vivace::doctor {
namespace {

Finding about(std::string id, std::string title, std::string fact) {
  Finding finding;
  finding.fault = true;
  finding.id = std::move(id);
  finding.title = std::move(title);
  finding.facts = {std::move(fact)};
  finding.effort = Effort::machine;
  return finding;
}

}  // namespace

std::optional<Finding> slowed_gpu(Seen evidence, const Ledger&) {
  for (const Gpu& gpu : evidence.machine.gpus) {
    if (gpu.slowed.empty()) continue;
    Finding finding =
        about("gpu-slowed", text("the GPU lowers its clock: {}", gpu.slowed), "NVML's reasons for the clock");
    finding.remedy = "cool it, or raise its power limit";
    finding.change = "nvidia-smi -q -d PERFORMANCE,TEMPERATURE,POWER";
    return finding;
  }
  return {};
}

std::optional<Finding> shared_gpu(Seen evidence, const Ledger&) {
  for (const Gpu& gpu : evidence.machine.gpus) {
    if (gpu.others == 0 || gpu.busy < 0) continue;
    Finding finding = about("gpu-shared", text("{} other processes compute on the GPU", gpu.others),
                            text("it is busy {:.0f} % of the time, theirs included (NVML)", 100 * gpu.busy));
    finding.remedy = "stop them, or take another GPU";
    finding.change = "nvidia-smi; CUDA_VISIBLE_DEVICES=1";
    return finding;
  }
  return {};
}

std::optional<Finding> full_gpu(Seen evidence, const Ledger&) {
  for (const Gpu& gpu : evidence.machine.gpus) {
    if (gpu.memory <= 0 || gpu.others == 0 || gpu.memory_used < gpu.memory - gpu.memory / 20) continue;
    Finding finding = about("gpu-memory", "the GPU's memory is full, and not by this program alone",
                            text("{} of {} used (NVML)", bytes_text(static_cast<double>(gpu.memory_used)),
                                 bytes_text(static_cast<double>(gpu.memory))));
    finding.remedy = "a smaller batch, or memory growth in each program";
    finding.change = "tf.config.experimental.set_memory_growth(gpu, True)  # as the first lines";
    return finding;
  }
  return {};
}

std::optional<Finding> narrow_link(Seen evidence, const Ledger&) {
  for (const Gpu& gpu : evidence.machine.gpus) {
    if (gpu.lanes <= 0 || gpu.generation <= 0) continue;
    if (gpu.lanes >= gpu.most_lanes && gpu.generation >= gpu.most_generation) continue;
    Finding finding = about("gpu-link", "the GPU's link is narrower than it could be",
                            text("PCIe {} x{}, of {} x{} (NVML; an idle link rests at a lower generation)",
                                 gpu.generation, gpu.lanes, gpu.most_generation, gpu.most_lanes));
    finding.remedy = "put it into the slot that the processor drives; look at the firmware's settings";
    finding.change = "nvidia-smi -q | grep -A6 'PCIe Generation'";
    return finding;
  }
  return {};
}

std::optional<Finding> starved_gpu(Seen evidence, const Ledger& ledger) {
  constexpr double kIdle = 0.3;
  for (const Gpu& gpu : evidence.machine.gpus) {
    if (gpu.busy < 0 || gpu.busy >= kIdle || ledger.work() < ledger.startup()) continue;
    bool used = false;
    for (const Variable& setting : evidence.python.settings)
      used |= setting.name == "gpus" && setting.value != "0";
    if (!used) continue;
    Finding finding = about("gpu-starved", text("the GPU computes {:.0f} % of the time", 100 * gpu.busy),
                            "it waits for the processor, which prepares its work (NVML)");
    finding.remedy =
        "larger batches, a graph instead of single operations, an input pipeline that runs ahead";
    finding.change = "dataset.batch(256).prefetch(tf.data.AUTOTUNE); infer = tf.function(model)";
    finding.effort = Effort::line;
    return finding;
  }
  return {};
}

}  // namespace vivace::doctor
