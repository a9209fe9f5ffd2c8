// vivace predict: a model, inputs, numbers.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/clock.h"
#include "base/text.h"
#include "base/try.h"
#include "cli/calls.h"
#include "cli/command.h"
#include "cli/inputs.h"
#include "cli/json.h"
#include "cli/labels.h"
#include "cli/numbers.h"
#include "cli/table.h"
#include "cli/terminal.h"

namespace vivace::cli {
namespace {

struct PredictOptions {
  ModelOptions model;
  InputOptions input;
  std::string output;
  std::string labels, preprocess;
  int top = -1;
  bool json = false, debug = false, time = false;
};

// Milliseconds of each stage, as --time prints them.
struct Times {
  OpenTimes open;
  double input_s = 0, first_s = 0, steady_s = 0;
};

constexpr std::int64_t kMostShown = 1000;  // numbers of one output printed in full
constexpr int kSteadyCalls = 20;

void print_numbers(const Port& port, const Tensor& tensor) {
  print(text("{} {}{}\n", port.name, name_of(tensor.dtype()), to_text(tensor.dims())));
  const std::int64_t row = tensor.dims().empty() ? 1 : std::max<std::int64_t>(1, tensor.dims().back());
  const std::int64_t shown = std::min(tensor.count(), kMostShown);
  for (std::int64_t i = 0; i < shown; ++i)
    print_data(number_text(tensor, i) + ((i + 1) % row == 0 || i + 1 == shown ? "\n" : " "));
  if (shown < tensor.count()) print(text("... {} more; -o FILE.npy keeps all\n", tensor.count() - shown));
}

// The real numbers of a quantised output: what its integers stand for is what a person wants to see.
Tensor shown(const Port& port, const Tensor& tensor) {
  return is_quantised(port) ? dequantised(tensor.view(), port) : tensor;
}

// Rows of the last axis, their largest numbers first.
void print_top(const Port& port, const Tensor& tensor, int top, const std::vector<std::string>& labels) {
  const std::int64_t classes = tensor.dims().empty() ? 1 : tensor.dims().back();
  const std::int64_t rows = classes == 0 ? 0 : tensor.count() / classes;
  for (std::int64_t row = 0; row < rows; ++row) {
    if (rows > 1) print(text("{}[{}]\n", port.name, row));
    for (const std::int64_t c : largest(tensor, row * classes, classes, top))
      print(text("{:>9.4f}  {}\n", value_at(tensor, row * classes + c), label_of(labels, c)));
  }
}

void json_debug(Json& json, const std::vector<DebugRecord>& records) {
  json.open_list("operators");
  for (const DebugRecord& r : records) {
    json.open();
    json.put("node", r.node);
    json.put("op", r.op);
    json.put("dtype", name_of(r.dtype));
    json.put("shape", r.dims);
    json.put("min", r.min);
    json.put("max", r.max);
    json.put("nans", r.nans);
    json.put("infinities", r.infinities);
    json.put("seconds", r.seconds);
    json.close();
  }
  json.close_list();
}

// The labels that a person gave, else the file's own.
const std::vector<std::string>& labels_for(const Port& port, const std::vector<std::string>& given) {
  return given.empty() ? port.card.labels : given;
}

// One row whose every number the file itself has a name for: what a classifier gives.
bool is_named_row(const Port& port, const Tensor& tensor) {
  const auto names = static_cast<std::int64_t>(port.card.labels.size());
  return names > 1 && names == tensor.count() && tensor.dims().back() == names;
}

std::string json_text(const Model& model, const std::vector<Tensor>& outputs, const PredictOptions& options,
                      const std::vector<std::string>& labels, const Times& times,
                      const std::vector<DebugRecord>& records) {
  Json json;
  json.open();
  json.open_list("outputs");
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    json.open();
    json.put("name", model.outputs()[i].name);
    json.put("dtype", name_of(outputs[i].dtype()));
    json.put("shape", outputs[i].dims());
    if (options.top > 0 && outputs[i].dtype() != DType::string)
      json_top(json, shown(model.outputs()[i], outputs[i]), options.top,
               labels_for(model.outputs()[i], labels));
    else
      json_values(json, outputs[i]);
    json.close();
  }
  json.close_list();
  json.open("seconds");
  json.put("open", times.open.total_s);
  json.put("input", times.input_s);
  json.put("first_call", times.first_s);
  if (times.steady_s > 0) json.put("steady_call", times.steady_s);
  json.close();
  json.put("from_cache", times.open.from_cache);
  if (options.debug) json_debug(json, records);
  json.close();
  return json.text();
}

void say_times(const Model& model, const Times& times) {
  const std::string origin =
      times.open.from_cache ? "from the cache"
      : times.open.read_s > 0
          ? text("read {}, passes {}; beside it weights packed in {}", seconds_text(times.open.read_s),
                 seconds_text(times.open.passes_s), seconds_text(times.open.pack_s))
          : "compiled";
  say(text("open         {:>9}  {}\n", seconds_text(times.open.total_s), origin));
  say(text("input        {:>9}\n", seconds_text(times.input_s)));
  say(text("first call   {:>9}  waits for the weights, plans, starts the threads\n",
           seconds_text(times.first_s)));
  say(text("steady call  {:>9}  median of {}, {} thread{}, {}\n", seconds_text(times.steady_s), kSteadyCalls,
           model.threads(), model.threads() == 1 ? "" : "s", model.isa()));
}

std::vector<TensorView> views_of(const std::vector<Tensor>& tensors) {
  std::vector<TensorView> views;
  for (const Tensor& tensor : tensors) views.push_back(tensor.view());
  return views;
}

void say_debug(const std::vector<DebugRecord>& records) {
  Table table("llrrrrrl");
  table.row({"node", "output", "min", "max", "NaN", "inf", "time", "operator"});
  for (const DebugRecord& r : records)
    table.row({r.node, text("{}{}", name_of(r.dtype), to_text(r.dims)), text("{:.5g}", r.min),
               text("{:.5g}", r.max), text("{}", r.nans), text("{}", r.infinities), seconds_text(r.seconds),
               r.op});
  say(table.text());
}

Status write_outputs(const std::string& file, const Model& model, const std::vector<Tensor>& outputs) {
  std::vector<std::string> names;
  for (const Port& port : model.outputs()) names.push_back(port.name);
  if (!file.ends_with(".npz") && outputs.size() == 1) return write_npy(file, outputs[0].view());
  if (!file.ends_with(".npz"))
    return Error("usage.output", text("the model has {} outputs, \"{}\" holds one", outputs.size(), file))
        .fix("give a name that ends in .npz");
  return write_npz(file, names, views_of(outputs));
}

// Of one call, into memory of its own: the answer stays what the first call gave.
Result<double> steady_seconds(const Model& model, const std::vector<TensorView>& views) {
  VIVACE_TRY(std::vector<Tensor> outputs, model.predict(views));
  std::vector<MutableTensorView> into;
  for (Tensor& tensor : outputs) into.push_back(tensor.view());
  std::vector<double> seconds;
  for (int call = 0; call < kSteadyCalls; ++call) {
    const double start = now_s();
    VIVACE_CHECK_OK(model.predict_into(views, into));
    seconds.push_back(now_s() - start);
  }
  std::ranges::sort(seconds);
  return seconds[kSteadyCalls / 2];
}

Result<std::vector<Tensor>> answer(const Model& model, const std::vector<Tensor>& inputs,
                                   const PredictOptions& options, std::vector<DebugRecord>& records) {
  if (options.input.calls) return predict_calls(model, inputs, options.debug ? &records : nullptr);
  const std::vector<TensorView> views = views_of(inputs);
  return options.debug ? model.debug(views, records) : model.predict(views);
}

// As many outputs as ImageNet has classes.
bool tells_imagenet(const Model& model) {
  const Shape& dims = model.outputs().front().dims;
  return model.outputs().size() == 1 && !dims.empty() && dims.back() == kImageNetClasses;
}

Result<int> predict(const PredictOptions& options) {
  VIVACE_TRY(const Options resolved, options.model.resolved());
  InputOptions given = options.input;
  if (!options.preprocess.empty()) {
    VIVACE_TRY(given.preprocess, Preprocessing::parse(options.preprocess));
  }
  std::vector<std::string> labels;
  if (!options.labels.empty()) {
    VIVACE_TRY(labels, read_labels(options.labels));
  }
  VIVACE_TRY(Model model, Model::open(options.model.model, resolved));
  if (options.labels.empty() && given.preprocess && given.preprocess->imagenet && tells_imagenet(model))
    labels = imagenet_labels();
  Times times;
  double start = now_s();
  std::vector<std::string> notes;
  VIVACE_TRY(const std::vector<Tensor> inputs, read_inputs(model, given, notes));
  if (!model.card().ignored.empty()) notes.push_back("of the model's metadata, " + model.card().ignored);
  for (const std::string& note : notes) say("note: " + note + "\n");
  VIVACE_CHECK_OK(resize(model, options.model.model, resolved, inputs, given.calls));
  times.input_s = now_s() - start;

  start = now_s();
  std::vector<DebugRecord> records;
  VIVACE_TRY(const std::vector<Tensor> outputs, answer(model, inputs, options, records));
  times.first_s = now_s() - start;
  times.open = model.open_times();
  if (options.time && !options.debug) {
    std::vector<Tensor> one_call;
    for (const Tensor& input : inputs) one_call.push_back(options.input.calls ? part_of(input, 0) : input);
    VIVACE_TRY(times.steady_s, steady_seconds(model, views_of(one_call)));
  }

  if (options.debug && !options.json) say_debug(records);
  if (!options.output.empty()) VIVACE_CHECK_OK(write_outputs(options.output, model, outputs));
  if (options.json) {
    print_data(json_text(model, outputs, options, labels, times, records));
  } else if (options.output.empty()) {
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      const Port& port = model.outputs()[i];
      const bool named = !labels.empty() || is_named_row(port, outputs[i]);
      const int top = options.top < 0 && named ? 5 : options.top;
      if (top > 0 && outputs[i].dtype() != DType::string)
        print_top(port, shown(port, outputs[i]), top, labels_for(port, labels));
      else
        print_numbers(port, outputs[i]);
    }
  }
  if (options.time && !options.debug) say_times(model, times);
  return kOk;
}

void setup(Arguments& arguments, PredictOptions& options) {
  options.model.setup(arguments);
  arguments.take("INPUT", options.input.files,
                 "FILE or NAME=FILE: .npy .npz .png .jpg .csv .txt; - is stdin, text:WORDS the text itself");
  arguments.take("-o,--output FILE", options.output, "write the outputs to FILE.npy or FILE.npz");
  arguments.take("--top K", options.top, "print only the K largest of each row (5 with --labels)",
                 {1, 1 << 20});
  arguments.take("--labels FILE", options.labels, "a text file, one class a line");
  arguments.take("--preprocess HOW", options.preprocess,
                 "keras-NAME as keras.applications does, or SCALE,MEAN,STD: (x * SCALE - MEAN) / STD");
  arguments.take("--shape NAME=SIZES", options.input.shapes,
                 "like image=1,224,224,3 for sizes that the model leaves open");
  arguments.flag("--calls", options.input.calls,
                 "the first axis of every file counts calls, made one after another (stateful models)");
  arguments.flag("--time", options.time, "say where the milliseconds went");
  arguments.flag("--debug", options.debug, "run op by op with the scalar reference and show every value");
  arguments.flag("--json", options.json, "print one JSON object (docs/json.md)");
}

}  // namespace

const Command kPredict = {"predict", "run a model on files",
                          "  vivace predict my_model.h5 photo.png --top 5 --labels classes.txt\n"
                          "  vivace predict resnet50.h5 photo.png --preprocess keras-resnet50\n"
                          "  vivace predict my_model.keras rows.csv -o answers.npy\n"
                          "  vivace predict reviews.keras \"text:a great film\"\n"
                          "  vivace predict two_inputs.h5 image=cat.png ids=ids.npy --time\n",
                          run_command<PredictOptions, setup, predict>};

}  // namespace vivace::cli
