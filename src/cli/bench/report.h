// What bench found out, for people, programs and plots.
#pragma once

#include <string>
#include <vector>

#include "cli/bench/measure.h"
#include "cli/plot/plot.h"

namespace vivace::cli {

/// A model opened with so many threads, and what was measured of it.
struct BenchRun {
  int threads = 1;
  OpenTimes open;
  std::vector<Measured> measured;
};

struct BenchReport {
  std::string model, isa;
  std::vector<BenchRun> runs;
  double peak_bytes = 0;
};

void print_report(const BenchReport& report);
std::string json_text(const BenchReport& report);
/// Latency and throughput over threads and batch sizes, and how the latencies are spread.
Page page_of(const BenchReport& report);

}  // namespace vivace::cli
