#include "cli/table.h"

#include <algorithm>

#include "base/text.h"

namespace vivace::cli {

std::string Table::text() const {
  std::vector<std::size_t> widths(sides_.size());
  for (const auto& cells : rows_)
    for (std::size_t i = 0; i < cells.size(); ++i) widths[i] = std::max(widths[i], cells[i].size());
  std::string all;
  for (const auto& cells : rows_) {
    std::string line;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const std::string fill(widths[i] - cells[i].size(), ' ');
      line += (i == 0 ? "" : "  ") + (sides_[i] == 'r' ? fill + cells[i] : cells[i] + fill);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    all += line + "\n";
  }
  return all;
}

std::string short_name(std::string_view name) {
  constexpr std::size_t kMost = 44;
  name = name.substr(0, name.find(';'));
  if (name.size() <= kMost) return std::string(name);
  return "..." + std::string(name.substr(name.size() - (kMost - 3)));
}

std::string short_operator(std::string_view op) {
  constexpr std::size_t kShown = 3, kWhole = 8;
  std::string shown;
  while (true) {
    const std::size_t open = op.find('['), close = op.find(']', open);
    if (open == std::string_view::npos || close == std::string_view::npos) break;
    const auto numbers = split(op.substr(open + 1, close - open - 1), ',');
    shown += op.substr(0, open + 1);
    const std::size_t kept = numbers.size() > kWhole ? kShown : numbers.size();
    for (std::size_t i = 0; i < kept; ++i) shown += text("{}{}", i == 0 ? "" : ",", numbers[i]);
    if (kept < numbers.size()) shown += text(", {} more", numbers.size() - kept);
    op.remove_prefix(close);
  }
  return shown + std::string(op);
}

}  // namespace vivace::cli
