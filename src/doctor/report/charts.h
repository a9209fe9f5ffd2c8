// Pictures of the page: SVG without scripts, each with figures in words beside or within it.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "doctor/ledger/ledger.h"

namespace vivace::doctor {

/// One colour a column, told apart by those who see fewer too; beside each figure stands its name.
inline constexpr std::array<std::string_view, kColumns> kColours = {
    "#3b6fb6", "#2a9d6f", "#7fc8a9", "#8d99ae", "#b8c0cc", "#e07a2f", "#c1272d", "#8a5a2b",
    "#5b2a86", "#d4a72c", "#d9d9d9", "#f2a7a7", "#b39ddb", "#7aa5d8", "#6b705c", "#ffffff"};

/// What would be markup is none any more.
std::string escaped(std::string_view words);

/// The program from left to right: what its critical thread did, and below it in which phase.
std::string timeline(const Evidence& evidence, const Ledger& ledger);
/// The sampled stacks, the outermost function on top; empty where there are none.
std::string flame_graph(const Python& python);
/// How long calls took, by powers of two; empty where fewer than ten were counted.
std::string latencies(const Calls& calls);
/// The model's layers under this machine's ceilings; empty where no layer was timed.
std::string roofline_chart(const ModelStudy& study);

}  // namespace vivace::doctor
