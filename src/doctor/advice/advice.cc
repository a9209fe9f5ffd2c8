#include "doctor/advice/advice.h"

#include <algorithm>

#include "base/text.h"

namespace vivace::doctor {
namespace {

std::string large(double number, std::string_view unit) {
  constexpr std::string_view kPrefixes[] = {"", "k", "M", "G", "T"};
  std::size_t i = 0;
  while (number >= 1000 && i + 1 < std::size(kPrefixes)) number /= 1000, ++i;
  return text("{:.3g}{}{}{}", number, i == 0 && unit.empty() ? "" : " ", kPrefixes[i], unit);
}

double seconds_of(Ns time) { return static_cast<double>(time) * 1e-9; }

bool is_convolution(const ModelLayer& layer) { return layer.kind.find("Conv") != std::string::npos; }

double flops_of(const ModelStudy& study, bool (*counts)(const ModelLayer&)) {
  double all = 0;
  for (const ModelLayer& layer : study.layers) all += counts(layer) ? layer.flops : 0;
  return all;
}

// Amdahl over the two halves of a call: what computes, and what reads weights.
double faster(const ModelStudy& study, double compute_by, double memory_by) {
  const Floor floor = floor_of(study);
  const double before = seconds_of(std::max(floor.compute, floor.memory));
  const double after = std::max(seconds_of(floor.compute) / compute_by, seconds_of(floor.memory) / memory_by);
  return after > 0 ? before / after : 1;
}

}  // namespace

std::string base_name(const std::string& path) { return path.substr(path.rfind('/') + 1); }

std::string size_words(const ModelStudy& study) {
  return text("{} weights ({}), {} a sample", large(static_cast<double>(study.parameters), ""),
              bytes_text(static_cast<double>(study.weight_bytes)), large(study.flops, "FLOP"));
}

std::vector<std::string> weighty_layers(const ModelStudy& study) {
  std::vector<std::string> words;
  if (study.layers.empty()) return words;
  const auto heavy = std::ranges::max_element(study.layers, {}, &ModelLayer::parameters);
  const auto busy = std::ranges::max_element(study.layers, {}, &ModelLayer::flops);
  const double weights = static_cast<double>(heavy->parameters) /
                         static_cast<double>(std::max<std::int64_t>(1, study.parameters));
  if (weights >= 0.3)
    words.push_back(text("{} ({}) holds {:.0f} % of the weights", heavy->name, heavy->kind, 100 * weights));
  if (study.flops > 0 && busy->flops >= 0.3 * study.flops)
    words.push_back(text("{} ({}) does {:.0f} % of the operations", busy->name, busy->kind,
                         100 * busy->flops / study.flops));
  return words;
}

Floor floor_of(const ModelStudy& study) {
  Floor floor;
  if (study.flops_per_s > 0) floor.compute = static_cast<Ns>(study.flops / study.flops_per_s * 1e9);
  if (study.bytes_per_s > 0)
    floor.memory = static_cast<Ns>(static_cast<double>(study.weight_bytes) / study.bytes_per_s * 1e9);
  return floor;
}

Bound int8_bound(const ModelStudy& study) {
  if (study.weight_bytes <= study.parameters) return {1, "its weights are of 8 bits already"};
  const double factor = faster(study, 4, 4);
  return {factor, text("int8: {:.1f}x", factor)};
}

Bound smaller_input_bound(const ModelStudy& study) {
  const double share = study.flops > 0 ? flops_of(study, is_convolution) / study.flops : 0;
  if (share < 0.5) return {1, "no convolutions that a smaller picture would spare"};
  constexpr double kPixels = 0.75 * 0.75;
  const double factor = 1 / (1 - share * (1 - kPixels));
  return {factor, text("a picture of 3/4 of the size: {:.1f}x", factor)};
}

Bound pruning_bound(const ModelStudy& study) {
  const double factor = faster(study, 2, 2);
  return {factor, text("half of the weights pruned, as whole channels: {:.1f}x", factor)};
}

std::vector<std::string> advice_of(const ModelStudy& study) {
  std::vector<std::string> words;
  if (!study.refused.empty()) {
    words.push_back(text("not run here: {}", study.refused));
    if (study.parameters == 0) return words;
  }
  words.push_back(size_words(study));
  for (std::string& layer : weighty_layers(study)) words.push_back(std::move(layer));
  for (const ModelRun& run : study.runs) {
    std::string shape;
    for (const std::int64_t size : run.shape) shape += text("{}{}", shape.empty() ? "" : "x", size);
    words.push_back(text("a call on {} takes {} in vivace ({} to {}, {} calls)", shape,
                         seconds_text(seconds_of(run.middle)), seconds_text(seconds_of(run.least)),
                         seconds_text(seconds_of(run.most)), run.calls));
  }
  if (study.open > 0) words.push_back(text("it opens in {}", seconds_text(seconds_of(study.open))));
  if (study.steps > 0 && 20 * study.activations >= study.steps)
    words.push_back(text("activations by exp, tanh and the like take {:.0f} % of a call",
                         100 * seconds_of(study.activations) / seconds_of(study.steps)));
  const Floor floor = floor_of(study);
  if (floor.compute > 0 && floor.memory > 0)
    words.push_back(
        text("one core needs {} at least for its operations, and {} to read its weights once: {}",
             seconds_text(seconds_of(floor.compute)), seconds_text(seconds_of(floor.memory)),
             floor.memory > floor.compute ? "memory decides with a batch of one" : "computing decides"));
  std::string bounds;
  for (const Bound& bound : {int8_bound(study), smaller_input_bound(study), pruning_bound(study)})
    if (bound.factor > 1.05) bounds += text("{}{}", bounds.empty() ? "" : ", ", bound.words);
  if (!bounds.empty()) words.push_back(text("at most: {}", bounds));
  return words;
}

}  // namespace vivace::doctor
