// Text for people: formatting, and guesses at what a mistyped word meant.
#pragma once

#include <fmt/core.h>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace vivace {

/// text("{} of {}", 1, 2) is "1 of 2". The one way vivace builds a sentence.
template <class... Args>
std::string text(fmt::format_string<Args...> format, Args&&... args) {
  return fmt::vformat(format, fmt::make_format_args(args...));
}

/// "12.3 MB", "512 B": decimal units, three figures.
std::string bytes_text(double bytes);

/// "1.23 s", "4.56 ms", "7.8 us", "90 ns".
std::string seconds_text(double seconds);

std::string join(std::span<const std::string> words, std::string_view separator);
std::vector<std::string_view> split(std::string_view line, char separator);

/// The candidate nearest to `word` by edit distance, or "" where none is near enough to be a typing mistake
/// (more than a third of the word's letters differ).
std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates);

/// ", did you mean \"conv2d\"?" or "", to be appended to an error about `word`.
std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace vivace
