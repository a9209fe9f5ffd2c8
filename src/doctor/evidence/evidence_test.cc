#include "doctor/evidence/evidence.h"

#include <doctest/doctest.h>

namespace vivace::doctor {
namespace {

Result<Evidence> parsed(const std::string& text) {
  return evidence_from_json(std::as_bytes(std::span(text.data(), text.size())), "evidence.json");
}

TEST_CASE("evidence is read back as it was written") {
  Evidence evidence;
  evidence.program.command = {"python3", "app.py"};
  evidence.program.wall = 5'000'000'000;
  evidence.machine.page_fault = 1900;
  evidence.cgroups.emplace_back();
  evidence.cgroups[0].path = "/a";
  Slice slice;
  slice.end = 4'000'000'000, slice.run = 3;
  slice.blocked[at(Phase::own)][at(Blocked::io)] = 17;
  slice.samples[at(Phase::call)][at(Code::native)] = 4;
  evidence.slices = {slice};
  evidence.python.seen = true;
  evidence.python.calls.emplace_back();
  evidence.python.calls[0].kind = "predict";
  evidence.python.calls[0].batch = 1;
  evidence.gaps = {{"code", "perf_event_open is not allowed"}};

  const std::string text = to_json(evidence);
  const auto back = parsed(text);
  REQUIRE(back.ok());
  CHECK(to_json(*back) == text);
  CHECK(back->slices[0].blocked[at(Phase::own)][at(Blocked::io)] == 17);
  CHECK(back->python.calls[0].batch == 1);
}

TEST_CASE("other files, other versions and contradictions are one clear error each") {
  const auto id = [](const std::string& text) { return std::string(parsed(text).error().id()); };
  CHECK(id("{}") == "doctor.not-evidence");
  CHECK(id("{\"vivace_evidence\":1,") == "json.syntax");
  CHECK(id("{\"vivace_evidence\":99}") == "doctor.version");
  CHECK(id("{\"vivace_evidence\":1,\"program\":{\"wall\":-1}}") == "doctor.damaged");
  CHECK(id("{\"vivace_evidence\":1,\"program\":7}") == "json.kind");
  CHECK(id("{\"vivace_evidence\":1,\"program\":{\"wall\":9000000000000000000}}") == "doctor.damaged");
  CHECK(id("{\"vivace_evidence\":1,\"program\":{\"wall\":5},\"slices\":[{\"start\":0,\"end\":9}]}") ==
        "doctor.damaged");
  CHECK(id("{\"vivace_evidence\":1,\"slices\":[{\"run\":-4}]}") == "doctor.damaged");
  CHECK(id("{\"vivace_evidence\":1,\"slices\":[{\"phase\":[0,0,0,0,0,0,0,0,0,0,0,0,0]}]}") ==
        "doctor.damaged");
}

TEST_CASE("what an older program did not record keeps its default") {
  const auto evidence = parsed("{\"vivace_evidence\":1}");
  REQUIRE(evidence.ok());
  CHECK(evidence->machine.numa_nodes == 1);
  CHECK_FALSE(evidence->python.seen);
}

}  // namespace
}  // namespace vivace::doctor
