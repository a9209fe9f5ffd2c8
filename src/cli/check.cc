// vivace check: verifies a file without running it, and on request whether TensorFlow gives the same numbers.
#include <algorithm>
#include <array>
#include <span>

#include "base/text.h"
#include "base/try.h"
#include "cli/against/compare.h"
#include "cli/against/framework.h"
#include "cli/command.h"
#include "cli/inputs.h"
#include "cli/json.h"
#include "cli/table.h"
#include "cli/terminal.h"

namespace vivace::cli {
namespace {

struct CheckOptions {
  ModelOptions model;
  InputOptions input;
  std::string preprocess;
  std::string against;
  std::int64_t batch = 2;
  double limit = 0;
  double timeout_s = 600;
  bool json = false;
};

// Of an output's range: what one layer after another may add up to, and what many may.
constexpr double kShallow = 1e-5, kDeep = 1e-4;
constexpr std::ptrdiff_t kDeepLayers = 10;  // more layers with weights than these make a network deep

Result<int> check_file(const CheckOptions& options, const Model& model) {
  if (options.json) {
    Json json;
    json.open();
    json.put("sound", true);
    json.put("inputs", model.inputs().size());
    json.put("outputs", model.outputs().size());
    json.close();
    print_data(json.text());
    return kOk;
  }
  print(text("{}: sound; {} input{}, {} output{}\n", options.model.model, model.inputs().size(),
             model.inputs().size() == 1 ? "" : "s", model.outputs().size(),
             model.outputs().size() == 1 ? "" : "s"));
  return kOk;
}

Result<double> limit_of(const CheckOptions& options, const Options& resolved) {
  if (options.limit > 0) return options.limit;
  VIVACE_TRY(const Summary summary, inspect(options.model.model, resolved));
  const auto weighty =
      std::ranges::count_if(summary.layers, [](const Summary::Layer& l) { return l.parameters > 0; });
  return weighty > kDeepLayers ? kDeep : kShallow;
}

// Whole numbers 0 and 1, which every table of embeddings has; noise leaves them 0.
void vary_whole_numbers(std::vector<Tensor>& inputs) {
  std::uint32_t state = 1;
  for (Tensor& tensor : inputs) {
    if (is_float(tensor.dtype()) || tensor.dtype() == DType::string) continue;
    const std::size_t size = size_of(tensor.dtype());
    auto* const bytes = static_cast<std::uint8_t*>(tensor.view().data);
    for (std::int64_t i = 0; i < tensor.count(); ++i) {
      state = state * 1664525u + 1013904223u;
      bytes[static_cast<std::size_t>(i) * size] = static_cast<std::uint8_t>(state >> 31);
    }
  }
}

Result<std::vector<Tensor>> inputs_for(const Model& model, const CheckOptions& options) {
  std::vector<std::string> notes;
  if (!options.input.files.empty()) {
    InputOptions given = options.input;
    if (!options.preprocess.empty()) {
      VIVACE_TRY(given.preprocess, Preprocessing::parse(options.preprocess));
    }
    VIVACE_TRY(std::vector<Tensor> inputs, read_inputs(model, given, notes));
    for (const std::string& note : notes) say("note: " + note + "\n");
    return inputs;
  }
  VIVACE_TRY(std::vector<Tensor> inputs, noise_inputs(model, options.input.shapes, options.batch));
  vary_whole_numbers(inputs);
  return inputs;
}

std::string rows_text(const Comparison& c) {
  return c.rows == 0 ? "-" : text("{} of {}", c.rows - c.other, c.rows);
}

void print_table(const Model& model, const std::vector<Tensor>& mine,
                 const std::vector<Comparison>& comparisons) {
  Table table("llrrrrl");
  table.row({"output", "shape", "difference", "range", "share", "same top-1", "verdict"});
  for (std::size_t i = 0; i < comparisons.size(); ++i) {
    const Comparison& c = comparisons[i];
    table.row({model.outputs()[i].name, text("{}{}", name_of(mine[i].dtype()), to_text(mine[i].dims())),
               text("{:.2e}", c.difference), text("{:.4g}", c.range), text("{:.1e}", c.share), rows_text(c),
               c.holds() ? "same" : c.why});
  }
  print(table.text());
}

void json_comparisons(Json& json, const Model& model, const std::vector<Tensor>& mine,
                      const std::vector<Comparison>& comparisons) {
  json.open_list("outputs");
  for (std::size_t i = 0; i < comparisons.size(); ++i) {
    const Comparison& c = comparisons[i];
    json.open();
    json.put("name", model.outputs()[i].name);
    json.put("dtype", name_of(mine[i].dtype()));
    json.put("shape", mine[i].dims());
    json.put("same", c.holds());
    json.put("difference", c.difference);
    json.put("range", c.range);
    json.put("share", c.share);
    json.put("rows", c.rows);
    json.put("other_top1", c.other);
    if (!c.holds()) json.put("why", c.why);
    json.close();
  }
  json.close_list();
}

Result<int> check_numbers(const CheckOptions& options, const Options& resolved, Model model) {
  VIVACE_TRY(const double limit, limit_of(options, resolved));
  VIVACE_TRY(const std::vector<Tensor> inputs, inputs_for(model, options));
  VIVACE_CHECK_OK(resize(model, options.model.model, resolved, inputs));
  std::vector<TensorView> views;
  for (const Tensor& tensor : inputs) views.push_back(tensor.view());
  VIVACE_TRY(const std::vector<Tensor> mine, model.predict(views));
  VIVACE_TRY(const FrameworkAnswer theirs,
             ask_tensorflow(options.model.model, resolved, model.inputs(), inputs, options.timeout_s));
  if (theirs.outputs.size() != mine.size())
    return Error("check.outputs",
                 text("there the model has {} outputs, here {}", theirs.outputs.size(), mine.size()));
  std::vector<Comparison> comparisons;
  for (std::size_t i = 0; i < mine.size(); ++i)
    comparisons.push_back(compare(mine[i], theirs.outputs[i], limit));
  const bool same = std::ranges::all_of(comparisons, &Comparison::holds);
  if (options.json) {
    Json json;
    json.open();
    json.put("sound", true);
    json.put("inputs", model.inputs().size());
    json.put("against", options.against);
    json.put("version", theirs.version);
    json.put("limit", limit);
    json.put("same", same);
    json_comparisons(json, model, mine, comparisons);
    json.close();
    print_data(json.text());
  } else {
    print_table(model, mine, comparisons);
    print(text("{}: {} numbers as {}; up to {:.0e} of an output's range may differ\n", options.model.model,
               same ? "the same" : "NOT the same", theirs.version, limit));
  }
  return same ? kOk : kFailed;
}

Status known_framework(const std::string& word) {
  constexpr std::array<std::string_view, 1> kKnown{"tensorflow"};
  if (word.empty() || std::ranges::find(kKnown, word) != kKnown.end()) return {};
  return Error("usage.against",
               text("nothing called \"{}\" can be compared with{}", word, did_you_mean(word, kKnown)))
      .fix("write --against tensorflow");
}

Result<int> check(const CheckOptions& options) {
  VIVACE_CHECK_OK(known_framework(options.against));
  if (options.against.empty() && !options.input.files.empty())
    return Error("usage.input", text("\"{}\": only --against takes inputs", options.input.files[0]))
        .fix("vivace check MODEL INPUT --against tensorflow");
  VIVACE_TRY(Options resolved, options.model.resolved());
  resolved.cache = false;  // the file itself is to be read
  VIVACE_CHECK_OK(verify_file(options.model.model, resolved));
  VIVACE_TRY(const Model model, Model::open(options.model.model, resolved));
  return options.against.empty() ? check_file(options, model) : check_numbers(options, resolved, model);
}

void setup(Arguments& arguments, CheckOptions& options) {
  options.model.setup(arguments);
  arguments.take("INPUT", options.input.files,
                 "for --against: FILE or NAME=FILE, as predict takes them; noise where there is none");
  arguments.take("--against FRAMEWORK", options.against,
                 "tensorflow: run the model there too ($PYTHON, else python3) and compare the numbers");
  arguments.take("--limit SHARE", options.limit,
                 "of an output's range that may differ (1e-5; 1e-4 through a deep network)", {1e-12, 1});
  arguments.take("--batch N", options.batch, "samples of noise", {1, 1 << 20});
  arguments.take("--shape NAME=SIZES", options.input.shapes,
                 "like image=1,224,224,3 for sizes that the model leaves open");
  arguments.take("--preprocess HOW", options.preprocess,
                 "keras-NAME as keras.applications does, or SCALE,MEAN,STD: (x * SCALE - MEAN) / STD");
  arguments.take("--timeout SECONDS", options.timeout_s, "how long to wait for the framework", {1, 86400});
  arguments.flag("--json", options.json, "print one JSON object (docs/json.md)");
}

}  // namespace

const Command kCheck = {"check", "verify a file, every byte of it; --against tensorflow: the same numbers?",
                        "  vivace check my_model.h5\n  vivace check my_model.viv\n"
                        "  vivace check my_model.keras --against tensorflow\n"
                        "  PYTHON=venv/bin/python vivace check my_model.h5 photo.png --against tensorflow\n",
                        run_command<CheckOptions, setup, check>};

}  // namespace vivace::cli
