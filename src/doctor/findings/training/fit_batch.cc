// fit() in small batches: each step has a cost of its own, which few rows share.
#include <cmath>

#include "base/text.h"
#include "doctor/findings/claims.h"
#include "doctor/findings/rules.h"

namespace vivace::doctor {
namespace {

// A step takes a + c * rows.
struct Law {
  double step = 0, row = 0, least_row = 0, most_row = 0;  // seconds
  std::int64_t sizes = 1;                                 // batch sizes that it was told by
};

double step_of(const Fit& fit) { return seconds(fit.total) / static_cast<double>(fit.steps); }

// What a row takes at the least and at the most by its flops: the way back costs twice the way forward, and
// the pipeline some microseconds. Rates are those of small and of large networks on a few cores.
Law by_flops(const Fit& fit) {
  constexpr double kPipeline = 5e-6, kSlow = 8e9, kUsual = 3e10, kFast = 1.5e11;
  const double flops = 3 * fit.flops;
  Law law;
  law.row = kPipeline + flops / kUsual;
  law.least_row = kPipeline / 3 + flops / kFast, law.most_row = 3 * kPipeline + flops / kSlow;
  law.step = std::max(0.0, step_of(fit) - law.row * static_cast<double>(fit.batch_size));
  return law;
}

// Where the run itself tried several sizes on this model, a line through their steps, the more frequent ones
// weighing more.
std::optional<Law> by_sizes(Seen evidence, const Fit& fit) {
  double weight = 0, x = 0, y = 0, xx = 0, xy = 0;
  std::int64_t sizes = 0;
  for (const Fit& other : evidence.python.fits) {
    if (other.steps < 10 || other.flops != fit.flops || other.line != fit.line || other.file != fit.file)
      continue;
    ++sizes;
    const double w = std::sqrt(static_cast<double>(other.steps)),
                 size = static_cast<double>(other.batch_size), step = step_of(other);
    weight += w, x += w * size, y += w * step, xx += w * size * size, xy += w * size * step;
  }
  const double spread = weight * xx - x * x;
  if (sizes < 2 || !(spread > 0)) return std::nullopt;
  Law law;
  law.sizes = sizes;
  law.row = std::max(0.0, (weight * xy - x * y) / spread);
  law.step = std::max(0.0, (y - law.row * x) / weight);
  law.least_row = 0.7 * law.row, law.most_row = 1.4 * law.row;
  return law;
}

// Twice as large until half of a step computes; so that an epoch still has twenty steps.
std::int64_t better_size(const Fit& fit, const Law& law) {
  constexpr std::int64_t kMost = 2048, kSteps = 20;
  std::int64_t size = fit.batch_size;
  while (2 * size <= kMost && 2 * size * kSteps <= fit.rows && law.row * static_cast<double>(size) < law.step)
    size *= 2;
  return size;
}

// Looks into it that found something else than steps: a pipeline that never rests, callbacks, own code.
bool has_another_cause(Seen evidence, const Fit& fit) {
  for (const Calls& calls : evidence.python.calls)
    if (calls.kind == "fit" && calls.line == fit.line && calls.file == fit.file && calls.eager) return true;
  for (const DividedCalls& calls : evidence.python.parts) {
    if (calls.kind != "fit" || calls.line != fit.line || calls.file != fit.file) continue;
    std::int64_t all = 0;
    for (const std::int64_t looks : calls.looks) all += looks;
    const std::int64_t other = calls.looks[at(CallPart::callbacks)] + calls.looks[at(CallPart::own)] +
                               calls.looks[at(CallPart::tracing)];
    if (all >= 10 && (2 * calls.fed > all || 2 * other > all)) return true;
  }
  return false;
}

Finding about(const Fit& fit, const Law& law, std::int64_t size) {
  const double step = step_of(fit), before = static_cast<double>(fit.steps),
               share = static_cast<double>(fit.batch_size) / static_cast<double>(size);
  // The steps that go away each cost what a step costs without its rows.
  const auto saved = [&](double row) {
    const double own = std::max(0.0, step - row * static_cast<double>(fit.batch_size));
    return static_cast<Ns>(own * before * (1 - share) * 1e9);
  };
  Finding finding;
  finding.id = "fit-small-batch";
  finding.title = text("fit() takes {} rows a step: most of a step is not computing", fit.batch_size);
  finding.place = place_of(fit.file, fit.line);
  finding.facts = {text("{} steps of {}, of which {} for its rows", fit.steps, seconds_text(step),
                        seconds_text(std::min(step, law.row * static_cast<double>(fit.batch_size))))};
  const bool tried = law.sizes > 1;
  finding.facts.push_back(tried ? text("by {} batch sizes of this run", law.sizes)
                                : text("{:.2g} MFLOP a row forward", fit.flops * 1e-6));
  finding.gain = {saved(law.row), saved(law.most_row), saved(law.least_row),
                  tried ? "batch law a + c * rows, measured at several sizes"
                        : "batch law a + c * rows, c by the model's flops",
                  tried ? How::measured : How::modelled};
  finding.calls = fit.steps, finding.call = fit.total / fit.steps;
  finding.remedy = "more rows a step (the learning rate may want to grow with them)";
  finding.change =
      text("{}: model.fit(..., batch_size={})  # instead of {}", finding.place, size, fit.batch_size);
  finding.confidence = tried ? 0.9 : 0.7;
  return finding;
}

}  // namespace

std::optional<Finding> fit_batch(Seen evidence, const Ledger& ledger) {
  constexpr std::int64_t kFewSteps = 50, kLarge = 512;
  const Fit* most = nullptr;
  for (const Fit& fit : evidence.python.fits)
    if (fit.steps >= kFewSteps && fit.batch_size > 0 && fit.batch_size < kLarge &&
        (!most || fit.total > most->total) && !has_another_cause(evidence, fit))
      most = &fit;
  // What a network whose flops are not known computes cannot be told from what a step costs.
  if (!most || !at_least(most->total, 0.05, ledger)) return {};
  const std::optional<Law> tried = by_sizes(evidence, *most);
  if (!tried && !(most->flops > 0)) return {};
  const Law law = tried ? *tried : by_flops(*most);
  const std::int64_t size = better_size(*most, law);
  if (size < 2 * most->batch_size || 2 * law.step < step_of(*most)) return {};
  Finding finding = about(*most, law, size);
  claim_wall(finding, ledger, kCalling, kSpent);
  return at_least(finding.gain.saved, 0.02, ledger) ? std::optional(finding) : std::nullopt;
}

}  // namespace vivace::doctor
