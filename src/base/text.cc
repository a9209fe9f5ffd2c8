#include "base/text.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace vivace {

std::string bytes_text(double bytes) {
  constexpr std::string_view kUnits[] = {"B", "kB", "MB", "GB", "TB"};
  std::size_t unit = 0;
  while (bytes >= 999.5 && unit + 1 < std::size(kUnits)) bytes /= 1000, ++unit;
  return unit == 0 ? text("{:.0f} B", bytes) : text("{:.3g} {}", bytes, kUnits[unit]);
}

std::string seconds_text(double seconds) {
  if (seconds >= 1.0) return text("{:.3g} s", seconds);
  if (seconds >= 1e-3) return text("{:.3g} ms", seconds * 1e3);
  if (seconds >= 1e-6) return text("{:.3g} us", seconds * 1e6);
  return text("{:.0f} ns", seconds * 1e9);
}

std::string join(std::span<const std::string> words, std::string_view separator) {
  std::string line;
  for (const std::string& word : words) {
    if (&word != words.data()) line += separator;
    line += word;
  }
  return line;
}

std::vector<std::string_view> split(std::string_view line, char separator) {
  std::vector<std::string_view> words;
  for (;;) {
    const std::size_t end = line.find(separator);
    words.push_back(line.substr(0, end));
    if (end == std::string_view::npos) return words;
    line.remove_prefix(end + 1);
  }
}

namespace {

// Letters missing, added, changed, or swapped with their neighbour (optimal string alignment), row by row.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before, last, row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    before = std::exchange(last, row);
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      row[j + 1] = std::min({last[j] + (a[i] == b[j] ? 0 : 1), last[j + 1] + 1, row[j] + 1});
      if (i > 0 && j > 0 && a[i] == b[j - 1] && a[i - 1] == b[j])
        row[j + 1] = std::min(row[j + 1], before[j - 1] + 1);
    }
  }
  return row.back();
}

}  // namespace

std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates) {
  constexpr std::size_t kLongestWord = 64;  // nobody mistypes more, and hostile names stay cheap
  if (word.size() > kLongestWord) return {};
  std::string_view best;
  std::size_t best_distance = std::max<std::size_t>(1, word.size() / 3) + 1;
  for (const std::string_view candidate : candidates) {
    if (candidate.size() > kLongestWord) continue;
    const std::size_t distance = edit_distance(word, candidate);
    if (distance < best_distance) best = candidate, best_distance = distance;
  }
  return best;
}

std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates) {
  const std::string_view guess = nearest(word, candidates);
  return guess.empty() ? std::string() : text(", did you mean \"{}\"?", guess);
}

}  // namespace vivace
