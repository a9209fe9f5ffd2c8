#include <algorithm>

#include "base/text.h"
#include "doctor/advice/advice.h"
#include "doctor/findings/claims.h"
#include "doctor/report/charts.h"
#include "doctor/report/parts.h"
#include "doctor/report/report.h"
#include "doctor/report/surroundings.h"
#include "doctor/report/words.h"

namespace vivace::doctor {
namespace {

constexpr std::string_view kHead =
    "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
    "content=\"width=device-width\"><title>vivace doctor</title><style>"
    "body{font:15px/1.45 system-ui,sans-serif;max-width:64rem;margin:2rem auto;padding:0 1rem;color:#1b1f24}"
    "h1{font-size:1.35rem}h2{font-size:1.05rem;margin-top:2rem}table{border-collapse:collapse;width:100%}"
    "td,th{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #dde1e6;vertical-align:top}"
    "td.n,th.n{text-align:right;white-space:nowrap}"
    ".wide{overflow-x:auto}.wide table{font-size:12px}.wide td,.wide th{padding:.2rem "
    ".35rem;white-space:nowrap}"
    ".wide th.n{white-space:normal}code{background:#f1f3f5;padding:.1rem .3rem}"
    ".cause{border-left:4px solid #1f6feb;padding:.2rem 1rem;margin:1rem 0}.fault{border-color:#d1242f}"
    ".gain{font-weight:600}small{color:#57606a}svg{width:100%;height:auto}</style></head><body>\n";

void cause_box(std::string& page, const Finding& finding, const std::string& gain) {
  page += text("<div class=\"cause{}\"><p><b>{}</b> {}</p>", finding.fault ? " fault" : "",
               escaped(finding.title),
               finding.place.empty() ? "" : "<small>" + escaped(finding.place) + "</small>");
  if (!gain.empty())
    page += text("<p class=\"gain\">{} <small>{}; confidence {:.0f} %; effort: {}</small></p>", escaped(gain),
                 escaped(finding.gain.model), 100 * finding.confidence, kEffortNames[at(finding.effort)]);
  page += text("<p>{}</p><p>{}{}</p></div>\n", escaped(join(finding.facts, "; ")), escaped(finding.remedy),
               finding.change.empty() ? "" : ": <code>" + escaped(finding.change) + "</code>");
}

constexpr Ns kLeastShown = 100'000;

std::string ledger_table(const Ledger& ledger) {
  std::string table = "<div class=\"wide\"><table><tr><th>phase</th><th class=\"n\">time</th>";
  std::vector<std::size_t> used;
  for (std::size_t column = 0; column < kColumns; ++column)
    if (at_least(ledger.of(static_cast<Column>(column)), 0.002, ledger)) used.push_back(column);
  for (const std::size_t column : used)
    table += text(
        "<th class=\"n\"><svg viewBox=\"0 0 10 10\" style=\"width:10px\"><rect width=\"10\" height=\"10\" "
        "fill=\"{}\" stroke=\"#57606a\"/></svg> {}</th>",
        kColours[column], column_name(static_cast<Column>(column)));
  for (std::size_t phase = 0; phase < kPhases; ++phase) {
    if (ledger.of(static_cast<Phase>(phase)) < kLeastShown) continue;
    table += text("</tr><tr><td>{}</td><td class=\"n\">{}</td>", phase_name(static_cast<Phase>(phase)),
                  duration(ledger.of(static_cast<Phase>(phase))));
    for (const std::size_t column : used)
      table += text("<td class=\"n\">{}</td>",
                    ledger.cells[phase][column] == 0 ? "" : duration(ledger.cells[phase][column]));
  }
  return table + "</tr></table></div>\n";
}

std::string calls_table(const Python& python) {
  if (python.calls.empty()) return {};
  std::vector<const Calls*> rows;
  for (const Calls& calls : python.calls) rows.push_back(&calls);
  std::ranges::stable_sort(rows, std::ranges::greater(), [](const Calls* calls) { return calls->total; });
  std::string table =
      "<h2>Calls</h2><table><tr><th>call</th><th>from</th><th>input</th><th class=\"n\">times</th><th "
      "class=\"n\">total</th><th class=\"n\">first</th><th class=\"n\">least</th><th "
      "class=\"n\">most</th></tr>";
  for (std::size_t i = 0; i < rows.size() && i < 20; ++i) {
    const Calls& calls = *rows[i];
    table += text(
        "<tr><td>{} {}</td><td>{}</td><td>{} {}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td "
        "class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td></tr>",
        escaped(calls.kind), escaped(calls.object), escaped(place_of(calls.file, calls.line)),
        escaped(calls.shape), escaped(calls.dtype), calls.count, duration(calls.total), duration(calls.first),
        duration(calls.least), duration(calls.most));
  }
  return table + "</table>\n";
}

std::string lines_table(const Python& python) {
  if (python.lines.empty()) return {};
  std::string table =
      "<h2>Lines of the program</h2><table><tr><th>line</th><th>function</th><th class=\"n\">share</th><th "
      "class=\"n\">by itself</th><th>calls</th></tr>";
  const double all = static_cast<double>(std::max<std::int64_t>(1, python.sampled));
  for (std::size_t i = 0; i < python.lines.size() && i < 15; ++i) {
    const Line& line = python.lines[i];
    table += text(
        "<tr><td>{}</td><td>{}</td><td class=\"n\">{:.0f} %</td><td class=\"n\">{:.0f} "
        "%</td><td>{}</td></tr>",
        escaped(place_of(line.file, line.line)), escaped(line.function),
        100 * static_cast<double>(line.samples) / all, 100 * static_cast<double>(line.own) / all,
        escaped(line.callee));
  }
  return table + "</table>\n";
}

std::string imports_table(const Python& python) {
  if (python.packages.empty()) return {};
  std::string table =
      "<h2>Imports</h2><table><tr><th>package</th><th class=\"n\">by itself</th><th class=\"n\">with what it "
      "imports</th><th class=\"n\">modules</th></tr>";
  for (std::size_t i = 0; i < python.packages.size() && i < 12; ++i) {
    const Package& package = python.packages[i];
    table += text("<tr><td>{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td></tr>",
                  escaped(package.name), duration(package.self), duration(package.total), package.modules);
  }
  return table + "</table>\n";
}

std::string latency_charts(const Python& python) {
  std::vector<const Calls*> rows;
  for (const Calls& calls : python.calls)
    if (calls.outer > 0 && calls.kind != "load") rows.push_back(&calls);
  std::ranges::stable_sort(rows, std::ranges::greater(), &Calls::outer_total);
  std::string charts;
  constexpr std::size_t kMost = 3;
  for (std::size_t i = 0; i < rows.size() && i < kMost; ++i)
    if (const std::string chart = latencies(*rows[i]); !chart.empty())
      charts +=
          text("<p>{} {} on {}, {} calls</p>", escaped(rows[i]->kind),
               escaped(place_of(rows[i]->file, rows[i]->line)), escaped(rows[i]->shape), rows[i]->count) +
          chart;
  return charts.empty() ? charts : "<h2>Latencies</h2>\n" + charts;
}

std::string models_part(const Evidence& evidence) {
  std::string part;
  for (const ModelStudy& study : evidence.models) {
    part += text("<h2>Model {}</h2><ul>", escaped(base_name(study.path)));
    for (const std::string& words : advice_of(study)) part += text("<li>{}</li>", escaped(words));
    part += "</ul>\n" + roofline_chart(study);
    if (study.layers.empty()) continue;
    part +=
        "<table><tr><th>layer</th><th>kind</th><th class=\"n\">weights</th><th class=\"n\">MFLOP a "
        "sample</th>"
        "<th class=\"n\">time in vivace</th></tr>";
    for (std::size_t i = 0; i < study.layers.size() && i < 12; ++i) {
      const ModelLayer& layer = study.layers[i];
      part += text(
          "<tr><td>{}</td><td>{}</td><td class=\"n\">{}</td><td class=\"n\">{:.2f}</td><td "
          "class=\"n\">{}</td></tr>",
          escaped(layer.name), escaped(layer.kind), layer.parameters, layer.flops * 1e-6,
          layer.time > 0 ? seconds_text(seconds(layer.time)) : "");
    }
    part += "</table>\n";
  }
  return part;
}

}  // namespace

std::string as_html(const Evidence& evidence, const Diagnosis& diagnosis) {
  const Ledger& ledger = diagnosis.ledger;
  std::string page(kHead);
  page += text("<h1>{}</h1><p><code>{}</code> {}</p>\n", escaped(verdict(evidence, diagnosis)),
               escaped(command_line(evidence)), escaped(ending(evidence)));
  page += timeline(evidence, ledger) + ledger_table(ledger);
  for (const Finding& fault : diagnosis.faults) cause_box(page, fault, "");
  if (!diagnosis.causes.empty()) page += "<h2>Causes</h2>\n";
  for (const Cause& cause : diagnosis.causes)
    cause_box(page, cause.finding, gain_words(cause, ledger.wall) + " " + scope_words(cause, ledger));
  if (!diagnosis.startup.empty()) page += "<h2>Start-up</h2>\n";
  for (const Cause& cause : diagnosis.startup)
    cause_box(page, cause.finding, gain_words(cause, ledger.wall) + " " + scope_words(cause, ledger));
  if (!diagnosis.excluded.empty()) page += text("<p>Not: {}.</p>\n", escaped(join(diagnosis.excluded, ", ")));
  if (diagnosis.causes.size() > 1) page += text("<p>Together: {}.</p>\n", together_words(diagnosis));
  page += calls_table(evidence.python) + parts_table(evidence.python) + latency_charts(evidence.python) +
          models_part(evidence);
  if (const std::string flames = flame_graph(evidence.python); !flames.empty())
    page += "<h2>Flame graph</h2>\n" + flames;
  page += lines_table(evidence.python) + imports_table(evidence.python);
  page += surroundings_part(evidence);
  const MachineFacts& machine = evidence.machine;
  page += text(
      "<p><small>{}, {} processors ({} allowed), {}, {} memory, Linux {}. Recorded by {}; watching took {} "
      "of "
      "processor time.",
      escaped(machine.processor), machine.logical, machine.allowed, machine.isa,
      bytes_text(static_cast<double>(machine.memory)), escaped(machine.kernel), escaped(evidence.recorded_by),
      duration(evidence.cost.cpu));
  for (const std::string& gap : gap_words(evidence)) page += text(" Not seen: {}.", escaped(gap));
  return page + "</small></p></body></html>\n";
}

}  // namespace vivace::doctor
