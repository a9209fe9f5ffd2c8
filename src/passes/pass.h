// Passes: named, timed, switchable rewrites of a graph that keep its numbers.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "graph/patch.h"

namespace vivace {

/// A rewrite at one node: the edit that improves it, or nothing. Pure: looks at the graph, changes nothing.
using Rewrite = std::optional<Patch> (*)(const Graph& graph, NodeId node);

struct Pass {
  std::string_view name;
  Rewrite rewrite;
};

/// All passes in running order, as listed in passes.inc.
std::span<const Pass> all_passes();

struct PassReport {
  std::string_view name;
  std::size_t patches = 0;  // how often it changed something
  double seconds = 0;
};

/// Runs the passes over and over until none finds anything (or after a fixed number of rounds); in bodies
/// too. `without` names passes to leave out; "all" leaves out every one. Errors: graph.patch, passes.unknown.
Result<std::vector<PassReport>> run_passes(Graph& graph, std::span<const std::string> without = {});

}  // namespace vivace
