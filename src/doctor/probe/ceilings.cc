#include "doctor/probe/ceilings.h"

#include <cstring>
#include <limits>

#include "base/aligned_buffer.h"
#include "base/clock.h"
#include "base/text.h"
#include "kernels/probe/fma_peak.h"
#include "kernels/probe/read_stream.h"
#include "machine/caches.h"

namespace vivace::doctor {
namespace {

constexpr int kRuns = 10;                     // of which the best counts
constexpr std::int64_t kFmaRounds = 500'000;  // a few milliseconds
constexpr double kBytesOfARun =
    64.0 * (1 << 20);  // read in a run at least: milliseconds, far above the clock
constexpr std::size_t kLeastProbed = std::size_t{64} << 20;  // of main memory, where no cache is known

// The least time of several runs of f.
template <class F>
double best_of(int runs, F f) {
  double best = std::numeric_limits<double>::infinity();
  for (int run = 0; run < runs; ++run) {
    const double start = now_s();
    f();
    best = std::min(best, now_s() - start);
  }
  return best;
}

double read_rate(const AlignedBuffer& buffer, std::size_t bytes, int runs, kernels::Isa isa) {
  kernels::ReadStream params{};
  float sink = 0;
  params.from = reinterpret_cast<const float*>(buffer.data());
  params.count = bytes / sizeof(float) / kernels::kReadStreamStep * kernels::kReadStreamStep;
  params.sink = &sink;
  const double once = static_cast<double>(params.count * sizeof(float));
  params.rounds = std::max<std::int64_t>(1, static_cast<std::int64_t>(kBytesOfARun / once));
  const auto read = kernels::pick(kernels::read_stream, isa);
  return once * static_cast<double>(params.rounds) / best_of(runs, [&] { read(params); });
}

}  // namespace

double measure_fma_peak(kernels::Isa isa) {
  double flops = 0;
  float sink = 1;
  const auto multiply = kernels::pick(kernels::fma_peak, isa);
  const double seconds = best_of(kRuns, [&] { multiply({kFmaRounds, &flops, &sink}); });
  return flops / seconds;
}

Ceilings measure_ceilings(kernels::Isa isa) {
  Ceilings ceilings;
  ceilings.flops_per_s = measure_fma_peak(isa);
  const std::vector<machine::Cache> caches = machine::read_caches();
  const std::size_t last = caches.empty() ? 0 : caches.back().bytes;
  const AlignedBuffer buffer(std::clamp(2 * last, kLeastProbed, kMostProbed));
  std::memset(buffer.data(), 0, buffer.size());  // so that every page is there
  // Half a cache: it holds other things too, and the last one belongs to others as well.
  for (const machine::Cache& cache : caches)
    ceilings.memories.push_back({text("L{}", cache.level), cache.bytes,
                                 read_rate(buffer, std::min(cache.bytes, buffer.size()) / 2, kRuns, isa)});
  ceilings.memories.push_back({"DRAM", 0, read_rate(buffer, buffer.size(), 2, isa)});
  return ceilings;
}

}  // namespace vivace::doctor
