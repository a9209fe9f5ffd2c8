// The caches that hold data, as the system tells of them.
#pragma once

#include <cstddef>
#include <filesystem>
#include <vector>

namespace vivace::machine {

struct Cache {
  int level = 1;
  std::size_t bytes = 0;
};

/// The caches that a core's data passes through, nearest first; those of the first processor. Empty where the
/// system does not say. `root` stands for "/".
std::vector<Cache> read_caches(const std::filesystem::path& root = "/");

}  // namespace vivace::machine
