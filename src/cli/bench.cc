// vivace bench: latency and throughput over threads and batch sizes.
#include <algorithm>
#include <cmath>

#include "base/clock.h"
#include "base/text.h"
#include "base/try.h"
#include "cli/command.h"
#include "cli/inputs.h"
#include "cli/json.h"
#include "cli/table.h"
#include "cli/terminal.h"

namespace vivace::cli {
namespace {

struct BenchOptions {
  ModelOptions model;
  InputOptions input;
  std::vector<std::int64_t> batches{1};
  double seconds = 2;
  bool json = false;
};

struct Measured {
  std::int64_t batch = 1;
  std::vector<double> latencies;  // sorted
  double at(double share) const {
    const auto index = static_cast<std::size_t>(share * static_cast<double>(latencies.size() - 1) + 0.5);
    return latencies[index];
  }
};

constexpr Range kBatches{1, 1 << 20};
constexpr int kWarmUpCalls = 3;
constexpr std::size_t kLeastCalls = 10;
constexpr double kPatience = 3;  // so many times --seconds at most, for the least number of calls
constexpr std::size_t kMostCalls = 1'000'000;

Result<Measured> measure(const Model& model, const BenchOptions& options, std::int64_t batch) {
  std::vector<std::string> notes;
  VIVACE_TRY(const std::vector<Tensor> inputs, options.input.files.empty()
                                                   ? noise_inputs(model, options.input.shapes, batch)
                                                   : read_inputs(model, options.input, notes));
  std::vector<TensorView> views;
  for (const Tensor& tensor : inputs) views.push_back(tensor.view());
  VIVACE_TRY(std::vector<Tensor> outputs, model.predict(views));
  std::vector<MutableTensorView> into;
  for (Tensor& tensor : outputs) into.push_back(tensor.view());
  const double warm = now_s();
  for (int call = 0; call < kWarmUpCalls && now_s() - warm < options.seconds; ++call)
    VIVACE_CHECK_OK(model.predict_into(views, into));

  Progress progress(text("batch {}", batch));
  Measured measured;
  measured.batch = batch;
  measured.latencies.reserve(4096);
  const double start = now_s();
  const auto wants_more = [&](double now) {
    const std::size_t calls = measured.latencies.size();
    if (now - start < options.seconds || calls == 0) return calls < kMostCalls;
    return calls < kLeastCalls && now - start < kPatience * options.seconds;
  };
  for (double now = start; wants_more(now);) {
    VIVACE_CHECK_OK(model.predict_into(views, into));
    const double end = now_s();
    measured.latencies.push_back(end - now);
    now = now_s();
    progress.update((now - start) / options.seconds);
    now = now_s();  // drawing the bar is not part of the next call
  }
  std::ranges::sort(measured.latencies);
  return measured;
}

std::string json_text(const Model& model, const std::vector<Measured>& all) {
  Json json;
  json.open();
  json.put("threads", model.threads());
  json.put("isa", model.isa());
  json.put("open_s", model.open_times().total_s);
  json.open_list("batches");
  for (const Measured& m : all) {
    json.open();
    json.put("batch", m.batch);
    json.put("calls", m.latencies.size());
    json.open("latency_s");
    json.put("min", m.latencies.front());
    json.put("median", m.at(0.5));
    json.put("p90", m.at(0.9));
    json.put("p99", m.at(0.99));
    json.put("max", m.latencies.back());
    json.close();
    json.put("samples_per_s", static_cast<double>(m.batch) / m.at(0.5));
    json.close();
  }
  json.close_list();
  json.close();
  return json.text();
}

Result<int> bench(const BenchOptions& options) {
  VIVACE_TRY(const Options resolved, options.model.resolved());
  VIVACE_TRY(const Model model, Model::open(options.model.model, resolved));
  std::vector<Measured> all;
  for (const std::int64_t batch : options.batches) {
    VIVACE_TRY(Measured measured, measure(model, options, batch));
    all.push_back(std::move(measured));
  }
  if (options.json) {
    print(json_text(model, all));
    return kOk;
  }
  print(text("{} thread{}, {}\n", model.threads(), model.threads() == 1 ? "" : "s", model.isa()));
  Table table("rrrrrrr");
  table.row({"batch", "calls", "min", "median", "p90", "p99", "samples/s"});
  for (const Measured& m : all)
    table.row({text("{}", m.batch), text("{}", m.latencies.size()), seconds_text(m.latencies.front()),
               seconds_text(m.at(0.5)), seconds_text(m.at(0.9)), seconds_text(m.at(0.99)),
               text("{:.1f}", static_cast<double>(m.batch) / m.at(0.5))});
  print(table.text());
  return kOk;
}

void setup(Arguments& arguments, BenchOptions& options) {
  options.model.setup(arguments);
  arguments.take("INPUT", options.input.files, "FILE or NAME=FILE; without any, noise of the right shape");
  arguments.take("--shape NAME=SIZES", options.input.shapes,
                 "like image=1,224,224,3 for sizes that the model leaves open");
  arguments.take("--batch N,...", options.batches, "batch sizes, like 1,8,32 (1)", kBatches);
  arguments.take("--seconds S", options.seconds, "measuring time for each batch size (2)", {0.001, 3600});
  arguments.flag("--json", options.json, "print one JSON object (docs/json.md)");
}

}  // namespace

const Command kBench = {
    "bench", "latency percentiles and throughput",
    "  vivace bench my_model.h5\n  vivace bench my_model.h5 --batch 1,32 --threads 1 --json\n",
    run_command<BenchOptions, setup, bench>};

}  // namespace vivace::cli
