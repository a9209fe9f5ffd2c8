// Everything that was seen of one run, as bounded data: saved as JSON, read back, and all that the rooms
// behind the collector know. Recorded in full so that a later question needs no second run.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "doctor/evidence/machine.h"
#include "doctor/evidence/model.h"
#include "doctor/evidence/program.h"
#include "doctor/evidence/python.h"
#include "vivace/result.h"

namespace vivace::doctor {

/// Grows when a reader of the older form would misunderstand the newer one; fields are added without.
/// 2: more phases than before; evidence of version 1 is read as well.
inline constexpr std::int64_t kEvidenceVersion = 2;

/// Bounds of what is kept, however long the program runs.
inline constexpr std::size_t kMostSlices = 512, kMostProcesses = 64, kMostThreads = 64, kMostRivals = 16;

/// Something that could not be seen, and why.
struct Gap {
  std::string what, why;
  template <class V>
  void visit(V& v) {
    v("what", what), v("why", why);
  }
};

/// What watching cost.
struct Cost {
  Ns cpu = 0;  // of the collector
  std::int64_t looks = 0;
  template <class V>
  void visit(V& v) {
    v("cpu", cpu), v("looks", looks);
  }
};

struct Evidence {
  std::string recorded_by;  // "vivace 0.1.0"
  Program program;
  MachineFacts machine;
  std::vector<Cgroup> cgroups;  // the program's own, then its ancestors, of each hierarchy
  HostLoad host;
  std::vector<Process> processes;  // the program's first
  std::vector<Thread> threads;     // the busiest first
  Switches switches;
  std::vector<Library> libraries;  // by samples
  bool sampled = false;            // whether code was sampled
  std::vector<Slice> slices;       // of the critical thread, one after the other, from 0 to the wall
  Python python;
  std::vector<ModelStudy> models;     // of the files that Python loaded
  std::vector<Variable> environment;  // those of an allow-list
  std::vector<Gap> gaps;
  Cost cost;

  template <class V>
  void visit(V& v) {
    v("recorded_by", recorded_by), v("program", program), v("machine", machine), v("cgroups", cgroups);
    v("host", host), v("processes", processes), v("threads", threads), v("libraries", libraries);
    v("sampled", sampled), v("slices", slices), v("python", python), v("models", models);
    v("environment", environment), v("switches", switches);
    v("gaps", gaps), v("cost", cost);
  }
};

/// One JSON object; "vivace_evidence" is its version.
std::string to_json(const Evidence& evidence);
/// Errors: json.*, doctor.not-evidence, doctor.version, doctor.damaged. `name` is for messages.
Result<Evidence> evidence_from_json(Bytes text, std::string name);

}  // namespace vivace::doctor
