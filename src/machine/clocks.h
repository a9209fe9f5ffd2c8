// How fast a processor runs now, and which node of memory is near to it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>
#include <vector>

namespace vivace::machine {

struct Clock {
  std::int64_t now_khz = 0, most_khz = 0;  // 0: not known
};
Clock read_clock(std::int64_t processor, const std::filesystem::path& root = "/");

/// The node of each processor; empty where there is but one node.
std::vector<int> read_nodes(const std::filesystem::path& root = "/");

/// Pages by node, of the text of /proc/PID/numa_maps.
std::vector<std::int64_t> pages_by_node(std::string_view numa_maps);

}  // namespace vivace::machine
