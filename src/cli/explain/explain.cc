// vivace explain: the kernel of every step, its time beside its roofline, and what would gain.
#include "base/text.h"
#include "base/try.h"
#include "cli/command.h"
#include "cli/explain/explained.h"
#include "cli/inputs.h"
#include "cli/plot/plot_files.h"
#include "cli/terminal.h"

namespace vivace::cli {
namespace {

struct ExplainOptions {
  ModelOptions model;
  std::vector<std::string> shapes;
  std::int64_t batch = 1;
  int repeats = 20;
  PlotFiles plot;
  bool json = false;
};

Page page_of(const Explained& all, const std::string& model) {
  Page page;
  page.title = text("{}: {} steps, {} on one thread", model, all.steps.size(), seconds_text(all.seconds));
  page.lines.push_back(text("the roofline, the least that {} at {:.1f} GFLOP/s could take, is {}", all.isa,
                            all.ceilings.flops_per_s * 1e-9, seconds_text(all.least_s)));
  BarChart steps{
      "time of each step, in running order", {"bound by computing", "bound by memory"}, "its roofline", {}};
  for (const ExplainedStep& explained : all.steps) {
    const auto& [step, roof] = explained;
    steps.bars.push_back(
        {explained.name(), step.seconds, roof.seconds(), roof.memory_bound() ? std::size_t{1} : 0,
         text("{}, {:.0f} % of roofline", seconds_text(step.seconds), share(roof.seconds(), step.seconds)),
         text("{}: {}, {}", join(step.nodes, ", "), step.kernel, step.op)});
  }
  BarChart gains{"what would gain: time above the roofline, by kernel", {}, "", {}};
  for (const Gain& gain : gains_of(all))
    gains.bars.push_back(
        {gain.kernel, gain.excess_s, -1, 2,
         text("{}, {:.1f} % of all", seconds_text(gain.excess_s), share(gain.excess_s, all.seconds)),
         text("{} steps", gain.steps.size())});
  page.charts = {std::move(steps), std::move(gains)};
  return page;
}

Result<int> explain(const ExplainOptions& options) {
  VIVACE_CHECK_OK(options.plot.check());
  VIVACE_TRY(Options resolved, options.model.resolved());
  resolved.cache = false;  // the passes are to be seen at work
  VIVACE_TRY(Model model, Model::open(options.model.model, resolved));
  VIVACE_TRY(const std::vector<Tensor> inputs, noise_inputs(model, options.shapes, options.batch));
  VIVACE_CHECK_OK(resize(model, options.model.model, resolved, inputs));
  std::vector<TensorView> views;
  std::vector<Shape> shapes;
  for (const Tensor& tensor : inputs) views.push_back(tensor.view()), shapes.push_back(tensor.dims());
  VIVACE_TRY(const Ceilings ceilings, measure_ceilings(resolved));
  VIVACE_TRY(const std::vector<StepTime> times, model.profile(views, options.repeats));
  VIVACE_TRY(const Model::Memory memory, model.memory(shapes));
  const Explained all = explain_times(model, times, ceilings, memory);
  VIVACE_CHECK_OK(options.plot.write(page_of(all, options.model.model)));
  if (options.json)
    print_data(json_text(all));
  else
    print_explained(all);
  return kOk;
}

void setup(Arguments& arguments, ExplainOptions& options) {
  options.model.setup(arguments);
  arguments.take("--shape NAME=SIZES", options.shapes,
                 "like image=1,224,224,3 for sizes that the model leaves open");
  arguments.take("--batch N", options.batch, "samples at once (1)", {1, 1 << 20});
  arguments.take("--repeats N", options.repeats, "runs, of which the median counts (20)", {1, 100000});
  options.plot.setup(arguments);
  arguments.flag("--json", options.json, "print one JSON object (docs/json.md)");
}

}  // namespace

const Command kExplain = {"explain",
                          "the passes applied; each step's kernel, time and roofline; what would gain",
                          "  vivace explain my_model.h5\n  vivace explain my_model.h5 --html steps.html\n",
                          run_command<ExplainOptions, setup, explain>};

}  // namespace vivace::cli
