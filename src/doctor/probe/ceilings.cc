#include "doctor/probe/ceilings.h"

#include <cstring>
#include <limits>

#include "base/clock.h"
#include "base/memory/aligned_buffer.h"
#include "base/text.h"
#include "kernels/probe/dot_peak.h"
#include "kernels/probe/fma_peak.h"
#include "kernels/probe/read_stream.h"
#include "machine/core_caches.h"

namespace vivace::doctor {
namespace {

// Many short runs, of which the best counts: on a machine that others use too, some fall between their
// bursts.
constexpr int kFmaRuns = 20, kReadRuns = 10;
constexpr std::int64_t kFmaRounds = 250'000;                 // a millisecond or two, far above the clock
constexpr std::int64_t kTileRounds = 10'000;                 // the same
constexpr double kBytesOfARun = 16.0 * (1 << 20);            // read in a run at least: the same
constexpr std::size_t kLeastProbed = std::size_t{64} << 20;  // of main memory, where no cache is known

struct Probed {
  std::string name;
  std::size_t holds, read;  // bytes
};

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

double dot_rate(kernels::KernelFunction<kernels::DotPeak> multiply, std::int64_t rounds) {
  double operations = 0;
  std::int32_t sink = 1;
  const double seconds = best_of(kFmaRuns, [&] { multiply({rounds, &operations, &sink}); });
  return operations / seconds;
}

// Where reads are timed: half of each near cache, which holds other things too, and the last one in parts. It
// belongs to other cores as well, and to other machines where this one is virtual, so that what is far below
// its size may stay in it, and what is near it will not.
std::vector<Probed> places_of(const std::vector<machine::Cache>& caches) {
  std::vector<Probed> places;
  for (std::size_t i = 0; i < caches.size(); ++i) {
    const auto [level, bytes] = caches[i];
    const std::size_t before = i == 0 ? 0 : caches[i - 1].bytes;
    for (std::size_t part = 4 * before; i + 1 == caches.size() && before != 0 && part <= bytes / 2; part *= 4)
      places.push_back({text("L{} to {}", level, bytes_text(static_cast<double>(part))), part, part});
    places.push_back({text("L{}", level), bytes, bytes / 2});
  }
  return places;
}

}  // namespace

double measure_fma_peak(kernels::Isa isa) {
  double flops = 0;
  float sink = 1;
  const auto multiply = kernels::pick(kernels::fma_peak, isa);
  const double seconds = best_of(kFmaRuns, [&] { multiply({kFmaRounds, &flops, &sink}); });
  return flops / seconds;
}

Ceilings measure_ceilings(kernels::Isa isa, bool vnni, bool tiles) {
  Ceilings ceilings;
  ceilings.flops_per_s = measure_fma_peak(isa);
  ceilings.byte_ops_per_s = dot_rate(kernels::pick(kernels::dot_peak, isa, vnni), kFmaRounds);
  if (tiles) ceilings.tile_ops_per_s = dot_rate(kernels::tile_peak, kTileRounds);
  const std::vector<machine::Cache> caches = machine::read_caches();
  const std::size_t last = caches.empty() ? 0 : caches.back().bytes;
  const AlignedBuffer buffer(std::clamp(2 * last, kLeastProbed, kMostProbed));
  std::memset(buffer.data(), 0, buffer.size());  // so that every page is there
  for (const Probed& place : places_of(caches))
    ceilings.memories.push_back(
        {place.name, place.holds, read_rate(buffer, std::min(place.read, buffer.size()), kReadRuns, isa)});
  ceilings.memories.push_back({"DRAM", 0, read_rate(buffer, buffer.size(), 2, isa)});
  ceilings.flops_per_s =
      std::max(ceilings.flops_per_s, measure_fma_peak(isa));  // another moment, maybe a better
  return ceilings;
}

}  // namespace vivace::doctor
