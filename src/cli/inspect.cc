// vivace inspect: what a model is made of, and all that is unsupported at once.
#include "base/text.h"
#include "base/try.h"
#include "cli/command.h"
#include "cli/json.h"
#include "cli/table.h"
#include "cli/terminal.h"

namespace vivace::cli {
namespace {

struct InspectOptions {
  ModelOptions model;
  bool json = false;
};

std::string dims_text(const Port& port) {
  std::string line;
  for (std::size_t i = 0; i < port.dims.size(); ++i)
    line += (i == 0 ? "" : ",") + (port.dims[i] < 0 ? port.dim_names[i] : text("{}", port.dims[i]));
  return "[" + line + "]";
}

void json_ports(Json& json, std::string_view key, const std::vector<Port>& ports) {
  json.open_list(key);
  for (const Port& port : ports) {
    json.open();
    json.put("name", port.name);
    json.put("dtype", name_of(port.dtype));
    json.put("shape", port.dims);
    json.close();
  }
  json.close_list();
}

std::string json_text(const Summary& summary) {
  Json json;
  json.open();
  json.put("format", summary.format);
  json.put("producer", summary.producer);
  json.put("parameters", summary.parameters);
  json.put("flops", summary.flops);
  json_ports(json, "inputs", summary.inputs);
  json_ports(json, "outputs", summary.outputs);
  json.open_list("layers");
  for (const Summary::Layer& layer : summary.layers) {
    json.open();
    json.put("name", layer.name);
    json.put("kind", layer.kind);
    json.put("output", layer.output);
    json.put("parameters", layer.parameters);
    json.put("flops", layer.flops);
    json.close();
  }
  json.close_list();
  json.open_list("warnings");
  for (const std::string& warning : summary.warnings) json.put({}, warning);
  json.close_list();
  json.open_list("unsupported");
  for (const Error& error : summary.unsupported) {
    json.open();
    json.put("id", error.id());
    json.put("what", error.what());
    json.put("at", error.at());
    json.put("fix", error.fix());
    json.close();
  }
  json.close_list();
  json.close();
  return json.text();
}

void print_summary(const Summary& summary) {
  print(text("{}, {}\n", summary.format, summary.producer));
  for (const Port& port : summary.inputs)
    print(text("input   {} {}{}\n", port.name, name_of(port.dtype), dims_text(port)));
  for (const Port& port : summary.outputs)
    print(text("output  {} {}{}\n", port.name, name_of(port.dtype), dims_text(port)));
  if (!summary.layers.empty()) {
    Table table("lllrr");
    table.row({"layer", "kind", "output", "parameters", "MFLOP"});
    for (const Summary::Layer& layer : summary.layers)
      table.row({layer.name, layer.kind, layer.output, text("{}", layer.parameters),
                 text("{:.3f}", layer.flops / 1e6)});
    print("\n" + table.text());
    print(text("\n{} parameters, {:.4g} MFLOP for one sample\n", summary.parameters, summary.flops / 1e6));
  }
  for (const std::string& warning : summary.warnings) print("note: " + warning + "\n");
  if (!summary.unsupported.empty()) print(text("\nunsupported ({}):\n", summary.unsupported.size()));
  for (const Error& error : summary.unsupported) print(to_text(error) + "\n");
}

Result<int> inspect_model(const InspectOptions& options) {
  VIVACE_TRY(const Options resolved, options.model.resolved());
  VIVACE_TRY(const Summary summary, inspect(options.model.model, resolved));
  if (options.json)
    print_data(json_text(summary));
  else
    print_summary(summary);
  return summary.unsupported.empty() ? kOk : kUnsupported;
}

void setup(Arguments& arguments, InspectOptions& options) {
  options.model.setup(arguments);
  arguments.flag("--json", options.json, "print one JSON object (docs/json.md)");
}

}  // namespace

const Command kInspect = {"inspect", "inputs, outputs, layers, and all that is unsupported",
                          "  vivace inspect my_model.h5\n  vivace inspect my_model.keras --json\n",
                          run_command<InspectOptions, setup, inspect_model>};

}  // namespace vivace::cli
