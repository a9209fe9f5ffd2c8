#include "doctor/report/charts.h"

#include <doctest/doctest.h>

#include "doctor/findings/testing.h"
#include "doctor/report/report.h"
#include "formats/json/json.h"

namespace vivace::doctor {
namespace {

using testing::calls;
using testing::kSecond;
using testing::run_of;

bool holds(const std::string& page, std::string_view words) { return page.find(words) != std::string::npos; }

TEST_CASE("a flame graph of the sampled stacks, whatever they hold") {
  Python python;
  CHECK(flame_graph(python).empty());
  python.stacks = {
      {"app.py:1 <module>;keras predict", 60}, {"app.py:1 <module>;app.py:7 <b>", 40}, {"", 5}, {"x", -3}};
  const std::string svg = flame_graph(python);
  CHECK(holds(svg, "keras predict (57.1 %)"));
  CHECK(holds(svg, "&lt;b&gt;"));
  CHECK_FALSE(holds(svg, "<module>"));
  python.stacks = {{std::string(100'000, ';'), 1}};
  CHECK(flame_graph(python).size() < 20'000);
}

TEST_CASE("a histogram of latencies, and none of a few calls") {
  Calls row = calls("predict", 1, 100, 1'000'000);
  row.latency = {0, 0, 0, 90, 10};
  const std::string svg = latencies(row);
  CHECK(holds(svg, ">90<"));
  CHECK(holds(svg, "&lt; 1 us"));
  row.count = 3;
  CHECK(latencies(row).empty());
  row.count = 100, row.latency = {0, 0};
  CHECK(latencies(row).empty());
}

TEST_CASE("a roofline where layers were timed") {
  ModelStudy study;
  CHECK(roofline_chart(study).empty());
  study.flops_per_s = 70e9, study.bytes_per_s = 10e9, study.threads = 2;
  CHECK(roofline_chart(study).empty());
  study.layers = {{"conv<1>", "Conv2D", 1000, 1e8, 2'000'000}};
  CHECK(holds(roofline_chart(study), "conv&lt;1&gt; (Conv2D): 50.0 GFLOP/s"));
}

TEST_CASE("the trace is JSON with phases, calls and processes") {
  Evidence evidence = run_of(2);
  evidence.slices[0].phase = {};
  evidence.slices[0].phase[at(Phase::imports)] = kSecond;
  evidence.slices[0].phase[at(Phase::call)] = kSecond;
  evidence.python.calls = {calls("predict", 1, 10, 1'000'000)};
  evidence.program.command = {"python3", "a \"quoted\" name"};
  const std::string trace = as_trace(evidence);
  const auto root = JsonValue::parse(std::as_bytes(std::span(trace)), "trace");
  REQUIRE(root.ok());
  std::size_t stretches = 0;
  const auto events = root->find("traceEvents");
  REQUIRE(events);
  for (const JsonValue& event : events->as_array()->elements())
    stretches += *event.find("ph")->as_string() == "X";
  CHECK(stretches == 2 + 1 + 1);
}

}  // namespace
}  // namespace vivace::doctor
