// explain --json; docs/json.md has the schema.
#include "cli/json.h"

#include "cli/explain/explained.h"

namespace vivace::cli {
namespace {

void put_passes(Json& json, const Explained& all) {
  json.open_list("passes");
  for (const PassRun& pass : all.passes) {
    json.open();
    json.put("name", pass.name);
    json.put("changes", pass.changes);
    json.put("seconds", pass.seconds);
    json.close();
  }
  json.close_list();
}

void put_ceilings(Json& json, const Explained& all) {
  json.open("ceilings");
  json.put("flops_per_s", all.ceilings.flops_per_s);
  json.put("byte_ops_per_s", all.ceilings.byte_ops_per_s);
  json.put("tile_ops_per_s", all.ceilings.tile_ops_per_s);
  json.open_list("memories");
  for (const Ceilings::Memory& memory : all.ceilings.memories) {
    json.open();
    json.put("name", memory.name);
    json.put("bytes", memory.bytes);
    json.put("bytes_per_s", memory.bytes_per_s);
    json.close();
  }
  json.close_list();
  json.close();
}

void put_names(Json& json, const std::vector<std::string>& names) {
  json.open_list("nodes");
  for (const std::string& name : names) json.put({}, name);
  json.close_list();
}

void put_steps(Json& json, const Explained& all) {
  json.open_list("steps");
  for (const auto& [step, roof] : all.steps) {
    json.open();
    json.put("node", step.node);
    put_names(json, step.nodes);
    json.put("op", step.op);
    json.put("kernel", step.kernel);
    json.put("seconds", step.seconds);
    json.put("flops", step.flops);
    json.put("bytes", step.bytes);
    json.put("weight_bytes", step.weight_bytes);
    json.put("roofline_s", roof.seconds());
    json.put("memory_bound", roof.memory_bound());
    json.close();
  }
  json.close_list();
}

void put_gains(Json& json, const Explained& all) {
  json.open_list("gains");
  for (const Gain& gain : gains_of(all)) {
    json.open();
    json.put("kernel", gain.kernel);
    json.put("seconds", gain.seconds);
    json.put("roofline_s", gain.least_s);
    json.put("to_gain_s", gain.excess_s);
    std::vector<std::string> nodes;
    for (const ExplainedStep* step : gain.steps)
      nodes.insert(nodes.end(), step->time.nodes.begin(), step->time.nodes.end());
    put_names(json, nodes);
    json.close();
  }
  json.close_list();
}

void put_memory(Json& json, const Model::Memory& memory) {
  json.open("memory");
  json.put("arena", memory.arena);
  json.put("arena_lower_bound", memory.arena_lower_bound);
  json.put("workspace", memory.workspace);
  json.put("weights", memory.weights);
  json.put("packed", memory.packed);
  json.close();
}

}  // namespace

std::string json_text(const Explained& all) {
  Json json;
  json.open();
  json.put("isa", all.isa);
  put_passes(json, all);
  put_ceilings(json, all);
  put_steps(json, all);
  json.put("seconds", all.seconds);
  json.put("roofline_s", all.least_s);
  put_gains(json, all);
  put_memory(json, all.memory);
  json.close();
  return json.text();
}

}  // namespace vivace::cli
