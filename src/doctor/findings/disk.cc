// Waiting for a disk: files that the page cache does not hold.
#include "base/text.h"
#include "doctor/findings/claims.h"
#include "doctor/findings/rules.h"

namespace vivace::doctor {

std::optional<Finding> cold_disk(Seen evidence, const Ledger& ledger) {
  const Ns waited = ledger.of(Column::io);
  if (!at_least(waited, 0.03, ledger)) return {};
  std::int64_t bytes = 0;
  for (const Process& process : evidence.processes) bytes += process.read_bytes;
  Phase most = Phase::run;
  for (const Phase phase : kEverywhere)
    if (ledger.cell(phase, Column::io) > ledger.cell(most, Column::io)) most = phase;
  const bool model = most == Phase::load;
  Finding finding;
  finding.id = "cold-disk";
  finding.title = model                    ? "the model's file comes from a slow disk"
                  : most == Phase::imports ? "the libraries come from a slow disk"
                                           : "it waits for a disk";
  finding.facts = {text("waited {} for reads (state D)", seconds_text(seconds(waited))),
                   text("{} came from the disk (/proc/PID/io)", bytes_text(static_cast<double>(bytes)))};
  if (bytes > 0)
    finding.facts.push_back(text("{} a second", bytes_text(static_cast<double>(bytes) / seconds(waited))));
  finding.gain = identity(part_of(waited, 0.9), 0.3);
  finding.gain.model = "storage: the same bytes from the page cache";
  claim(finding, ledger, kEverywhere, {Column::io});
  finding.effort = Effort::machine;
  finding.remedy = "keep the files on a fast local disk, read them ahead, or make them smaller";
  finding.change =
      model && !evidence.python.files.empty()
          ? text("cat {} > /dev/null  # before the program starts", evidence.python.files[0].path)
          : "vmtouch -t FOLDER, or cp -r to a local SSD";
  finding.startup = is_startup(most);
  finding.confidence = 0.85;
  return finding;
}

}  // namespace vivace::doctor
