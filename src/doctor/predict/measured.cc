#include "doctor/predict/measured.h"

#include <algorithm>
#include <charconv>

#include "doctor/predict/gain.h"

namespace vivace::doctor {
namespace {

using Sizes = std::vector<std::int64_t>;

bool same_row(const Sizes& a, const Sizes& b) {
  return !a.empty() && a.size() == b.size() && std::equal(a.begin() + 1, a.end(), b.begin() + 1);
}

// Where two models take the same input, the number of weights tells them apart.
const ModelStudy* study_of(const Evidence& evidence, const Calls& calls, const Sizes& sizes) {
  const ModelStudy* found = nullptr;
  int fitting = 0;
  for (const ModelStudy& study : evidence.models) {
    const bool runs =
        std::ranges::any_of(study.runs, [&](const ModelRun& run) { return same_row(run.shape, sizes); });
    if (!runs) continue;
    if (calls.parameters > 0 && calls.parameters == study.parameters) return &study;
    ++fitting;
    found = &study;
  }
  return fitting == 1 ? found : nullptr;
}

}  // namespace

std::vector<std::int64_t> sizes_of(std::string_view words) {
  Sizes dims;
  while (!words.empty()) {
    std::int64_t size = 0;
    const auto [end, error] = std::from_chars(words.data(), words.data() + words.size(), size);
    if (error != std::errc() || size < 1) return {};
    dims.push_back(size);
    words.remove_prefix(static_cast<std::size_t>(end - words.data()));
    if (!words.empty() && words[0] != 'x') return {};
    if (!words.empty()) words.remove_prefix(1);
  }
  return dims;
}

Steady steady(const Calls& calls) {
  if (calls.outer <= 1) return {calls.outer_total, calls.outer};
  return {calls.outer_total - calls.first, calls.outer - 1};
}

std::optional<Measured> measured(const Evidence& evidence, const Calls& calls) {
  const Sizes sizes = sizes_of(calls.shape);
  const ModelStudy* const study = sizes.empty() || sizes[0] < 1 ? nullptr : study_of(evidence, calls, sizes);
  if (!study) return {};
  const ModelRun *nearest = nullptr, *largest = nullptr;
  const auto apart = [&](const ModelRun& run) {
    const auto [less, more] = std::minmax(run.shape[0], sizes[0]);
    return static_cast<double>(more) / static_cast<double>(less);
  };
  for (const ModelRun& run : study->runs) {
    if (!same_row(run.shape, sizes)) continue;
    if (!nearest || apart(run) < apart(*nearest)) nearest = &run;
    if (!largest || run.shape[0] > largest->shape[0]) largest = &run;
  }
  const double scale = static_cast<double>(sizes[0]) / static_cast<double>(nearest->shape[0]);
  const double doubt = scale == 1 ? 0 : 0.15;
  return Measured{study, part_of(nearest->middle, scale), part_of(nearest->least, scale * (1 - doubt)),
                  part_of(nearest->most, scale * (1 + doubt)), largest->middle / largest->shape[0]};
}

}  // namespace vivace::doctor
