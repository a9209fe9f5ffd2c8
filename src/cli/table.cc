#include "cli/table.h"

#include <algorithm>

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

}  // namespace vivace::cli
