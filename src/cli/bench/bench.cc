// vivace bench: latency and throughput over threads, batch sizes and callers.
#include "base/text.h"
#include "base/try.h"
#include "cli/bench/report.h"
#include "cli/command.h"
#include "cli/inputs.h"
#include "cli/plot/plot_files.h"
#include "cli/terminal.h"

namespace vivace::cli {
namespace {

struct BenchOptions {
  ModelOptions model;
  InputOptions input;
  std::vector<std::int64_t> threads{0}, batches{1};
  int callers = 1;
  double seconds = 2;
  PlotFiles plot;
  bool json = false;
};

constexpr Range kBatches{1, 1 << 20}, kCallers{1, 1024};

Result<Measured> measure_batch(Model model, const BenchOptions& options, const Options& resolved,
                               std::int64_t batch) {
  std::vector<std::string> notes;
  VIVACE_TRY(const std::vector<Tensor> inputs, options.input.files.empty()
                                                   ? noise_inputs(model, options.input.shapes, batch)
                                                   : read_inputs(model, options.input, notes));
  VIVACE_CHECK_OK(resize(model, options.model.model, resolved, inputs));
  return measure(model, inputs, {batch, options.callers, options.seconds});
}

Result<BenchReport> run_all(const BenchOptions& options) {
  VIVACE_TRY(Options resolved, options.model.resolved());
  BenchReport report{options.model.model, {}, {}, 0};
  for (const std::int64_t threads : options.threads) {
    resolved.threads = static_cast<int>(threads);
    VIVACE_TRY(const Model model, Model::open(options.model.model, resolved));
    report.isa = model.isa();
    if (threads != 0 && model.threads() != threads)
      say(text("note: {} threads asked for, {} used: the machine and its cgroup allow no more\n", threads,
               model.threads()));
    BenchRun run{model.threads(), {}, {}};
    for (const std::int64_t batch : options.batches) {
      VIVACE_TRY(Measured measured, measure_batch(model, options, resolved, batch));
      run.measured.push_back(std::move(measured));
    }
    run.open = model.open_times();  // only now: it waits for the weights, as the first call does
    report.runs.push_back(std::move(run));
  }
  report.peak_bytes = peak_bytes();
  return report;
}

Result<int> bench(const BenchOptions& options) {
  VIVACE_CHECK_OK(options.plot.check());
  VIVACE_TRY(const BenchReport report, run_all(options));
  VIVACE_CHECK_OK(options.plot.write(page_of(report)));
  if (options.json)
    print_data(json_text(report));
  else
    print_report(report);
  return kOk;
}

void setup(Arguments& arguments, BenchOptions& options) {
  options.model.setup(arguments, options.threads);
  arguments.take("INPUT", options.input.files, "FILE or NAME=FILE; without any, noise of the right shape");
  arguments.take("--shape NAME=SIZES", options.input.shapes,
                 "like image=1,224,224,3 for sizes that the model leaves open");
  arguments.take("--batch N,...", options.batches, "batch sizes, like 1,8,32 (1)", kBatches);
  arguments.take("--concurrent N", options.callers, "callers at once, on one model (1)", kCallers);
  arguments.take("--seconds S", options.seconds, "measuring time for each (2)", {0.001, 3600});
  options.plot.setup(arguments);
  arguments.flag("--json", options.json, "print one JSON object (docs/json.md)");
}

}  // namespace

const Command kBench = {
    "bench", "latency percentiles and throughput",
    "  vivace bench my_model.h5\n  vivace bench my_model.h5 --batch 1,32 --threads 1,2 --html bench.html\n",
    run_command<BenchOptions, setup, bench>};

}  // namespace vivace::cli
