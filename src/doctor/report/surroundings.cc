#include "doctor/report/surroundings.h"

#include "base/text.h"
#include "doctor/findings/claims.h"
#include "doctor/report/charts.h"
#include "doctor/report/words.h"

namespace vivace::doctor {
namespace {

std::string workers_table(const Python& python) {
  if (python.workers.empty()) return {};
  std::string table =
      "<h2>Workers</h2><table><tr><th>process</th><th>started</th><th class=\"n\">imports</th><th "
      "class=\"n\">calls</th><th class=\"n\">in them</th><th>busiest line</th></tr>";
  for (const Worker& worker : python.workers) {
    const Line line = worker.lines.empty() ? Line{} : worker.lines.front();
    table += text(
        "<tr><td>{}</td><td>{} at {}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td "
        "class=\"n\">{}</td><td>{} {}</td></tr>",
        worker.pid, worker.spawned ? "by itself" : "as a copy", duration(worker.began),
        worker.spawned ? duration(worker.import_total) : "", worker.calls, duration(worker.in_calls),
        escaped(place_of(line.file, line.line)), escaped(line.function));
  }
  return table + "</table>\n";
}

std::string switches_words(const Switches& switches) {
  if (switches.count == 0) return {};
  std::string words = text(
      "It left its processor {} times, {} of them though it would have gone on; {} off it, {} "
      "at the longest",
      switches.count, switches.preempted, duration(switches.off), duration(switches.most));
  if (switches.lost > 0) words += text("; {} records were lost", switches.lost);
  return words + ". ";
}

std::string clock_words(const MachineFacts& machine) {
  const auto ghz = [](std::int64_t khz) { return static_cast<double>(khz) * 1e-6; };
  if (machine.clock <= 0) return {};
  if (machine.most_clock <= 0) return text("Its processor ran at {:.2f} GHz. ", ghz(machine.clock));
  return text("Its processor ran at {:.2f} of {:.2f} GHz. ", ghz(machine.clock), ghz(machine.most_clock));
}

std::string gpu_words(const Gpu& gpu) {
  if (gpu.busy < 0) return {};
  std::string words = text("{} computed {:.0f} % of the time", escaped(gpu.name), 100 * gpu.busy);
  if (gpu.memory > 0)
    words += text(", {} of {} used", bytes_text(static_cast<double>(gpu.memory_used)),
                  bytes_text(static_cast<double>(gpu.memory)));
  if (gpu.clock > 0) words += text(", {} of {} MHz", gpu.clock / 1000, gpu.most_clock / 1000);
  if (gpu.lanes > 0) words += text(", PCIe {} x{}", gpu.generation, gpu.lanes);
  return words + ". ";
}

}  // namespace

std::string surroundings_part(const Evidence& evidence) {
  std::string words = switches_words(evidence.switches) + clock_words(evidence.machine);
  for (const Gpu& gpu : evidence.machine.gpus) words += gpu_words(gpu);
  if (!words.empty()) words = "<p>" + words + "</p>\n";
  return workers_table(evidence.python) + words;
}

}  // namespace vivace::doctor
