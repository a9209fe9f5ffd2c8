// The plot of bench: everything as bars.
#include "base/text.h"
#include "cli/bench/report.h"

namespace vivace::cli {
namespace {

constexpr int kBins = 24;

std::string name_of(const Measured& measured) {
  const auto [batch, callers, seconds] = measured.setting;
  return text("batch {}, {} thread{}", batch, measured.threads, measured.threads == 1 ? "" : "s") +
         (callers == 1 ? "" : text(", {} callers", callers));
}

BarChart latency_chart(const BenchReport& report) {
  BarChart chart{"latency of a call: the median", {}, "99 of 100 calls take at most this", {}};
  for (const BenchRun& run : report.runs)
    for (const Measured& m : run.measured)
      chart.bars.push_back({name_of(m), m.at(0.5), m.at(0.99), 0,
                            text("{}, p99 {}", seconds_text(m.at(0.5)), seconds_text(m.at(0.99))),
                            text("{} calls", m.latencies.size())});
  return chart;
}

BarChart throughput_chart(const BenchReport& report) {
  BarChart chart{"throughput: samples a second", {}, "", {}};
  for (const BenchRun& run : report.runs)
    for (const Measured& m : run.measured)
      chart.bars.push_back({name_of(m), m.samples_per_s, -1, 1, text("{:.1f}", m.samples_per_s), ""});
  return chart;
}

// From the least latency to the 99th percentile in equal bins; the last one takes what is beyond.
BarChart histogram(const Measured& m) {
  BarChart chart{text("latencies of {}: calls", name_of(m)), {}, "", {}};
  const double least = m.latencies.front(), width = std::max((m.at(0.99) - least) / kBins, 1e-9);
  std::vector<int> counts(kBins + 1);
  for (const double latency : m.latencies)
    ++counts[std::min<std::size_t>(static_cast<std::size_t>((latency - least) / width), kBins)];
  for (int bin = 0; bin <= kBins; ++bin) {
    const std::string from = seconds_text(least + bin * width);
    const int count = counts[static_cast<std::size_t>(bin)];
    chart.bars.push_back(
        {bin < kBins ? from : "from " + from, static_cast<double>(count), -1, 2, text("{}", count), ""});
  }
  return chart;
}

}  // namespace

Page page_of(const BenchReport& report) {
  Page page;
  page.title = text("{}, {}", report.model, report.isa);
  for (const BenchRun& run : report.runs)
    page.lines.push_back(text("{} thread{}: opened in {}", run.threads, run.threads == 1 ? "" : "s",
                              seconds_text(run.open.total_s)));
  page.lines.push_back(text("peak memory {}", bytes_text(report.peak_bytes)));
  page.charts = {latency_chart(report), throughput_chart(report)};
  for (const BenchRun& run : report.runs)
    for (const Measured& m : run.measured) page.charts.push_back(histogram(m));
  return page;
}

}  // namespace vivace::cli
