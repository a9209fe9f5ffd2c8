// vivace inspect: what a model is made of, and all that is unsupported at once.
#include <algorithm>

#include "base/text.h"
#include "base/try.h"
#include "cli/command.h"
#include "cli/json.h"
#include "cli/picture.h"
#include "cli/table.h"
#include "cli/terminal.h"

namespace vivace::cli {
namespace {

struct InspectOptions {
  ModelOptions model;
  bool json = false;
};

// The beginning of what may be a page.
std::string first_line(std::string_view words) {
  constexpr std::size_t kMost = 160;
  const std::string_view line = words.substr(0, std::min(words.find('\n'), kMost));
  return text("{}{}", line, line.size() < words.size() ? " ..." : "");
}

std::string dims_text(const Port& port) {
  std::string line;
  for (std::size_t i = 0; i < port.dims.size(); ++i)
    line += (i == 0 ? "" : ",") + (port.dims[i] < 0 ? port.dim_names[i] : text("{}", port.dims[i]));
  return "[" + line + "]";
}

std::string weights_text(const Summary::Layer& layer) {
  std::vector<std::string> words;
  for (const DType dtype : layer.weights) words.emplace_back(name_of(dtype));
  return join(words, ", ");
}

void json_floats(Json& json, std::string_view key, const std::vector<float>& numbers) {
  json.open_list(key);
  for (const float x : numbers) json.put({}, static_cast<double>(x));
  json.close_list();
}

void json_card(Json& json, const TensorCard& card) {
  if (card.scale > 0) {
    json.open("quantisation");
    json.put("scale", card.scale);
    json.put("zero_point", card.zero_point);
    json.close();
  }
  if (!card.mean.empty()) {
    json.open("normalisation");
    json_floats(json, "mean", card.mean);
    json_floats(json, "deviation", card.deviation);
    json.close();
  }
  if (card.labels.empty()) return;
  json.open_list("labels");
  for (const std::string& label : card.labels) json.put({}, label);
  json.close_list();
}

void json_ports(Json& json, std::string_view key, const std::vector<Port>& ports) {
  json.open_list(key);
  for (const Port& port : ports) {
    json.open();
    json.put("name", port.name);
    json.put("dtype", name_of(port.dtype));
    json.put("shape", port.dims);
    json_card(json, port.card);
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
    json.put("dtype", name_of(layer.numbers));
    json.put("weights", weights_text(layer));
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

// What the file says of an input's or output's numbers, a line each.
void print_card(const TensorCard& card) {
  if (card.scale > 0) print(text("        numbers stand for {}\n", quantisation_text(card)));
  if (!card.mean.empty()) print(text("        wants {} of x, its metadata say\n", normalisation_text(card)));
  if (!card.labels.empty()) {
    const std::size_t shown = std::min<std::size_t>(card.labels.size(), 3);
    const std::vector<std::string> first(card.labels.begin(),
                                         card.labels.begin() + static_cast<std::ptrdiff_t>(shown));
    print(text("        {} labels: {}{}\n", card.labels.size(), join(first, ", "),
               shown < card.labels.size() ? ", ..." : ""));
  }
}

void print_about(const ModelCard& card) {
  const auto line = [](std::string_view what, const std::string& words) {
    if (!words.empty()) print(text("{:8}{}\n", what, first_line(words)));
  };
  line("name", card.name);
  line("about", card.description);
  line("version", card.version);
  line("author", card.author);
  line("licence", card.license);
}

void print_summary(const Summary& summary) {
  print(text("{}, {}\n", summary.format, summary.producer));
  print_about(summary.card);
  for (const Port& port : summary.inputs) {
    print(text("input   {} {}{}\n", port.name, name_of(port.dtype), dims_text(port)));
    print_card(port.card);
  }
  for (const Port& port : summary.outputs) {
    print(text("output  {} {}{}\n", port.name, name_of(port.dtype), dims_text(port)));
    print_card(port.card);
  }
  if (!summary.layers.empty()) {
    Table table("llllrr");
    table.row({"layer", "kind", "output", "weights", "parameters", "MFLOP"});
    for (const Summary::Layer& layer : summary.layers)
      table.row({short_name(layer.name), layer.kind, text("{}{}", name_of(layer.numbers), layer.output),
                 weights_text(layer), text("{}", layer.parameters), text("{:.3f}", layer.flops / 1e6)});
    print("\n" + table.text());
    print(text("\n{} parameters, {:.4g} MFLOP for one sample\n", summary.parameters, summary.flops / 1e6));
  }
  for (const std::string& warning : summary.warnings) print("note: " + warning + "\n");
  if (!summary.card.ignored.empty()) print("note: of the model's metadata, " + summary.card.ignored + "\n");
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
