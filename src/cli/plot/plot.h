// A page of bar charts as one self-contained file: no scripts, no fonts, nothing loaded; readable on light
// and on dark. Knows nothing of models: labels may hold any bytes, and are shown, never obeyed.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace vivace::cli {

/// One horizontal bar.
struct Bar {
  std::string label;     // before the bar
  double value = 0;      // its length; what is not finite or negative counts as 0
  double mark = -1;      // a line across it; negative: none
  std::size_t kind = 0;  // index into the chart's kinds, which gives its colour
  std::string note;      // behind the bar
  std::string tip;       // shown when it is pointed at
};

struct BarChart {
  std::string title;
  std::vector<std::string> kinds;  // what the colours mean, at most kKinds; one or none needs no words
  std::string mark;                // what the marks mean
  std::vector<Bar> bars;
};
inline constexpr std::size_t kKinds = 3;

struct Page {
  std::string title;
  std::vector<std::string> lines;  // below the title
  std::vector<BarChart> charts;
};

std::string svg_text(const Page& page);
/// The same picture in an HTML page.
std::string html_text(const Page& page);

/// Text as XML may hold it: markup escaped; what is no character, controls the terminal or the direction of
/// writing becomes U+FFFD. At most `most` characters, the last then an ellipsis.
std::string xml_escaped(std::string_view bytes, std::size_t most = static_cast<std::size_t>(-1));

}  // namespace vivace::cli
