// Times that say little: of a first call, of a single one, of work that still goes on when the clock is read;
// and of models that do different work.
#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "doctor/findings/claims.h"
#include "doctor/findings/rules.h"

namespace vivace::doctor {
namespace {

constexpr Ns kNotable = 5'000'000;

bool computes(const Calls& calls) {
  constexpr std::string_view kKinds[] = {"predict",  "model",  "function",   "predict_on_batch",
                                         "evaluate", "invoke", "session.run"};
  return calls.outer > 0 && std::ranges::find(kKinds, calls.kind) != std::end(kKinds);
}
bool same_callee(const Calls& a, const Calls& b) { return a.kind == b.kind && a.object_id == b.object_id; }

std::string call_of(const Calls& calls) {
  if (calls.kind == "model") return "model(x)";
  return text("{}()", calls.kind == "function" ? calls.object : calls.kind);
}

bool is_first(Seen evidence, const Calls& calls) {
  return std::ranges::none_of(evidence.python.calls, [&](const Calls& other) {
    return same_callee(other, calls) && other.first_at < calls.first_at;
  });
}

// What a call takes that is no first one, of the same callee; 0: there is none.
Ns later(Seen evidence, const Calls& calls) {
  Ns total = 0;
  std::int64_t count = 0;
  for (const Calls& other : evidence.python.calls)
    if (same_callee(other, calls) && other.outer > 0)
      total += other.outer_total - other.first, count += other.outer - 1;
  return count > 0 ? total / count : 0;
}

Finding timing(std::string id, const Calls& calls) {
  Finding finding;
  finding.fault = true;
  finding.id = std::move(id);
  finding.place = place_of(calls.file, calls.line);
  finding.remedy = "call it a few times first, then time many calls and look at their median";
  finding.change =
      "for _ in range(3): f(x); then t = perf_counter(); for _ in range(N): f(x); (perf_counter() - t) / N";
  return finding;
}

}  // namespace

std::optional<Finding> cold_timing(Seen evidence, const Ledger&) {
  const Calls* worst = nullptr;
  for (const Calls& calls : evidence.python.calls) {
    if (!calls.clocked || !computes(calls) || calls.first < kNotable) continue;
    // A new shape builds a graph too, where graphs are built.
    const bool builds = calls.kind == "predict" || calls.kind == "function" || calls.kind == "evaluate";
    if (!is_first(evidence, calls) && !(builds && calls.outer == 1)) continue;
    const Ns rest = calls.outer > 1 ? (calls.outer_total - calls.first) / (calls.outer - 1) : 0;
    const bool spoils = calls.outer == 1 || (calls.first > 3 * rest && 10 * calls.first > calls.outer_total);
    if (spoils && (!worst || calls.first > worst->first)) worst = &calls;
  }
  if (!worst) return {};
  Finding finding = timing("cold-timing", *worst);
  const Ns rest = later(evidence, *worst);
  const double first = seconds(worst->first);
  if (worst->outer == 1) {
    finding.title =
        text("the call that is timed is a first one: {} takes {}", call_of(*worst), seconds_text(first));
    finding.facts = {rest > 0 ? text("later calls take {}: {:.0f} times less", seconds_text(seconds(rest)),
                                     first / seconds(rest))
                              : "it builds a graph or prepares kernels, which no later call does"};
  } else {
    const double average = seconds(worst->outer_total) / static_cast<double>(worst->outer);
    finding.title = text("the first call is in the time that is taken: {} of {}", seconds_text(first),
                         seconds_text(seconds(worst->outer_total)));
    finding.facts = {text("{} calls take {} each with it, and {} without", worst->outer,
                          seconds_text(average), seconds_text(seconds(rest)))};
  }
  return finding;
}

std::optional<Finding> single_timing(Seen evidence, const Ledger&) {
  for (const Calls& calls : evidence.python.calls) {
    const bool builds = calls.kind == "predict" || calls.kind == "function" || calls.kind == "evaluate";
    if (!calls.clocked || !computes(calls) || calls.outer != 1 || builds || is_first(evidence, calls))
      continue;
    Finding finding = timing("single-timing", calls);
    finding.title = text("one call of {} is timed: {}", call_of(calls), seconds_text(seconds(calls.first)));
    Ns least = calls.first, most = calls.first;
    for (const Calls& other : evidence.python.calls)
      if (same_callee(other, calls)) least = std::min(least, other.least), most = std::max(most, other.most);
    finding.facts = {text("calls of it in this run took {} to {}", seconds_text(seconds(least)),
                          seconds_text(seconds(most)))};
    return finding;
  }
  return {};
}

std::optional<Finding> unsynced_timing(Seen evidence, const Ledger&) {
  const bool gpu = std::ranges::any_of(evidence.python.settings, [](const Variable& setting) {
    return setting.name == "gpus" && setting.value != "0";
  });
  if (!gpu) return {};
  for (const Calls& calls : evidence.python.calls) {
    const bool returns_early = calls.kind == "model" || calls.kind == "function";
    if (!calls.clocked || calls.fetched || !returns_early || calls.outer == 0) continue;
    Finding finding = timing("unsynced-timing", calls);
    finding.title = text("the clock is read while the GPU still computes {}", call_of(calls));
    finding.facts = {
        "on a GPU the call returns once its work is queued; nothing waits for the answer before "
        "the clock is read"};
    finding.remedy = "fetch the answer before the clock is read";
    finding.change = "y = model(x); y.numpy(); t = perf_counter() - t";
    return finding;
  }
  return {};
}

std::optional<Finding> unequal_work(Seen evidence, const Ledger&) {
  const auto work = [](const Calls& calls) {
    return static_cast<double>(calls.parameters) *
           static_cast<double>(std::max<std::int64_t>(1, calls.batch));
  };
  const Calls *least = nullptr, *most = nullptr;
  for (const Calls& calls : evidence.python.calls) {
    if (!calls.clocked || !computes(calls) || calls.parameters <= 0) continue;
    if (!least || work(calls) < work(*least)) least = &calls;
    if (!most || work(calls) > work(*most)) most = &calls;
  }
  if (!least || least->object_id == most->object_id) return {};
  const double ratio = work(*most) / work(*least);
  if (!(ratio >= 1.5)) return {};
  const auto words = [](const Calls& calls) {
    return text("{}: {} weights, {} row{} a call", place_of(calls.file, calls.line), calls.parameters,
                std::max<std::int64_t>(1, calls.batch), calls.batch > 1 ? "s" : "");
  };
  Finding finding;
  finding.fault = true;
  finding.id = "unequal-work";
  finding.title = text("what it compares does different work: about {:.3g} times as much", ratio);
  finding.place = place_of(most->file, most->line);
  finding.facts = {words(*least), words(*most)};
  finding.remedy = "compare the same layers, sizes, batch and type of numbers, and say rows a second";
  return finding;
}

}  // namespace vivace::doctor
