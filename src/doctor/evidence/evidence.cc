#include "doctor/evidence/evidence.h"

#include "base/text.h"
#include "base/try.h"
#include "doctor/evidence/read_fields.h"
#include "doctor/evidence/write_fields.h"

namespace vivace::doctor {
namespace {

constexpr std::string_view kVersionKey = "vivace_evidence";

Error damaged(const std::string& name, std::string_view why) {
  return Error("doctor.damaged", "the evidence contradicts itself").at(name).why(std::string(why));
}

// What the rooms behind rely on: times go forward and nothing is negative.
Status verify(const Evidence& evidence, const std::string& name) {
  if (evidence.program.wall < 0) return damaged(name, "the program's time is negative");
  if (evidence.slices.size() > kMostSlices) return damaged(name, "there are more slices than any run leaves");
  Ns now = 0;
  for (const Slice& slice : evidence.slices) {
    if (slice.start < now || slice.end < slice.start) return damaged(name, "its slices overlap");
    now = slice.end;
    bool negative = slice.run < 0 || slice.queued < 0 || slice.throttled < 0 || slice.others_run < 0 ||
                    slice.system < 0 || slice.minor_faults < 0 || slice.major_faults < 0;
    for (std::size_t phase = 0; phase < kPhases; ++phase) {
      negative |= slice.phase[phase] < 0;
      for (const Ns blocked : slice.blocked[phase]) negative |= blocked < 0;
      for (const std::int64_t samples : slice.samples[phase]) negative |= samples < 0;
    }
    if (negative) return damaged(name, "a slice holds a negative amount");
  }
  if (now > evidence.program.wall) return damaged(name, "its slices go on after the program's end");
  return {};
}

}  // namespace

std::string to_json(const Evidence& evidence) {
  JsonWriter json;
  json.begin_object().key(kVersionKey).value(kEvidenceVersion);
  WriteFields fields(json);
  Evidence copy = evidence;  // a visitor takes what it may change
  copy.visit(fields);
  json.end();
  return json.take() + "\n";
}

Result<Evidence> evidence_from_json(Bytes text, std::string name) {
  VIVACE_TRY(const JsonValue root, JsonValue::parse(text, name));
  const auto version = root.find(kVersionKey);
  if (!version)
    return Error("doctor.not-evidence", "this file holds no evidence of a run")
        .at(name)
        .fix("make one: vivace doctor --save evidence.json -- COMMAND");
  VIVACE_TRY(const std::int64_t number, version->as_int());
  if (number < 1 || number > kEvidenceVersion)
    return Error("doctor.version", vivace::text("the evidence is of version {}, and this program reads {}",
                                                number, kEvidenceVersion))
        .at(name)
        .fix("record it again with this program, or read it with the one that recorded it");
  Evidence evidence;
  VIVACE_CHECK_OK(ReadFields::read(root, evidence));
  VIVACE_CHECK_OK(verify(evidence, name));
  return evidence;
}

}  // namespace vivace::doctor
