#include "base/text.h"
#include "doctor/advice/advice.h"
#include "doctor/findings/claims.h"
#include "doctor/report/parts.h"
#include "doctor/report/report.h"
#include "doctor/report/words.h"

namespace vivace::doctor {
namespace {

// A cell of a table: what would end it, or begin markup, is taken back.
std::string cell(std::string_view words) {
  std::string safe;
  for (const char c : words) {
    if (c == '|' || c == '`' || c == '<' || c == '*' || c == '_') safe += '\\';
    safe += c == '\n' ? ' ' : c;
  }
  return safe;
}

void write_causes(std::string& page, std::string_view title, const std::vector<Cause>& causes, Ns wall) {
  if (causes.empty()) return;
  page += text("\n## {}\n\n| cause | where | gain | figures | remedy |\n|---|---|---|---|---|\n", title);
  for (const Cause& cause : causes) {
    const Finding& finding = cause.finding;
    page += text("| {} | {} | {} | {} | {} |\n", cell(finding.title), cell(finding.place),
                 cell(gain_words(cause, wall)), cell(join(finding.facts, "; ")),
                 cell(finding.change.empty() ? finding.remedy : finding.remedy + ": " + finding.change));
  }
}

}  // namespace

std::string as_markdown(const Evidence& evidence, const Diagnosis& diagnosis) {
  const Ledger& ledger = diagnosis.ledger;
  std::string page = text("# {}\n\n", cell(verdict(evidence, diagnosis)));
  page += text("`{}`: {} wall, {} start-up.\n", cell(command_line(evidence)), duration(ledger.wall),
               duration(ledger.startup()));
  for (const Finding& fault : diagnosis.faults)
    page += text("\n**{}**. {} {}\n", cell(fault.title), cell(join(fault.facts, "; ")), cell(fault.change));
  write_causes(page, "Causes", diagnosis.causes, ledger.wall);
  write_causes(page, "Start-up", diagnosis.startup, ledger.wall);
  if (diagnosis.causes.size() > 1) page += text("\nTogether: {}.\n", together_words(diagnosis));
  for (const ModelStudy& study : evidence.models)
    page += text("\nModel `{}`: {}.\n", cell(base_name(study.path)), cell(join(advice_of(study), "; ")));
  page += "\n## Where the time went\n\n| phase | time | of it |\n|---|---|---|\n";
  for (std::size_t i = 0; i < kPhases; ++i) {
    const auto phase = static_cast<Phase>(i);
    if (ledger.of(phase) == 0) continue;
    std::string parts;
    for (std::size_t column = 0; column < kColumns; ++column)
      if (at_least(ledger.cells[i][column], 0.005, ledger))
        parts += text("{}{} {}", parts.empty() ? "" : ", ", column_name(static_cast<Column>(column)),
                      duration(ledger.cells[i][column]));
    page += text("| {} | {} | {} |\n", phase_name(phase), duration(ledger.of(phase)), parts);
  }
  if (const std::string parts = parts_words(evidence.python); !parts.empty()) page += text("\n{}.\n", parts);
  page += text("\nNot: {}.\n", cell(join(diagnosis.excluded, ", ")));
  const MachineFacts& machine = evidence.machine;
  page += text("\n{}, {} processors ({} allowed), {}, {} memory, Linux {}", cell(machine.processor),
               machine.logical, machine.allowed, machine.isa, bytes_text(static_cast<double>(machine.memory)),
               cell(machine.kernel));
  for (const Version& version : evidence.python.versions)
    page += text(", {} {}", version.name, version.version);
  return page + text(". Recorded by {}.\n", evidence.recorded_by);
}

}  // namespace vivace::doctor
