#include "passes/pass.h"

#include <algorithm>
#include <array>

#include "base/clock.h"
#include "base/text.h"
#include "base/try.h"
#include "graph/editor.h"

namespace vivace {

#define PASS(name) std::optional<Patch> name(const Graph&, NodeId);
#include "passes/passes.inc"
#undef PASS

namespace {

constexpr Pass kPasses[] = {
#define PASS(name) {#name, name},
#include "passes/passes.inc"
#undef PASS
};

// Passes feed one another: two or three rounds settle every network seen; the bound guards against a pair
// that undoes each other.
constexpr int kMostRounds = 8;

// Guards a sweep against a pass that undoes itself; no sweep of a real network comes near it.
std::size_t most_patches(const Graph& graph) { return 64 + 8 * graph.node_count(); }

Status check_names(std::span<const std::string> without) {
  std::vector<std::string_view> names = {"all"};
  for (const Pass& pass : kPasses) names.push_back(pass.name);
  for (const std::string& name : without)
    if (std::find(names.begin(), names.end(), name) == names.end())
      return Error("passes.unknown", text("there is no pass \"{}\"{}", name, did_you_mean(name, names)))
          .fix("`vivace explain MODEL` lists the passes");
  return {};
}

// Offers every node to a pass once; what a patch puts in a node's place is offered too.
Status sweep(Graph& graph, const Pass& pass, PassReport& report) {
  GraphEditor editor(graph);
  const std::size_t before = report.patches;
  for (std::size_t n = 0; n < graph.node_count() && report.patches - before < most_patches(graph);) {
    const auto id = static_cast<NodeId>(static_cast<std::uint32_t>(n));
    const std::optional<Patch> patch = editor.is_gap(id) ? std::nullopt : pass.rewrite(graph, id);
    if (!patch) {
      ++n;
      continue;
    }
    VIVACE_CHECK_OK(editor.apply(*patch));
    ++report.patches;
  }
  editor.compact();
  return {};
}

}  // namespace

std::span<const Pass> all_passes() { return kPasses; }

Result<std::vector<PassReport>> run_passes(Graph& graph, std::span<const std::string> without) {
  VIVACE_CHECK_OK(check_names(without));
  const auto left_out = [&](std::string_view name) {
    return std::any_of(without.begin(), without.end(),
                       [&](const std::string& w) { return w == "all" || w == name; });
  };
  std::vector<PassReport> reports;
  for (const Pass& pass : kPasses)
    if (!left_out(pass.name)) reports.push_back({pass.name});
  remove_dead(graph);
  for (int round = 0; round < kMostRounds; ++round) {
    std::size_t patches = 0;
    std::size_t index = 0;
    for (const Pass& pass : kPasses) {
      if (left_out(pass.name)) continue;
      PassReport& report = reports[index++];
      const std::size_t before = report.patches;
      const double start = now_s();
      VIVACE_CHECK_OK(sweep(graph, pass, report));
      report.seconds += now_s() - start;
      patches += report.patches - before;
    }
    if (patches == 0) break;
  }
  return reports;
}

}  // namespace vivace
