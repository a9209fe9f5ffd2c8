// What the collector keeps of a run does not grow with its length.
#include <doctest/doctest.h>

#include <numeric>

#include "doctor/collect/code_map.h"
#include "doctor/collect/slices.h"

namespace vivace::doctor {
namespace {

TEST_CASE("a day of looks fits into the slices, and nothing of it is lost") {
  Slices slices;
  constexpr Ns kLook = 10'000'000;
  constexpr std::int64_t kLooks = 8'640'000;
  Ns now = 0;
  for (std::int64_t i = 0; i < kLooks; ++i) {
    Slice part;
    part.start = now, part.end = now += kLook;
    part.run = 7, part.minor_faults = 1;
    part.phase[at(Phase::own)] = kLook;
    slices.add(part);
    ++slices.last().samples[at(Phase::own)][at(Code::python)];
  }
  const std::vector<Slice> kept = slices.take();
  CHECK(kept.size() <= kMostSlices);
  CHECK(kept.size() > kMostSlices / 4);
  Ns end = 0;
  std::int64_t run = 0, faults = 0, samples = 0;
  for (const Slice& slice : kept) {
    CHECK(slice.start == end);
    end = slice.end;
    run += slice.run, faults += slice.minor_faults;
    samples += slice.samples[at(Phase::own)][at(Code::python)];
  }
  CHECK(end == now);
  CHECK(run == 7 * kLooks);
  CHECK(faults == kLooks);
  CHECK(samples == kLooks);
}

TEST_CASE("libraries and mappings without end stay bounded") {
  CodeMap map;
  for (std::int64_t i = 0; i < 200'000; ++i)
    map.add(i % 1000, static_cast<std::uint64_t>(i) << 12, 4096, "/lib/lib" + std::to_string(i) + ".so");
  CHECK(map.size() <= 1024);
  CHECK(map.find(999, 0) == CodeMap::kUnknown);
}

}  // namespace
}  // namespace vivace::doctor
