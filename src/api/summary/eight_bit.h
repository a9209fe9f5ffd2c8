// Whether a quantised model will be slower than the same network in float32, where a processor lacks VNNI.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "plan/resolve.h"

namespace vivace {

/// A sentence for people where it will be by at least a twentieth; nothing for models without 8-bit products.
/// `flops` are those of the graph's nodes, in order.
std::optional<std::string> eight_bit_warning(const Graph& graph, const ResolvedGraph& resolved,
                                             const std::vector<double>& flops);

}  // namespace vivace
