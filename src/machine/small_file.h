// The short text files in which Linux tells about the machine.
#pragma once

#include <filesystem>
#include <string>

namespace vivace::machine {

/// The first 4 KB of a file of /proc or /sys, or "" where there is none.
std::string read_small(const std::filesystem::path& path);
/// All of it, up to a megabyte.
std::string read_whole(const std::filesystem::path& path);

}  // namespace vivace::machine
