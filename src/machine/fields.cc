#include "machine/fields.h"

#include <charconv>

namespace vivace::machine {
namespace {

constexpr std::string_view kBlanks = " \t";

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && kBlanks.find(text.front()) != std::string_view::npos) text.remove_prefix(1);
  while (!text.empty() && (kBlanks.find(text.back()) != std::string_view::npos || text.back() == '\n'))
    text.remove_suffix(1);
  return text;
}

// What is behind `name` on the line that begins with it.
std::string_view behind(std::string_view text, std::string_view name) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = text.substr(at, end - at);
    if (line.starts_with(name) && line.size() > name.size() &&
        (kBlanks.find(line[name.size()]) != std::string_view::npos || line[name.size()] == ':'))
      return line.substr(name.size());
    at = end + 1;
  }
  return {};
}

}  // namespace

std::int64_t number_at_start(std::string_view text) {
  text = trimmed(text);
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

std::int64_t field(std::string_view text, std::string_view name) {
  return number_at_start(behind(text, name));
}

std::string_view value_of(std::string_view text, std::string_view name) {
  std::string_view rest = trimmed(behind(text, name));
  if (rest.starts_with(':')) rest.remove_prefix(1);
  return trimmed(rest);
}

}  // namespace vivace::machine
