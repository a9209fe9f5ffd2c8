#include "cli/plot/plot.h"

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "base/utf8.h"

namespace vivace::cli {
namespace {

// All in pixels. A character of the label's font is 6.6 wide, so that kMostLabel of them fit before the bars.
constexpr int kWidth = 1000, kRow = 18, kBar = 12, kLine = 18, kMargin = 20;
constexpr int kBarsBegin = 280, kBarsWidth = 460, kNotesGap = 8;
constexpr std::size_t kMostLabel = 38, kMostNote = 34, kMostLine = 130;

constexpr std::string_view kStyle =
    "<style>\n"
    "svg{color-scheme:light dark;background:#fff}\n"
    "text{font:11px ui-monospace,Menlo,Consolas,monospace;fill:#1c1e21}\n"
    "text.title{font:bold 15px system-ui,sans-serif}text.head{font:bold 12px system-ui,sans-serif}\n"
    "text.note{fill:#5c6370}line{stroke:#1c1e21;stroke-width:2}line.axis{stroke:#c9ced6;stroke-width:1}\n"
    ".k0{fill:#3b76af}.k1{fill:#d9822b}.k2{fill:#6b9a3e}\n"
    "@media(prefers-color-scheme:dark){svg{background:#16181c}text{fill:#e6e8eb}text.note{fill:#9aa3af}\n"
    "line{stroke:#e6e8eb}line.axis{stroke:#3a3f47}.k0{fill:#6aa5df}.k1{fill:#e8a35c}.k2{fill:#94c265}}\n"
    "</style>\n";

double length_of(double value) { return std::isfinite(value) && value > 0 ? value : 0; }

// Writes a page from top to bottom; only the end says how tall it is.
class Drawing {
 public:
  explicit Drawing(const Page& page) {
    at_ += 8;
    words("title", kMargin, page.title);
    at_ += 6;
    for (const std::string& line : page.lines) words("note", kMargin, line);
    for (const BarChart& chart : page.charts) draw(chart);
  }

  std::string text() const {
    return vivace::text(
               "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" "
               "height=\"{1}\">\n",
               kWidth, at_ + kMargin) +
           std::string(kStyle) + body_ + "</svg>\n";
  }

 private:
  void words(std::string_view kind, int x, std::string_view line) {
    at_ += kLine;
    body_ += vivace::text("<text class=\"{}\" x=\"{}\" y=\"{}\">{}</text>\n", kind, x, at_,
                          xml_escaped(line, kMostLine));
  }

  void draw(const BarChart& chart) {
    at_ += kLine;
    words("head", kMargin, chart.title);
    draw_legend(chart);
    at_ += 6;
    double longest = 0;
    for (const Bar& bar : chart.bars)
      longest = std::max({longest, length_of(bar.value), length_of(bar.mark)});
    const int top = at_;
    for (const Bar& bar : chart.bars) draw(bar, longest > 0 ? kBarsWidth / longest : 0);
    body_ += vivace::text("<line class=\"axis\" x1=\"{0}\" y1=\"{1}\" x2=\"{0}\" y2=\"{2}\"/>\n", kBarsBegin,
                          top, at_);
  }

  void draw_legend(const BarChart& chart) {
    if (chart.kinds.size() < 2 && chart.mark.empty()) return;
    at_ += kLine;
    int x = kBarsBegin;
    const auto name = [&](std::string_view what) {
      body_ += vivace::text("<text class=\"note\" x=\"{}\" y=\"{}\">{}</text>\n", x + 18, at_,
                            xml_escaped(what, kMostNote));
      x += 34 + 7 * static_cast<int>(std::min(what.size(), kMostNote));
    };
    for (std::size_t kind = 0; kind < std::min(chart.kinds.size(), kKinds); ++kind) {
      body_ += vivace::text("<rect class=\"k{}\" x=\"{}\" y=\"{}\" width=\"12\" height=\"10\"/>\n", kind, x,
                            at_ - 9);
      name(chart.kinds[kind]);
    }
    if (chart.mark.empty()) return;
    body_ += vivace::text("<line x1=\"{0}\" y1=\"{1}\" x2=\"{0}\" y2=\"{2}\"/>\n", x + 6, at_ - 10, at_ + 2);
    name(chart.mark);
  }

  void draw(const Bar& bar, double scale) {
    const int top = at_ + (kRow - kBar) / 2, baseline = at_ + kRow - 5;
    const double end = kBarsBegin + length_of(bar.value) * scale;
    const double mark = bar.mark < 0 ? 0 : kBarsBegin + length_of(bar.mark) * scale;
    body_ += vivace::text("<g><title>{}</title><text x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text>",
                          xml_escaped(bar.tip.empty() ? bar.label : bar.tip), kBarsBegin - kNotesGap,
                          baseline, xml_escaped(bar.label, kMostLabel));
    body_ += vivace::text("<rect class=\"k{}\" x=\"{}\" y=\"{}\" width=\"{:.1f}\" height=\"{}\"/>",
                          std::min(bar.kind, kKinds - 1), kBarsBegin, top, end - kBarsBegin, kBar);
    if (mark > 0)
      body_ += vivace::text("<line x1=\"{0:.1f}\" y1=\"{1}\" x2=\"{0:.1f}\" y2=\"{2}\"/>", mark, top - 2,
                            top + kBar + 2);
    body_ += vivace::text("<text class=\"note\" x=\"{:.1f}\" y=\"{}\">{}</text></g>\n",
                          std::max(end, mark) + kNotesGap, baseline, xml_escaped(bar.note, kMostNote));
    at_ += kRow;
  }

  std::string body_;
  int at_ = 0;
};

}  // namespace

std::string xml_escaped(std::string_view bytes, std::size_t most) {
  std::string escaped;
  std::size_t count = 0;
  for (ByteWalk at(bytes); !at.done(); ++count) {
    bool valid = true;
    const char32_t code = decode_utf8(at, valid);
    if (count + 1 == most && !at.done()) return escaped + "\u2026";
    if (code == '&')
      escaped += "&amp;";
    else if (code == '<')
      escaped += "&lt;";
    else if (code == '>')
      escaped += "&gt;";
    else if (code == '"')
      escaped += "&quot;";
    else
      append_utf8(escaped, valid && is_harmless(code) ? code : kReplacement);
  }
  return escaped;
}

std::string svg_text(const Page& page) { return Drawing(page).text(); }

std::string html_text(const Page& page) {
  return text(
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
      "'unsafe-inline'\">\n"
      "<meta name=\"viewport\" content=\"width=device-width\">\n<meta name=\"color-scheme\" content=\"light "
      "dark\">\n"
      "<title>{}</title>\n<style>body{{margin:0}}svg{{display:block;max-width:100%;height:auto;margin:auto}}"
      "@media(prefers-color-scheme:dark){{body{{background:#16181c}}}}</style>\n</head>\n<body>\n{}</body>\n"
      "</html>\n",
      xml_escaped(page.title), svg_text(page));
}

}  // namespace vivace::cli
