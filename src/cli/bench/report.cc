#include "cli/bench/report.h"

#include "base/text.h"
#include "cli/json.h"
#include "cli/table.h"
#include "cli/terminal.h"

namespace vivace::cli {
namespace {

void put_measured(Json& json, const Measured& measured) {
  json.open();
  json.put("threads", measured.threads);
  json.put("batch", measured.setting.batch);
  json.put("callers", measured.setting.callers);
  json.put("calls", measured.latencies.size());
  json.put("first_call_s", measured.first_call_s);
  json.open("latency_s");
  json.put("min", measured.latencies.front());
  json.put("median", measured.at(0.5));
  json.put("p90", measured.at(0.9));
  json.put("p99", measured.at(0.99));
  json.put("max", measured.latencies.back());
  json.close();
  json.put("samples_per_s", measured.samples_per_s);
  json.close();
}

}  // namespace

std::string json_text(const BenchReport& report) {
  Json json;
  json.open();
  json.put("threads", report.runs.front().threads);
  json.put("isa", report.isa);
  json.put("open_s", report.runs.front().open.total_s);
  json.open_list("opens");
  for (const BenchRun& run : report.runs) {
    json.open();
    json.put("threads", run.threads);
    json.put("seconds", run.open.total_s);
    json.put("from_cache", run.open.from_cache);
    json.close();
  }
  json.close_list();
  json.open_list("batches");
  for (const BenchRun& run : report.runs)
    for (const Measured& measured : run.measured) put_measured(json, measured);
  json.close_list();
  json.put("peak_bytes", report.peak_bytes);
  json.close();
  return json.text();
}

void print_report(const BenchReport& report) {
  for (const BenchRun& run : report.runs)
    print(text("{} thread{}, {}: opened in {}{}\n", run.threads, run.threads == 1 ? "" : "s", report.isa,
               seconds_text(run.open.total_s), run.open.from_cache ? " from the cache" : ""));
  Table table("rrrrrrrrrrr");
  table.row(
      {"threads", "batch", "callers", "calls", "first", "min", "median", "p90", "p99", "max", "samples/s"});
  for (const BenchRun& run : report.runs)
    for (const Measured& m : run.measured)
      table.row({text("{}", m.threads), text("{}", m.setting.batch), text("{}", m.setting.callers),
                 text("{}", m.latencies.size()), seconds_text(m.first_call_s),
                 seconds_text(m.latencies.front()), seconds_text(m.at(0.5)), seconds_text(m.at(0.9)),
                 seconds_text(m.at(0.99)), seconds_text(m.latencies.back()),
                 text("{:.1f}", m.samples_per_s)});
  print(table.text());
  print(text("peak memory {}\n", bytes_text(report.peak_bytes)));
}

}  // namespace vivace::cli
