// XLA, switched on where the switch does nothing, or where it costs.
#include <algorithm>

#include "base/text.h"
#include "doctor/findings/claims.h"
#include "doctor/findings/rules.h"

namespace vivace::doctor {
namespace {

// Where TensorFlow says nothing of its devices, the machine does.
bool has_gpu(Seen evidence) {
  for (const Variable& setting : evidence.python.settings)
    if (setting.name == "gpus") return setting.value != "0";
  return std::ranges::any_of(evidence.machine.gpus,
                             [](const Gpu& gpu) { return gpu.name.starts_with("NVIDIA"); });
}

// The switch that asks for clusters of operations, as the program or its environment said it.
std::string clustering_switch(Seen evidence) {
  for (const Variable& variable : evidence.environment) {
    if (variable.name != "TF_XLA_FLAGS") continue;
    if (variable.value.find("tf_xla_cpu_global_jit") != std::string::npos) return {};
    if (variable.value.find("tf_xla_auto_jit") != std::string::npos)
      return text("TF_XLA_FLAGS={}", variable.value);
  }
  for (const Variable& setting : evidence.python.settings)
    if (setting.name == "optimizer_jit" && (setting.value == "True" || setting.value == "autoclustering"))
      return "tf.config.optimizer.set_jit(True)";
  return {};
}

}  // namespace

std::optional<Finding> xla_without_effect(Seen evidence, const Ledger&) {
  const std::string asked = clustering_switch(evidence);
  if (asked.empty() || has_gpu(evidence)) return {};
  Finding finding;
  finding.fault = true;
  finding.id = "xla-without-effect";
  finding.title = "XLA is switched on where the switch does nothing";
  finding.facts = {text("{} makes clusters for GPUs only, and TensorFlow has none here", asked)};
  finding.remedy = "take it out; on a processor only jit_compile=True has an effect, often a bad one";
  finding.change = "infer = tf.function(model); infer(x)";
  finding.effort = Effort::setting;
  return finding;
}

std::optional<Finding> xla_on_processor(Seen evidence, const Ledger&) {
  const Function* worst = nullptr;
  for (const Function& function : evidence.python.functions)
    if (function.jit && (!worst || function.trace > worst->trace)) worst = &function;
  if (!worst || has_gpu(evidence)) return {};
  Finding finding;
  finding.fault = true;
  finding.id = "xla-on-processor";
  finding.title = text("jit_compile=True compiles {}() for this processor, which seldom pays", worst->name);
  finding.place = place_of(worst->file, worst->line);
  finding.facts = {text("{} compilation{} took {}", worst->traces, worst->traces == 1 ? "" : "s",
                        seconds_text(seconds(worst->trace)))};
  if (worst->calls > worst->traces)
    finding.facts.push_back(
        text("later calls take {} each", seconds_text(seconds(worst->total - worst->trace) /
                                                      static_cast<double>(worst->calls - worst->traces))));
  finding.facts.push_back("measured on networks: no gain on small ones, a tenth of the speed on MobileNetV2");
  finding.remedy = "time it without; each new shape is compiled anew";
  finding.change = "tf.function(model)  # without jit_compile";
  return finding;
}

}  // namespace vivace::doctor
