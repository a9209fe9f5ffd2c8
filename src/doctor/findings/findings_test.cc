#include <doctest/doctest.h>

#include <algorithm>

#include "doctor/arbiter/diagnosis.h"
#include "doctor/findings/testing.h"
#include "doctor/report/report.h"

namespace vivace::doctor {
namespace {

using testing::calls;
using testing::first_of;
using testing::kSecond;
using testing::run_of;

TEST_CASE("a quota that stops the program, and not the load beside it") {
  Evidence evidence = run_of(10);
  evidence.slices[0].run = 3 * kSecond, evidence.slices[0].queued = 7 * kSecond;
  evidence.slices[0].throttled = 6 * kSecond;
  evidence.cgroups.emplace_back();
  evidence.cgroups[0].path = "/box", evidence.cgroups[0].quota_cpus = 0.4;
  evidence.cgroups[0].periods = 100, evidence.cgroups[0].throttled_periods = 90;
  evidence.cgroups[0].throttled = 6 * kSecond;
  CHECK(first_of(evidence) == "cpu-quota");
  evidence.cgroups[0].throttled = 0;  // a quota that is never hit is none
  evidence.slices[0].throttled = 0;
  CHECK(first_of(evidence) != "cpu-quota");
}

TEST_CASE("background load, and a low priority that lets it win") {
  Evidence evidence = run_of(10);
  evidence.slices[0].run = 4 * kSecond, evidence.slices[0].queued = 6 * kSecond;
  evidence.host.rivals = {{"stress", 77, 20 * kSecond}};
  CHECK(first_of(evidence) == "background-load");
  evidence.processes[0].nice = 19;
  CHECK(first_of(evidence) == "low-priority");
}

TEST_CASE("threads of its own that fight for the processors") {
  Evidence evidence = run_of(10);
  evidence.slices[0].run = 5 * kSecond, evidence.slices[0].queued = 5 * kSecond;
  evidence.processes[0].running = 8, evidence.processes[0].user = 20 * kSecond;
  CHECK(first_of(evidence) == "too-many-threads");
  evidence.processes[0].running = 2;
  CHECK(first_of(evidence) == "healthy");
}

TEST_CASE("waiting for threads that compute is no fight for the processors") {
  Evidence evidence = run_of(10);
  evidence.slices[0].run = 6 * kSecond;
  evidence.slices[0].blocked[at(Phase::own)][at(Blocked::lock)] = 4 * kSecond;
  evidence.processes[0].running = 8, evidence.processes[0].user = 20 * kSecond;
  evidence.threads = {{1, 1, "python", 6 * kSecond, 0}, {1, 2, "pool", 9 * kSecond, kSecond / 2}};
  CHECK(first_of(evidence) != "too-many-threads");
  evidence.threads[1].queued = 9 * kSecond;
  CHECK(first_of(evidence) == "too-many-threads");
}

TEST_CASE("threads of a run too short for a look at them, by what they waited") {
  Evidence evidence = run_of(1);
  evidence.machine.allowed = 1;
  evidence.slices[0].run = kSecond / 2, evidence.slices[0].queued = kSecond / 2;
  CHECK(first_of(evidence) == "healthy");
  for (std::int64_t tid = 100; tid < 104; ++tid)
    evidence.threads.push_back({100, tid, "python", kSecond / 5, kSecond / 2});
  CHECK(first_of(evidence) == "affinity");
  evidence.host.rivals = {{"other", 7, 9 * kSecond}};  // that one has the processor
  CHECK(first_of(evidence) == "background-load");
}

TEST_CASE("a lock that is waited for where no other thread ever ran is the watcher's own") {
  Evidence evidence = run_of(10);
  evidence.slices[0].run = 5 * kSecond;
  evidence.slices[0].blocked[at(Phase::run)][at(Blocked::lock)] = 5 * kSecond;
  CHECK(first_of(evidence) == "healthy");
  evidence.threads = {{100, 100, "python", 5 * kSecond, 0}, {100, 101, "worker", kSecond, 0}};
  CHECK(first_of(evidence) == "lock");
}

TEST_CASE("swapping, and a disk that is only slow") {
  Evidence evidence = run_of(10);
  evidence.slices[0].run = 2 * kSecond, evidence.slices[0].major_faults = 9000;
  evidence.slices[0].blocked[at(Phase::run)][at(Blocked::io)] = 8 * kSecond;
  CHECK(first_of(evidence) == "cold-disk");
  evidence.processes[0].peak_swap = 300 << 20;
  CHECK(first_of(evidence) == "swap");
}

TEST_CASE("importing is start-up, and told first only where nothing else is wrong") {
  Evidence evidence = run_of(10);
  evidence.slices[0].phase = {};
  evidence.slices[0].phase[at(Phase::imports)] = 6 * kSecond;
  evidence.slices[0].phase[at(Phase::call)] = 4 * kSecond;
  evidence.python.seen = true, evidence.python.modules = 3304;
  evidence.python.packages = {{"tensorflow", 6 * kSecond, 5 * kSecond, 1638}};
  CHECK(first_of(evidence) == "import-time");
  evidence.python.calls = {calls("predict", 1, 40, 100'000'000)};
  CHECK(first_of(evidence) == "predict-per-row");
  evidence.python.calls[0].batch = 256;
  CHECK(first_of(evidence) == "import-time");
  evidence.python.uncached = 3000, evidence.python.compiling = 3 * kSecond;
  evidence.slices[0].samples[at(Phase::imports)][at(Code::python)] = 9;
  CHECK(diagnose(evidence).startup.size() == 2);
}

TEST_CASE("a model that is loaded again and again") {
  Evidence evidence = run_of(10);
  evidence.slices[0].phase = {};
  evidence.slices[0].phase[at(Phase::load)] = 6 * kSecond;
  evidence.slices[0].phase[at(Phase::first)] = 4 * kSecond;
  evidence.python.seen = true;
  evidence.python.calls = {calls("load", -1, 30, 200'000'000)};
  evidence.python.calls[0].object = "m.keras";
  CHECK(first_of(evidence) == "model-reloaded");
  evidence.python.calls[0].count = evidence.python.calls[0].outer = 1;
  CHECK(first_of(evidence) != "model-reloaded");
}

TEST_CASE("retracing, but not where each model is new, and not for a trace or two") {
  Evidence evidence = run_of(10);
  evidence.slices[0].phase = {};
  evidence.slices[0].phase[at(Phase::call)] = 10 * kSecond;
  evidence.python.seen = true;
  Function function;
  function.name = "step", function.calls = 100, function.traces = 100, function.objects = 1;
  function.trace = function.total = 9 * kSecond;
  evidence.python.functions = {function};
  CHECK(first_of(evidence) == "retracing");
  evidence.python.functions[0].traces = 2;
  CHECK(first_of(evidence) == "healthy");
}

TEST_CASE("eager calls, of the model itself or by a setting") {
  Evidence evidence = run_of(10);
  evidence.slices[0].phase = {};
  evidence.slices[0].phase[at(Phase::call)] = 10 * kSecond;
  evidence.python.seen = true;
  evidence.python.calls = {calls("model", 32, 100, 90'000'000)};
  evidence.python.calls[0].eager = true;
  CHECK(first_of(evidence) == "eager");
  evidence.python.calls[0].kind = "fit";
  CHECK(first_of(evidence) == "eager");
  CHECK(diagnose(evidence).causes[0].finding.change.find("run_eagerly") != std::string::npos);
}

TEST_CASE("a Python loop, and logging that only looks like one") {
  Evidence evidence = run_of(10);
  evidence.slices[0].phase = {};
  evidence.slices[0].phase[at(Phase::own)] = 10 * kSecond;
  evidence.slices[0].samples[at(Phase::own)][at(Code::python)] = 100;
  evidence.python.seen = true, evidence.python.sampled = 100;
  evidence.python.lines = {{"/home/me/app.py", "prepare", 12, 95, 95, ""}};
  evidence.python.leaves = {{"own", 0, 95}};
  CHECK(first_of(evidence) == "python-loop");
  CHECK(diagnose(evidence).causes[0].finding.place == "app.py:12");
  evidence.python.lines = {{"/home/me/app.py", "prepare", 12, 95, 2, "logging"}};
  evidence.python.leaves = {{"logging", 0, 93}};
  evidence.processes[0].writes = 20000;
  CHECK(first_of(evidence) == "logging");
}

TEST_CASE("sleeping, other programs, sockets and Python's lock") {
  const auto first = [](Blocked in) {
    Evidence evidence = run_of(10);
    evidence.slices[0].run = kSecond;
    evidence.slices[0].blocked[at(Phase::run)][at(in)] = 9 * kSecond;
    evidence.libraries = {{"libpython3.11.so", "python", 0, 100}};
    return first_of(evidence);
  };
  CHECK(first(Blocked::sleep) == "sleep");
  CHECK(first(Blocked::child) == "child");
  CHECK(first(Blocked::network) == "network");
  CHECK(first(Blocked::lock) == "gil");
}

TEST_CASE("a program that looks for a Python, and starts it") {
  Evidence evidence = run_of(10);
  evidence.slices[0].run = 6 * kSecond;
  evidence.slices[0].phase = {};
  evidence.slices[0].phase[at(Phase::start)] = 4 * kSecond;
  evidence.slices[0].phase[at(Phase::own)] = 6 * kSecond;
  evidence.slices[0].blocked[at(Phase::start)][at(Blocked::network)] = 4 * kSecond;
  evidence.program.command = {"python3", "app.py"};
  evidence.python.seen = true;
  evidence.python.executable = "/opt/versions/3.11/bin/python3";
  CHECK(first_of(evidence) == "launcher");
  const Diagnosis found = diagnose(evidence);
  REQUIRE(found.startup.size() == 1);
  CHECK(found.startup[0].finding.change == "/opt/versions/3.11/bin/python3 app.py");

  evidence.slices[0].blocked[at(Phase::start)] = {};
  evidence.slices[0].blocked[at(Phase::own)][at(Blocked::network)] = 4 * kSecond;
  evidence.slices[0].phase[at(Phase::start)] = 0, evidence.slices[0].phase[at(Phase::own)] = 10 * kSecond;
  CHECK(first_of(evidence) == "network");
}

TEST_CASE("a small loss in the work is not what made a short program slow, beside a long start") {
  Evidence evidence = run_of(10);
  evidence.slices[0].run = 9 * kSecond + kSecond / 5, evidence.slices[0].queued = kSecond * 4 / 5;
  evidence.slices[0].phase = {};
  evidence.slices[0].phase[at(Phase::imports)] = 9 * kSecond,
  evidence.slices[0].phase[at(Phase::call)] = kSecond;
  evidence.python.seen = true;
  evidence.python.packages = {{"tensorflow", 6 * kSecond, 5 * kSecond, 1638}};
  evidence.host.rivals = {{"other", 7, 9 * kSecond}};
  CHECK(first_of(evidence) == "import-time");
  evidence.slices[0].run = 7 * kSecond, evidence.slices[0].queued = 3 * kSecond;
  CHECK(first_of(evidence) == "background-load");
}

TEST_CASE("a host that takes its processors back") {
  Evidence evidence = run_of(10);
  evidence.host.user = 10 * kSecond, evidence.host.steal = 8 * kSecond;
  CHECK(first_of(evidence) == "steal");
}

TEST_CASE("time that only seems stolen, beside a longer wait for processors") {
  Evidence evidence = run_of(10);
  evidence.slices[0].run = 2 * kSecond, evidence.slices[0].queued = 6 * kSecond;
  evidence.slices[0].blocked[at(Phase::run)][at(Blocked::stolen)] = 2 * kSecond;
  const auto named = [&] {
    const auto causes = diagnose(evidence).causes;
    return std::ranges::any_of(causes, [](const Cause& cause) { return cause.finding.id == "steal"; });
  };
  CHECK_FALSE(named());
  evidence.host.steal = 2 * kSecond;
  CHECK(named());
}

TEST_CASE("a program that died is told as such, with the remedy for what is known") {
  Evidence evidence = run_of(1);
  evidence.program.exit_code = 1;
  evidence.python.seen = true, evidence.python.error = "ValueError";
  evidence.python.error_text = "You must call `compile()` before calling `fit()`.";
  const Diagnosis diagnosis = diagnose(evidence);
  REQUIRE(diagnosis.faults.size() == 1);
  CHECK(diagnosis.faults[0].id == "fit-without-compile");
  CHECK(as_text(evidence, diagnosis).find("model.compile(") != std::string::npos);
}

TEST_CASE("a GPU that TensorFlow does not use") {
  Evidence evidence = run_of(1);
  evidence.machine.gpus.emplace_back().name = "NVIDIA 0x2204";
  CHECK(diagnose(evidence).faults.empty());
  evidence.python.versions = {{"tensorflow", "2.21.0"}};
  REQUIRE(diagnose(evidence).faults.size() == 1);
  CHECK(diagnose(evidence).faults[0].id == "idle-gpu");
}

TEST_CASE("healthy is a verdict, also beside decoys") {
  Evidence evidence = run_of(10);
  CHECK(first_of(evidence) == "healthy");
  evidence.host.rivals = {{"other", 5, 9 * kSecond}};  // they have processors of their own: nobody waits
  evidence.cgroups.emplace_back();
  evidence.cgroups[0].quota_cpus = 4;
  evidence.processes[0].threads = 64;
  evidence.host.swapped_in = 1000;
  evidence.python.collections = {.count = 5, .total = 1'000'000, .most = 500'000, .importing = 0};
  CHECK(first_of(evidence) == "healthy");
}

TEST_CASE("no two findings sell the same time, and the first screen fits") {
  Evidence evidence = run_of(10);
  evidence.slices[0].phase = {};
  evidence.slices[0].phase[at(Phase::call)] = 10 * kSecond;
  evidence.python.seen = true;
  Calls rows = calls("predict", 1, 100, 50'000'000), direct = calls("model", 1, 100, 50'000'000);
  direct.eager = true;
  rows.dtype = direct.dtype = "float64";
  evidence.python.calls = {rows, direct};
  evidence.program.command = {"python3", std::string(500, 'x')};
  const Diagnosis diagnosis = diagnose(evidence);
  Ns saved = 0;
  for (const Cause& cause : diagnosis.causes) saved += cause.finding.gain.saved;
  CHECK(diagnosis.causes.size() >= 2);
  CHECK(saved <= 10 * kSecond);
  const std::string screen = as_text(evidence, diagnosis);
  CHECK(std::ranges::count(screen, '\n') <= 24);
  for (std::size_t from = 0, to; (to = screen.find('\n', from)) != std::string::npos; from = to + 1)
    CHECK(to - from <= 100);
}

TEST_CASE("what comes out of programs is no markup in the page") {
  Evidence evidence = run_of(1);
  evidence.program.command = {"<script>alert(1)</script>"};
  evidence.python.lines = {{"/x/<b>.py", "<i>", 1, 1, 1, ""}};
  const std::string page = as_html(evidence, diagnose(evidence));
  CHECK(page.find("<script") == std::string::npos);
  CHECK(page.find("&lt;script") != std::string::npos);
  CHECK(page.find("<i>") == std::string::npos);
}

}  // namespace
}  // namespace vivace::doctor
