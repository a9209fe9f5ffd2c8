#include "doctor/report/charts.h"

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "doctor/findings/claims.h"
#include "doctor/report/words.h"

namespace vivace::doctor {
namespace {

constexpr double kWidth = 1000;
constexpr std::array<std::string_view, kPhases> kPhaseColours = {"#8d99ae", "#cfd8dc", "#90caf9", "#a5d6a7",
                                                                 "#ffcc80", "#ef9a9a", "#ce93d8", "#eeeeee",
                                                                 "#fff176", "#bcaaa4", "#5c9bd6", "#9fa8da"};

std::string begin_svg(double height, std::string_view label) {
  return text("<svg viewBox=\"0 0 {} {:.0f}\" role=\"img\" aria-label=\"{}\">", kWidth, height, label);
}
std::string box(double x, double y, double width, double height, std::string_view colour) {
  return text("<rect x=\"{:.2f}\" y=\"{:.1f}\" width=\"{:.2f}\" height=\"{:.1f}\" fill=\"{}\"", x, y, width,
              height, colour);
}
std::string label(double x, double y, std::string_view anchor, std::string_view words) {
  return text("<text x=\"{:.1f}\" y=\"{:.1f}\" font-size=\"11\" text-anchor=\"{}\">{}</text>", x, y, anchor,
              escaped(words));
}

// The ledger of one slice alone.
Ledger ledger_of(const Evidence& evidence, const Slice& slice) {
  Evidence one;
  one.program.wall = slice.end - slice.start;
  one.machine.page_fault = evidence.machine.page_fault;
  one.sampled = evidence.sampled;
  one.libraries = evidence.libraries;
  one.slices = {slice};
  one.slices[0].start = 0, one.slices[0].end = one.program.wall;
  return make_ledger(one);
}

struct Frame {
  std::string_view name;
  std::int64_t samples = 0;
  std::vector<Frame> inner;
};

// Whether the stack was counted: one that is deeper than any that is recorded is cut.
void add_stack(Frame& root, std::string_view frames, std::int64_t samples) {
  constexpr int kDeepest = 30;
  Frame* frame = &root;
  frame->samples += samples;
  for (int depth = 0; depth < kDeepest && !frames.empty(); ++depth) {
    const std::size_t end = std::min(frames.find(';'), frames.size());
    const std::string_view name = frames.substr(0, end);
    frames.remove_prefix(std::min(end + 1, frames.size()));
    auto found = std::ranges::find(frame->inner, name, &Frame::name);
    if (found == frame->inner.end()) found = frame->inner.insert(found, {name, 0, {}});
    frame = &*found;
    frame->samples += samples;
  }
}

// Python's own packages and those of others in two colours, the program in a third.
std::string_view colour_of(std::string_view name) {
  if (name.find(".py:") != name.npos) return "#f4a261";
  return name.starts_with("tensorflow") || name.starts_with("keras") ? "#8ecae6" : "#b7d7a8";
}

double draw_frames(std::string& svg, const Frame& frame, double x, double y, double per_sample, double all) {
  constexpr double kRow = 17, kNarrow = 1.5;
  double deepest = y;
  for (const Frame& inner : frame.inner) {
    const double width = static_cast<double>(inner.samples) * per_sample;
    if (width < kNarrow) continue;
    svg += box(x, y, std::max(0.5, width - 0.5), kRow - 1, colour_of(inner.name)) +
           text("><title>{} ({:.1f} %)</title></rect>", escaped(inner.name),
                100 * static_cast<double>(inner.samples) / all);
    const auto fit = static_cast<std::size_t>(width / 6.2);
    if (fit >= 4) svg += label(x + 3, y + 12, "start", inner.name.substr(0, fit));
    deepest = std::max(deepest, draw_frames(svg, inner, x, y + kRow, per_sample, all));
    x += width;
  }
  return std::max(deepest, y);
}

}  // namespace

std::string escaped(std::string_view words) {
  std::string safe;
  for (const char c : words) {
    switch (c) {
      case '<':
        safe += "&lt;";
        break;
      case '>':
        safe += "&gt;";
        break;
      case '&':
        safe += "&amp;";
        break;
      case '"':
        safe += "&quot;";
        break;
      default:
        safe += c;
    }
  }
  return safe;
}

std::string timeline(const Evidence& evidence, const Ledger& ledger) {
  constexpr double kHeight = 120, kBand = 14;
  if (ledger.wall <= 0) return {};
  const double per_ns = kWidth / static_cast<double>(ledger.wall);
  std::string svg = begin_svg(kHeight + kBand + 18, "time line");
  for (const Slice& slice : evidence.slices) {
    const Ledger part = ledger_of(evidence, slice);
    const double x = static_cast<double>(slice.start) * per_ns,
                 width = static_cast<double>(part.wall) * per_ns;
    double y = 0;
    for (std::size_t column = 0; column < kColumns && part.wall > 0; ++column) {
      const double height = seconds(part.of(static_cast<Column>(column))) / seconds(part.wall) * kHeight;
      if (height > 0.3) svg += box(x, y, width + 0.1, height, kColours[column]) + "/>";
      y += height;
    }
    double from = x;
    for (std::size_t phase = 0; phase < kPhases && part.wall > 0; ++phase) {
      const double wide = static_cast<double>(part.of(static_cast<Phase>(phase))) * per_ns;
      if (wide > 0)
        svg += box(from, kHeight + 3, wide + 0.1, kBand, kPhaseColours[phase]) +
               text("><title>{}</title></rect>", phase_name(static_cast<Phase>(phase)));
      from += wide;
    }
  }
  svg += label(0, kHeight + kBand + 14, "start", "0") +
         label(kWidth, kHeight + kBand + 14, "end", duration(ledger.wall));
  std::string legend = "<p><small>";
  for (std::size_t phase = 0; phase < kPhases; ++phase)
    if (at_least(ledger.of(static_cast<Phase>(phase)), 0.005, ledger))
      legend += text("<span style=\"background:{}\">&#160;&#160;&#160;</span> {} ", kPhaseColours[phase],
                     phase_name(static_cast<Phase>(phase)));
  return svg + "</svg>\n" + legend + "</small></p>\n";
}

std::string flame_graph(const Python& python) {
  Frame root;
  for (const Stack& stack : python.stacks)
    if (stack.samples > 0) add_stack(root, stack.frames, stack.samples);
  if (root.samples == 0) return {};
  const auto all = static_cast<double>(root.samples);
  std::string frames;
  const double height = draw_frames(frames, root, 0, 0, kWidth / all, all);
  return begin_svg(height + 4, "flame graph") + frames + "</svg>\n";
}

std::string latencies(const Calls& calls) {
  constexpr std::int64_t kFewest = 10;
  constexpr double kHeight = 90, kShortest_s = 125e-9;
  if (calls.count < kFewest || calls.latency.empty()) return {};
  const auto used = [](std::int64_t count) { return count > 0; };
  const auto begin = std::ranges::find_if(calls.latency, used) - calls.latency.begin();
  const auto end = static_cast<std::ptrdiff_t>(calls.latency.size());
  if (begin == end) return {};
  const auto most = static_cast<double>(*std::ranges::max_element(calls.latency));
  const double width = std::min(80.0, kWidth / static_cast<double>(end - begin));
  std::string svg = begin_svg(kHeight + 30, "latencies");
  for (auto bin = begin; bin < end; ++bin) {
    const std::int64_t count = calls.latency[static_cast<std::size_t>(bin)];
    const double x = static_cast<double>(bin - begin) * width;
    const double height = std::max(0.0, static_cast<double>(count)) / most * kHeight;
    svg += box(x, kHeight + 12 - height, width - 2, height, "#3b6fb6") + "/>";
    if (count > 0) svg += label(x + width / 2, kHeight + 8 - height, "middle", text("{}", count));
    svg += label(x + width / 2, kHeight + 26, "middle",
                 "< " + seconds_text(std::ldexp(kShortest_s, static_cast<int>(bin))));
  }
  return svg + "</svg>\n";
}

std::string roofline_chart(const ModelStudy& study) {
  constexpr double kHeight = 260, kLeast = 0.05, kMost = 2000;  // operations a byte
  const double peak = study.flops_per_s * static_cast<double>(std::max<std::int64_t>(1, study.threads));
  if (study.flops_per_s <= 0 || study.bytes_per_s <= 0) return {};
  const auto x_of = [&](double intensity) {
    return std::log(std::clamp(intensity, kLeast, kMost) / kLeast) / std::log(kMost / kLeast) * kWidth;
  };
  const auto y_of = [&](double rate) {
    constexpr double kDecades = 4;
    return std::clamp(-std::log10(std::max(rate, 1.0) / peak) / kDecades, 0.0, 1.0) * (kHeight - 30) + 20;
  };
  const double ridge = peak / study.bytes_per_s;
  std::string svg = begin_svg(kHeight + 18, "roofline");
  svg += text(
      "<polyline points=\"{:.1f},{:.1f} {:.1f},{:.1f} {:.1f},{:.1f}\" fill=\"none\" stroke=\"#c1272d\"/>",
      x_of(kLeast), y_of(kLeast * study.bytes_per_s), x_of(ridge), y_of(peak), kWidth, y_of(peak));
  svg += label(kWidth, 14, "end", text("{:.0f} GFLOP/s on {} threads", peak * 1e-9, study.threads));
  svg += label(4, kHeight + 14, "start", text("{} FLOP a byte of weights", kLeast)) +
         label(kWidth, kHeight + 14, "end", text("{}", kMost));
  int drawn = 0;
  for (const ModelLayer& layer : study.layers) {
    if (layer.time <= 0 || layer.flops <= 0) continue;
    const double rate = layer.flops / seconds(layer.time);
    const double intensity =
        layer.flops / (4 * static_cast<double>(std::max<std::int64_t>(1, layer.parameters)));
    svg += text(
        "<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"5\" fill=\"#3b6fb6\" fill-opacity=\"0.7\"><title>{} ({}): "
        "{:.1f} "
        "GFLOP/s, {}</title></circle>",
        x_of(intensity), y_of(rate), escaped(layer.name), escaped(layer.kind), rate * 1e-9,
        seconds_text(seconds(layer.time)));
    ++drawn;
  }
  return drawn == 0 ? std::string() : svg + "</svg>\n";
}

}  // namespace vivace::doctor
