#include <doctest/doctest.h>

#include <algorithm>

#include "doctor/arbiter/diagnosis.h"
#include "doctor/findings/testing.h"
#include "doctor/report/report.h"

namespace vivace::doctor {
namespace {

using testing::calls;
using testing::kMs;
using testing::kSecond;
using testing::run_of;

const Finding* fault(const Diagnosis& diagnosis, std::string_view id) {
  const auto found = std::ranges::find(diagnosis.faults, id, &Finding::id);
  return found == diagnosis.faults.end() ? nullptr : &*found;
}
bool has_fault(const Evidence& evidence, std::string_view id) { return fault(diagnose(evidence), id); }

Evidence timed(Calls row) {
  Evidence evidence = run_of(2);
  evidence.python.seen = true;
  row.clocked = true, row.object_id = 1;
  evidence.python.calls = {row};
  return evidence;
}

TEST_CASE("a time taken of a first call says little") {
  Evidence evidence = timed(calls("model", 1, 1, 900 * kMs));
  CHECK(has_fault(evidence, "cold-timing"));
  CHECK(as_text(evidence, diagnose(evidence)).find("a first one: model(x) takes 900 ms") !=
        std::string::npos);
  evidence.python.calls[0].clocked = false;
  CHECK_FALSE(has_fault(evidence, "cold-timing"));

  evidence.python.calls[0].clocked = true;  // a warm-up elsewhere, before it
  Calls warm = calls("model", 1, 3, 5 * kMs);
  warm.object_id = 1, warm.first_at = -1;
  evidence.python.calls.push_back(warm);
  CHECK_FALSE(has_fault(evidence, "cold-timing"));
  CHECK(has_fault(evidence, "single-timing"));
}

TEST_CASE("a first call that stands in an average, and one that hardly matters there") {
  Calls row = calls("predict", 32, 20, 10 * kMs);
  row.first = 800 * kMs, row.outer_total = row.total = 800 * kMs + 19 * 10 * kMs;
  const Diagnosis diagnosis = diagnose(timed(row));
  REQUIRE(fault(diagnosis, "cold-timing"));
  CHECK(fault(diagnosis, "cold-timing")->facts[0].find("20 calls take 49.5 ms each with it, and 10 ms") == 0);
  row.outer = row.count = 2000, row.outer_total = row.total = 800 * kMs + 1999 * 10 * kMs;
  CHECK_FALSE(has_fault(timed(row), "cold-timing"));
}

TEST_CASE("a clock that is read while the GPU still computes") {
  Evidence evidence = timed(calls("model", 32, 50, 10 * kMs));
  evidence.python.settings = {{"gpus", "1"}};
  CHECK(has_fault(evidence, "unsynced-timing"));
  evidence.python.calls[0].fetched = true;
  CHECK_FALSE(has_fault(evidence, "unsynced-timing"));
  evidence.python.calls[0].fetched = false, evidence.python.settings = {{"gpus", "0"}};
  CHECK_FALSE(has_fault(evidence, "unsynced-timing"));
  evidence.python.settings = {{"gpus", "1"}}, evidence.python.calls[0].kind = "predict";  // waits by itself
  CHECK_FALSE(has_fault(evidence, "unsynced-timing"));
}

TEST_CASE("models of different work that are compared") {
  Evidence evidence = timed(calls("predict", 1, 50, 10 * kMs));
  Calls other = calls("predict", 1, 50, 90 * kMs);
  other.clocked = true, other.object_id = 2, other.line = 9;
  evidence.python.calls.push_back(other);
  evidence.python.calls[0].parameters = 1000, evidence.python.calls[1].parameters = 1'200'000;
  REQUIRE(has_fault(evidence, "unequal-work"));
  CHECK(diagnose(evidence).faults[0].title.find("1.2e+03 times") != std::string::npos);
  evidence.python.calls[1].parameters = 1100;
  CHECK_FALSE(has_fault(evidence, "unequal-work"));
  evidence.python.calls[1].batch = 32;
  CHECK(has_fault(evidence, "unequal-work"));
  evidence.python.calls[1].object_id = 1;  // a sweep over batch sizes of one model is no comparison of models
  CHECK_FALSE(has_fault(evidence, "unequal-work"));
}

TEST_CASE("XLA where its switch does nothing, and where it compiles for a processor") {
  Evidence evidence = run_of(2);
  evidence.python.seen = true;
  evidence.python.settings = {{"gpus", "0"}, {"optimizer_jit", "True"}};
  CHECK(has_fault(evidence, "xla-without-effect"));
  evidence.python.settings[0].value = "1";
  CHECK_FALSE(has_fault(evidence, "xla-without-effect"));
  evidence.python.settings = {{"gpus", "0"}};
  CHECK_FALSE(has_fault(evidence, "xla-without-effect"));
  evidence.environment = {{"TF_XLA_FLAGS", "--tf_xla_auto_jit=2"}};
  CHECK(has_fault(evidence, "xla-without-effect"));
  evidence.environment = {{"TF_XLA_FLAGS", "--tf_xla_auto_jit=2 --tf_xla_cpu_global_jit"}};
  CHECK_FALSE(has_fault(evidence, "xla-without-effect"));

  Function function;
  function.name = "infer", function.calls = 10, function.traces = 1, function.objects = 1;
  function.trace = 245 * kMs, function.total = 300 * kMs, function.jit = true;
  evidence.python.functions = {function};
  CHECK(has_fault(evidence, "xla-on-processor"));
  evidence.python.functions[0].jit = false;
  CHECK_FALSE(has_fault(evidence, "xla-on-processor"));
}

}  // namespace
}  // namespace vivace::doctor
