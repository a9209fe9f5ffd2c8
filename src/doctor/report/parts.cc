#include "doctor/report/parts.h"

#include <algorithm>
#include <numeric>
#include <vector>

#include "base/text.h"
#include "doctor/findings/claims.h"
#include "doctor/report/charts.h"

namespace vivace::doctor {
namespace {

using Looks = std::array<std::int64_t, kCallParts>;

constexpr std::int64_t kFewest = 8;  // looks, for a share of them to say anything

std::int64_t all_of(const Looks& looks) {
  return std::accumulate(looks.begin(), looks.end(), std::int64_t{0});
}

std::string shares(const Looks& looks) {
  const double all = static_cast<double>(all_of(looks));
  std::vector<std::size_t> order;
  for (std::size_t part = 0; part < kCallParts; ++part)
    if (static_cast<double>(looks[part]) >= 0.005 * all) order.push_back(part);
  std::ranges::stable_sort(order, std::ranges::greater(), [&](std::size_t part) { return looks[part]; });
  std::string words;
  for (const std::size_t part : order)
    words += text("{}{} {:.0f} %", words.empty() ? "" : ", ", part_name(static_cast<CallPart>(part)),
                  100 * static_cast<double>(looks[part]) / all);
  return words;
}

bool has_calls(const Python& python) {
  return std::ranges::any_of(python.calls,
                             [](const Calls& calls) { return calls.kind != "load" && calls.outer > 1; });
}

}  // namespace

std::string_view part_name(CallPart part) {
  constexpr std::array<std::string_view, kCallParts> kNames = {
      "data in",   "kernels",  "waiting for data",     "results out", "building graphs",
      "callbacks", "own code", "the framework itself", "native code"};
  return kNames[at(part)];
}

std::string parts_words(const Python& python) {
  Looks sum{};
  for (const DividedCalls& calls : python.parts)
    for (std::size_t part = 0; part < kCallParts; ++part) sum[part] += calls.looks[part];
  const std::int64_t all = all_of(sum);
  if (all == 0 && !has_calls(python)) return {};
  if (all < kFewest) return text("a call: not divided, for there were {} looks into calls", all);
  if (20 * sum[at(CallPart::native)] >= 19 * all)
    return "a call: not divided, for it is one call into a library";
  return text("a call: {} ({} looks)", shares(sum), all);
}

std::string parts_table(const Python& python) {
  std::string rows;
  for (const DividedCalls& calls : python.parts) {
    if (all_of(calls.looks) < kFewest) continue;
    rows += text("<tr><td>{}</td><td>{}</td><td class=\"n\">{}</td>", escaped(calls.kind),
                 escaped(place_of(calls.file, calls.line)), all_of(calls.looks));
    for (const std::int64_t looks : calls.looks)
      rows += looks == 0 ? std::string("<td></td>")
                         : text("<td class=\"n\">{:.0f} %</td>",
                                100 * static_cast<double>(looks) / static_cast<double>(all_of(calls.looks)));
    rows += "</tr>";
  }
  if (rows.empty()) return {};
  std::string head = "<h2>Inside calls</h2><table><tr><th>call</th><th>from</th><th class=\"n\">looks</th>";
  for (std::size_t part = 0; part < kCallParts; ++part)
    head += text("<th class=\"n\">{}</th>", part_name(static_cast<CallPart>(part)));
  return head + "</tr>" + rows +
         "</table><p><small>Steady calls only, by looks at the Python stack. Native code is one call into a "
         "library that converts, computes and gives back: it is not divided.</small></p>\n";
}

}  // namespace vivace::doctor
