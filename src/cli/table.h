// A table for people: columns as wide as their longest cell.
#pragma once

#include <string>
#include <string_view>
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

/// A layer's name in at most 44 characters: the first of several that a converter joined, and of a path its
/// end.
std::string short_name(std::string_view name);

/// An operator's text with long lists cut to their first numbers: "multipliers=[0.5,0.25,0.125, 61 more]".
std::string short_operator(std::string_view op);

}  // namespace vivace::cli
