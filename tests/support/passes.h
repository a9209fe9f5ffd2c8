// Running one pass over a graph in a test, with everything checked after each of its patches.
#pragma once

#include <string_view>

#include "ops/common/op_base.h"
#include "passes/pass.h"
#include "support/differential.h"

namespace vivace::testing {

inline Rewrite pass_named(std::string_view name) {
  for (const Pass& pass : all_passes())
    if (pass.name == name) return pass.rewrite;
  throw std::runtime_error("no pass " + std::string(name));
}

/// Offers every node to the pass until it finds nothing; returns how many patches it made. After each one the
/// graph is verified, and at the end its numbers are compared with those before.
inline int run_pass(Graph& graph, std::string_view name, double tolerance = 2e-6) {
  const Graph before = graph;
  const Rewrite rewrite = pass_named(name);
  int patches = 0;
  for (std::size_t n = 0; n < graph.node_count() && patches < 1000;) {
    const auto patch = rewrite(graph, static_cast<NodeId>(n));
    n = patch ? 0 : n + 1;
    if (!patch) continue;
    ++patches;
    CHECK(patch->label() == name);
    const Status applied = apply(graph, *patch);
    REQUIRE_MESSAGE(applied.ok(), (applied.ok() ? "" : to_text(applied.error())));
    const Status sound = verify(graph);
    REQUIRE_MESSAGE(sound.ok(), (sound.ok() ? "" : to_text(sound.error())));
  }
  CHECK(patches < 1000);
  if (patches != 0) check_equivalent(before, graph, 1, tolerance);
  return patches;
}

}  // namespace vivace::testing
