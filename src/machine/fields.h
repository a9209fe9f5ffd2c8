// Numbers in the text files of /proc and /sys.
#pragma once

#include <cstdint>
#include <string_view>

namespace vivace::machine {

/// The integer at the start of `text`, blanks before it apart; 0 where there is none.
std::int64_t number_at_start(std::string_view text);

/// The number behind a name that begins a line: field("MemTotal: 12 kB", "MemTotal:") is 12; 0 where it is
/// missing.
std::int64_t field(std::string_view text, std::string_view name);

/// What is behind a name that begins a line and a ':', blanks around it left out; empty where it is missing.
std::string_view value_of(std::string_view text, std::string_view name);

}  // namespace vivace::machine
