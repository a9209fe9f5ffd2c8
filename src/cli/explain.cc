// vivace explain: the kernel of every step, its time, and what the step costs.
#include <algorithm>
#include <numeric>

#include "base/text.h"
#include "base/try.h"
#include "cli/command.h"
#include "cli/inputs.h"
#include "cli/json.h"
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

std::string json_text(const std::vector<StepTime>& steps) {
  Json json;
  json.open();
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

void print_steps(const std::vector<StepTime>& steps) {
  double total = 0;
  for (const StepTime& step : steps) total += step.seconds;
  print(text("{:<32} {:<26} {:>10} {:>6} {:>8} {:>8}  {}\n", "step", "kernel", "time", "%", "GFLOP/s", "GB/s",
             "operator"));
  for (const StepTime& step : steps)
    print(text("{:<32} {:<26} {:>10} {:>6.1f} {:>8.1f} {:>8.1f}  {}\n", step.node, step.kernel,
               seconds_text(step.seconds), 100 * step.seconds / total, step.flops / step.seconds / 1e9,
               step.bytes / step.seconds / 1e9, step.op));
  print(text("\n{} steps, {} on one thread\n", steps.size(), seconds_text(total)));
}

void print_passes(const Model& model) {
  for (const PassRun& pass : model.pass_runs())
    if (pass.changes != 0)
      print(text("{:<24} {:>5} changes  {:>9}\n", pass.name, pass.changes, seconds_text(pass.seconds)));
  print("\n");
}

Status explain(const ExplainOptions& options) {
  VIVACE_TRY(Options resolved, options.model.resolved());
  resolved.cache = false;  // the passes are to be seen at work
  VIVACE_TRY(const Model model, Model::open(options.model.model, resolved));
  VIVACE_TRY(const std::vector<Tensor> inputs, noise_inputs(model, options.shapes, options.batch));
  std::vector<TensorView> views;
  for (const Tensor& tensor : inputs) views.push_back(tensor.view());
  VIVACE_TRY(const std::vector<StepTime> steps, model.profile(views, options.repeats));
  if (options.json) {
    print(json_text(steps));
  } else {
    print_passes(model);
    print_steps(steps);
  }
  return {};
}

int run(const ExplainOptions& options) {
  const Status status = explain(options);
  return status.ok() ? kOk : fail(status.error());
}

void setup(CLI::App& command, ExplainOptions& options) {
  options.model.setup(command);
  command.add_option("--shape", options.shapes, "NAME=1,224,224,3 for sizes that the model leaves open");
  command.add_option("--batch", options.batch, "samples at once");
  command.add_option("--repeats", options.repeats, "runs, of which the median counts");
  command.add_flag("--json", options.json, "print one JSON object (docs/json.md)");
}

}  // namespace

void add_explain(CLI::App& program, int& exit_code) {
  add_command<ExplainOptions>(program, exit_code, "explain",
                              "the passes applied, and the kernel and time of every step",
                              "  vivace explain my_model.h5\n", setup, run);
}

}  // namespace vivace::cli
