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

// The passes that are not left out, over and over until none finds anything.
class Passes {
 public:
  explicit Passes(std::span<const std::string> without) {
    for (const Pass& pass : kPasses) {
      if (std::ranges::any_of(without, [&](const std::string& w) { return w == "all" || w == pass.name; }))
        continue;
      passes_.push_back(&pass);
      reports_.push_back({pass.name});
    }
  }

  Status run(Graph& graph) {
    remove_dead(graph);
    for (int round = 0; round < kMostRounds; ++round) {
      VIVACE_TRY(const std::size_t patches, run_round(graph));
      if (patches == 0) break;
    }
    return run_in_bodies(graph);
  }

  std::vector<PassReport> take_reports() { return std::move(reports_); }

 private:
  Result<std::size_t> run_round(Graph& graph) {
    std::size_t patches = 0;
    for (std::size_t i = 0; i < passes_.size(); ++i) {
      const std::size_t before = reports_[i].patches;
      const double start = now_s();
      VIVACE_CHECK_OK(sweep(graph, *passes_[i], reports_[i]));
      reports_[i].seconds += now_s() - start;
      patches += reports_[i].patches - before;
    }
    return patches;
  }

  // Bodies may be shared with other graphs, so each is copied.
  Status run_in_bodies(Graph& graph) {
    GraphEditor editor(graph);
    for (std::size_t n = 0; n < graph.node_count(); ++n) {
      const auto id = static_cast<NodeId>(static_cast<std::uint32_t>(n));
      std::vector<GraphPtr> bodies;
      for (const GraphPtr& body : bodies_of(*graph.node(id).op)) {
        auto better = std::make_shared<Graph>(*body);
        VIVACE_CHECK_OK(run(*better));
        bodies.push_back(std::move(better));
      }
      if (!bodies.empty()) editor.set_op(id, with_bodies(*graph.node(id).op, bodies));
    }
    return {};
  }

  std::vector<const Pass*> passes_;
  std::vector<PassReport> reports_;
};

}  // namespace

std::span<const Pass> all_passes() { return kPasses; }

Result<std::vector<PassReport>> run_passes(Graph& graph, std::span<const std::string> without) {
  VIVACE_CHECK_OK(check_names(without));
  Passes passes(without);
  VIVACE_CHECK_OK(passes.run(graph));
  return passes.take_reports();
}

}  // namespace vivace
