// vivace explain: the kernel of every step, its time, and what the step costs.
#include <algorithm>
#include <numeric>

#include "base/text.h"
#include "base/try.h"
#include "cli/command.h"
#include "cli/inputs.h"
#include "cli/json.h"
#include "cli/table.h"
#include "cli/terminal.h"

namespace vivace::cli {
namespace {

struct ExplainOptions {
  ModelOptions model;
  std::vector<std::string> shapes;
  std::int64_t batch = 1;
  int repeats = 20;
  bool json = false;
};

std::string json_text(const Model& model, const std::vector<StepTime>& steps) {
  Json json;
  json.open();
  json.open_list("passes");
  for (const PassRun& pass : model.pass_runs()) {
    json.open();
    json.put("name", pass.name);
    json.put("changes", pass.changes);
    json.put("seconds", pass.seconds);
    json.close();
  }
  json.close_list();
  json.open_list("steps");
  for (const StepTime& step : steps) {
    json.open();
    json.put("node", step.node);
    json.put("op", step.op);
    json.put("kernel", step.kernel);
    json.put("seconds", step.seconds);
    json.put("flops", step.flops);
    json.put("bytes", step.bytes);
    json.close();
  }
  json.close_list();
  json.close();
  return json.text();
}

// In percent; a step too short for the clock has none.
double share(double part, double whole) { return whole > 0 ? 100 * part / whole : 0; }

void print_steps(const std::vector<StepTime>& steps) {
  double total = 0;
  for (const StepTime& step : steps) total += step.seconds;
  Table table("llrrrrl");
  table.row({"step", "kernel", "time", "% of all", "GFLOP/s", "GB/s", "operator"});
  for (const StepTime& step : steps)
    table.row({step.node, step.kernel, seconds_text(step.seconds), text("{:.1f}", share(step.seconds, total)),
               text("{:.1f}", share(step.flops, step.seconds) / 1e11),
               text("{:.1f}", share(step.bytes, step.seconds) / 1e11), step.op});
  print(table.text());
  print(text("\n{} steps, {} on one thread\n", steps.size(), seconds_text(total)));
}

void print_passes(const Model& model) {
  Table table("lrr");
  table.row({"pass", "changes", "time"});
  for (const PassRun& pass : model.pass_runs())
    if (pass.changes != 0) table.row({pass.name, text("{}", pass.changes), seconds_text(pass.seconds)});
  print(table.text() + "\n");
}

Result<int> explain(const ExplainOptions& options) {
  VIVACE_TRY(Options resolved, options.model.resolved());
  resolved.cache = false;  // the passes are to be seen at work
  VIVACE_TRY(const Model model, Model::open(options.model.model, resolved));
  VIVACE_TRY(const std::vector<Tensor> inputs, noise_inputs(model, options.shapes, options.batch));
  std::vector<TensorView> views;
  for (const Tensor& tensor : inputs) views.push_back(tensor.view());
  VIVACE_TRY(const std::vector<StepTime> steps, model.profile(views, options.repeats));
  if (options.json) {
    print(json_text(model, steps));
  } else {
    print_passes(model);
    print_steps(steps);
  }
  return kOk;
}

void setup(Arguments& arguments, ExplainOptions& options) {
  options.model.setup(arguments);
  arguments.take("--shape NAME=SIZES", options.shapes,
                 "like image=1,224,224,3 for sizes that the model leaves open");
  arguments.take("--batch N", options.batch, "samples at once (1)", {1, 1 << 20});
  arguments.take("--repeats N", options.repeats, "runs, of which the median counts (20)", {1, 100000});
  arguments.flag("--json", options.json, "print one JSON object (docs/json.md)");
}

}  // namespace

const Command kExplain = {"explain", "the passes applied, and the kernel and time of every step",
                          "  vivace explain my_model.h5\n", run_command<ExplainOptions, setup, explain>};

}  // namespace vivace::cli
