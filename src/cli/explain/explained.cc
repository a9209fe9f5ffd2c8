#include "cli/explain/explained.h"

#include <algorithm>

namespace vivace::cli {

Explained explain_times(const Model& model, const std::vector<StepTime>& times, const Ceilings& ceilings,
                        const Model::Memory& memory) {
  Explained all{std::string(model.isa()),
                {model.pass_runs().begin(), model.pass_runs().end()},
                {},
                ceilings,
                memory,
                0,
                0};
  double resident = static_cast<double>(memory.arena);
  for (const StepTime& step : times) resident += step.weight_bytes;
  for (const StepTime& step : times) {
    const StepWork work{step.flops, step.weight_bytes, step.bytes - step.weight_bytes, resident,
                        step.arithmetic};
    all.steps.push_back({step, roofline(work, ceilings)});
    all.seconds += step.seconds;
    all.least_s += all.steps.back().roof.seconds();
  }
  return all;
}

std::vector<Gain> gains_of(const Explained& all) {
  std::vector<Gain> gains;
  for (const ExplainedStep& step : all.steps) {
    auto gain = std::ranges::find(gains, step.time.kernel, &Gain::kernel);
    if (gain == gains.end()) gain = gains.insert(gains.end(), {step.time.kernel, 0, 0, 0, {}});
    gain->seconds += step.time.seconds;
    gain->least_s += step.roof.seconds();
    gain->excess_s += step.excess();
    gain->steps.push_back(&step);
  }
  for (Gain& gain : gains) std::ranges::sort(gain.steps, std::greater(), &ExplainedStep::excess);
  std::ranges::sort(gains, std::greater(), &Gain::excess_s);
  return gains;
}

}  // namespace vivace::cli
