// A table for people: columns as wide as their longest cell.
#pragma once

#include <string>
#include <vector>

namespace vivace::cli {

class Table {
 public:
  /// `sides` has a letter for each column: 'l' aligns left, 'r' right.
  explicit Table(std::string sides) : sides_(std::move(sides)) {}
  /// The first row is the heading. Requires as many cells as columns.
  void row(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  std::string text() const;

 private:
  std::string sides_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace vivace::cli
