#include "doctor/advice/advice.h"
#include "doctor/findings/claims.h"
#include "doctor/report/report.h"
#include "doctor/report/words.h"
#include "formats/json/writer.h"

namespace vivace::doctor {
namespace {

double in_seconds(Ns time) { return static_cast<double>(time) * 1e-9; }

void write_span(JsonWriter& json, std::string_view key, const Span& span) {
  json.key(key).begin_object().key("least").value(in_seconds(span.least));
  json.key("most").value(in_seconds(span.most)).end();
}

void write_ledger(JsonWriter& json, std::string_view key, const Ledger& ledger) {
  json.key(key).begin_object();
  for (std::size_t phase = 0; phase < kPhases; ++phase) {
    if (ledger.of(static_cast<Phase>(phase)) == 0) continue;
    json.key(kPhaseNames[phase]).begin_object();
    for (std::size_t column = 0; column < kColumns; ++column)
      if (const Ns time = ledger.cells[phase][column]; time > 0)
        json.key(kColumnNames[column]).value(in_seconds(time));
    json.end();
  }
  json.end();
}

void write_causes(JsonWriter& json, std::string_view key, const std::vector<Cause>& causes, Ns wall) {
  json.key(key).begin_array();
  for (const Cause& cause : causes) {
    const Finding& finding = cause.finding;
    json.begin_object().key("id").value(finding.id).key("title").value(finding.title);
    json.key("place").value(finding.place).key("facts").begin_array();
    for (const std::string& fact : finding.facts) json.value(std::string_view(fact));
    json.end().key("remedy").value(finding.remedy).key("change").value(finding.change);
    json.key("effort").value(kEffortNames[at(finding.effort)]).key("confidence").value(finding.confidence);
    json.key("saved_s").begin_object().key("expected").value(in_seconds(finding.gain.saved));
    json.key("least")
        .value(in_seconds(finding.gain.least))
        .key("most")
        .value(in_seconds(finding.gain.most))
        .end();
    json.key("model").value(finding.gain.model).key("how").value(kHowNames[at(finding.gain.how)]);
    json.key("after_s")
        .value(in_seconds(cause.left.wall))
        .key("cumulative_s")
        .value(in_seconds(cause.cumulative));
    write_span(json, "after_range_s", cause.range);
    write_span(json, "orders_s", cause.orders);
    write_ledger(json, "after_ledger", cause.left);
    json.key("calls").value(finding.calls).key("call_s").value(in_seconds(finding.call));
    json.key("share").value(wall > 0 ? in_seconds(finding.gain.saved) / in_seconds(wall) : 0.0).end();
  }
  json.end();
}

void write_parts(JsonWriter& json, const Python& python) {
  json.key("inside_calls").begin_array();
  for (const DividedCalls& calls : python.parts) {
    json.begin_object().key("kind").value(calls.kind).key("place").value(place_of(calls.file, calls.line));
    json.key("looks").begin_object();
    for (std::size_t part = 0; part < kCallParts; ++part)
      if (calls.looks[part] > 0) json.key(kCallPartNames[part]).value(calls.looks[part]);
    json.end().end();
  }
  json.end();
}

void write_models(JsonWriter& json, const Evidence& evidence) {
  json.key("models").begin_array();
  for (const ModelStudy& study : evidence.models) {
    json.begin_object().key("path").value(study.path).key("parameters").value(study.parameters);
    json.key("flops").value(study.flops).key("weight_bytes").value(study.weight_bytes);
    json.key("open_s").value(in_seconds(study.open)).key("runs").begin_array();
    for (const ModelRun& run : study.runs) {
      json.begin_object().key("shape").begin_array();
      for (const std::int64_t size : run.shape) json.value(size);
      json.end().key("call_s").value(in_seconds(run.middle)).key("least_s").value(in_seconds(run.least));
      json.key("most_s").value(in_seconds(run.most)).end();
    }
    json.end().key("advice").begin_array();
    for (const std::string& words : advice_of(study)) json.value(std::string_view(words));
    json.end().end();
  }
  json.end();
}

}  // namespace

std::string as_json(const Evidence& evidence, const Diagnosis& diagnosis) {
  const Ledger& ledger = diagnosis.ledger;
  JsonWriter json;
  json.begin_object().key("vivace_diagnosis").value(1).key("verdict").value(verdict(evidence, diagnosis));
  json.key("healthy").value(diagnosis.healthy).key("command").begin_array();
  for (const std::string& word : evidence.program.command) json.value(std::string_view(word));
  json.end().key("exit_code").value(evidence.program.exit_code).key("signal").value(evidence.program.signal);
  json.key("wall_s").value(in_seconds(ledger.wall)).key("startup_s").value(in_seconds(ledger.startup()));
  json.key("faults").begin_array();
  for (const Finding& fault : diagnosis.faults) {
    json.begin_object().key("id").value(fault.id).key("title").value(fault.title).key("facts").begin_array();
    for (const std::string& fact : fault.facts) json.value(std::string_view(fact));
    json.end().key("remedy").value(fault.remedy).key("change").value(fault.change).end();
  }
  json.end();
  const Cause* const first = diagnosis.first();
  json.key("first").value(std::string_view(first && !diagnosis.healthy ? first->finding.id : ""));
  write_causes(json, "causes", diagnosis.causes, ledger.wall);
  write_causes(json, "startup", diagnosis.startup, ledger.wall);
  json.key("excluded").begin_array();
  for (const std::string& words : diagnosis.excluded) json.value(std::string_view(words));
  json.end();
  write_ledger(json, "ledger", ledger);
  write_parts(json, evidence.python);
  write_models(json, evidence);
  json.key("gaps").begin_array();
  for (const std::string& words : gap_words(evidence)) json.value(std::string_view(words));
  json.end().key("watching_s").value(in_seconds(evidence.cost.cpu)).end();
  return json.take() + "\n";
}

}  // namespace vivace::doctor
