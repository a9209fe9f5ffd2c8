#include "api/doctor/study.h"

#include <algorithm>
#include <cmath>

#include "base/clock.h"
#include "base/text.h"
#include "base/try.h"
#include "doctor/predict/measured.h"
#include "vivace/model.h"

namespace vivace {
namespace {

using doctor::Calls;
using doctor::Evidence;
using doctor::ModelLayer;
using doctor::ModelRun;
using doctor::ModelStudy;
using doctor::Ns;

constexpr double kMostSeconds = 1.5, kMostSecondsARun = 0.2;  // all together, and the calls of one shape
constexpr std::size_t kMostFiles = 4, kMostRuns = 3, kMostLayers = 24, kMostCalls = 200;
constexpr std::int64_t kMostFileBytes = std::int64_t{1} << 30;
constexpr std::int64_t kMostRows = 256;  // more rows take as long for each
constexpr std::int64_t kMostElements = std::int64_t{1} << 26;

Ns in_ns(double seconds) { return static_cast<Ns>(std::max(0.0, seconds) * 1e9); }

bool fits(const Shape& dims, const Shape& port) {
  if (dims.empty() || dims.size() != port.size()) return false;
  for (std::size_t i = 0; i < dims.size(); ++i)
    if (port[i] >= 0 && dims[i] != port[i]) return false;
  return true;
}

// The shapes that the program called it with, the costliest first; and one of many rows, for what rows share.
std::vector<Shape> shapes_of(const Evidence& evidence, const Port& port) {
  std::vector<const Calls*> rows;
  for (const Calls& calls : evidence.python.calls)
    if (calls.outer > 0 && calls.kind != "load" && fits(doctor::sizes_of(calls.shape), port.dims))
      rows.push_back(&calls);
  std::ranges::stable_sort(rows, std::ranges::greater(), &Calls::outer_total);
  std::vector<Shape> shapes;
  const auto add = [&](Shape shape) {
    const bool fresh = std::ranges::find(shapes, shape) == shapes.end();
    if (fresh && shapes.size() < kMostRuns && count_of(shape) <= kMostElements)
      shapes.push_back(std::move(shape));
  };
  for (const Calls* const calls : rows) {
    Shape shape = doctor::sizes_of(calls->shape);
    if (port.dims[0] < 0) shape[0] = std::min(shape[0], kMostRows);
    if (shapes.size() + 1 < kMostRuns) add(std::move(shape));
  }
  Shape plain = shapes.empty() ? port.dims : shapes.front();
  const bool any = !plain.empty() && port.dims[0] < 0;
  if (any) plain[0] = 1;
  if (!plain.empty() && std::ranges::all_of(plain, [](std::int64_t size) { return size > 0; })) {
    add(plain);
    if (any) plain[0] = 64, add(plain);
  }
  return shapes;
}

// Numbers between 0 and 1 for floats, which no activation finds special; zeros for all else.
Result<std::vector<Tensor>> inputs_for(const Model& model, const Shape& first) {
  std::vector<Tensor> inputs;
  for (const Port& port : model.inputs()) {
    Shape dims = inputs.empty() ? first : port.dims;
    if (!dims.empty() && dims[0] < 0) dims[0] = first[0];
    const bool open = std::ranges::any_of(dims, [](std::int64_t size) { return size < 0; });
    if (open || port.dtype == DType::string || count_of(dims) > kMostElements)
      return Error("predict.shape", text("what input {} is given is not known", port.name));
    Tensor& tensor = inputs.emplace_back(port.dtype, dims);
    if (port.dtype != DType::f32) continue;
    float* const numbers = tensor.as<float>();
    for (std::int64_t i = 0; i < tensor.count(); ++i) numbers[i] = static_cast<float>(i * 37 % 256) / 256;
  }
  return inputs;
}

std::vector<TensorView> views_of(const std::vector<Tensor>& tensors) {
  std::vector<TensorView> views;
  for (const Tensor& tensor : tensors) views.push_back(tensor.view());
  return views;
}

class Study {
 public:
  Study(const Evidence& evidence, const doctor::ModelFile& file, double until)
      : evidence_(evidence), until_(until) {
    study_.path = file.path, study_.bytes = file.bytes;
  }

  ModelStudy take() {
    const Status status = run();
    if (!status.ok()) study_.refused = status.error().what();
    return std::move(study_);
  }

 private:
  Status run() {
    Options options;
    options.cache = false;
    VIVACE_TRY(const Summary summary, inspect(study_.path, options));
    describe(summary);
    if (!summary.unsupported.empty()) return summary.unsupported.front();
    if (summary.inputs.empty()) return {};
    const double begin = now_s();
    VIVACE_TRY(const Model model, Model::open(study_.path, options));
    study_.open = in_ns(now_s() - begin);
    study_.threads = model.threads();
    for (const Shape& shape : shapes_of(evidence_, model.inputs()[0]))
      if (now_s() < until_) VIVACE_CHECK_OK(time_calls(model, shape));
    return {};
  }

  void describe(const Summary& summary) {
    study_.format = summary.format, study_.parameters = summary.parameters, study_.flops = summary.flops;
    if (!summary.inputs.empty())
      study_.input.assign(summary.inputs[0].dims.begin(), summary.inputs[0].dims.end());
    for (const Summary::Layer& layer : summary.layers) {
      const std::size_t size = layer.weights.empty() ? 4 : size_of(layer.weights[0]);
      study_.weight_bytes += layer.parameters * static_cast<std::int64_t>(size);
      if (layer.parameters > 0 || layer.flops > 0)
        study_.layers.push_back({layer.name, layer.kind, layer.parameters, layer.flops, 0});
    }
    std::ranges::stable_sort(study_.layers, std::ranges::greater(), &ModelLayer::flops);
  }

  Status time_calls(const Model& model, const Shape& shape) {
    VIVACE_TRY(const std::vector<Tensor> inputs, inputs_for(model, shape));
    const std::vector<TensorView> views = views_of(inputs);
    const double begin = now_s();
    VIVACE_TRY(std::vector<Tensor> outputs, model.predict(views));
    std::vector<MutableTensorView> into;
    for (Tensor& tensor : outputs) into.push_back(tensor.view());
    // A model that is too slow to be timed twice has been timed by its first call.
    std::vector<double> times;
    const double first = now_s() - begin, end = std::min(until_, now_s() + kMostSecondsARun);
    while (times.size() < kMostCalls && now_s() < end) {
      const double start = now_s();
      VIVACE_CHECK_OK(model.predict_into(views, into));
      times.push_back(now_s() - start);
    }
    if (times.empty()) times.push_back(first);
    std::ranges::sort(times);
    const auto at = [&](double share) {
      return in_ns(
          times[static_cast<std::size_t>(std::lround(share * static_cast<double>(times.size() - 1)))]);
    };
    ModelRun& run = study_.runs.emplace_back();
    run.shape.assign(shape.begin(), shape.end());
    run.calls = static_cast<std::int64_t>(times.size());
    run.middle = at(0.5), run.least = at(0.05), run.most = at(0.95);
    if (study_.runs.size() == 1 && first < kMostSecondsARun) VIVACE_CHECK_OK(time_layers(model, views));
    return {};
  }

  // A step made of several layers counts for them by their operations.
  Status time_layers(const Model& model, const std::vector<TensorView>& views) {
    constexpr std::string_view kCostly[] = {"exp",   "tanh", "sigmoid",  "softmax", "gelu", "silu",
                                            "swish", "erf",  "softplus", "mish",    "elu",  "selu"};
    VIVACE_TRY(const std::vector<StepTime> steps, model.profile(views, 3));
    for (const StepTime& step : steps) {
      study_.steps += in_ns(step.seconds);
      const std::string op = step.op.substr(0, step.op.find(' '));
      if (std::ranges::find(kCostly, op) != std::end(kCostly)) study_.activations += in_ns(step.seconds);
      std::vector<ModelLayer*> made;
      double flops = 0;
      for (ModelLayer& layer : study_.layers) {
        const auto is = [&](const std::string& node) {
          return node == layer.name || (node.starts_with(layer.name) && node[layer.name.size()] == '/');
        };
        if (std::ranges::any_of(step.nodes, is) || is(step.node))
          made.push_back(&layer), flops += layer.flops + 1;
      }
      for (ModelLayer* const layer : made) layer->time += in_ns(step.seconds * (layer->flops + 1) / flops);
    }
    return {};
  }

  const Evidence& evidence_;
  double until_;
  ModelStudy study_;
};

bool is_model(const doctor::ModelFile& file) {
  constexpr std::string_view kEnds[] = {".h5", ".hdf5", ".keras", ".tflite"};
  const auto ends = [&](std::string_view end) { return file.path.ends_with(end); };
  return file.bytes > 0 && file.bytes <= kMostFileBytes && std::ranges::any_of(kEnds, ends);
}

// What cost most, and what holds most weights.
void keep_the_largest(std::vector<ModelLayer>& layers) {
  std::ranges::stable_sort(layers, std::ranges::greater(), [](const ModelLayer& layer) {
    return std::max(layer.flops, 2 * static_cast<double>(layer.parameters));
  });
  if (layers.size() > kMostLayers) layers.resize(kMostLayers);
}

}  // namespace

void study_models(Evidence& evidence) {
  const double until = now_s() + kMostSeconds;
  for (const doctor::ModelFile& file : evidence.python.files) {
    if (!is_model(file) || evidence.models.size() >= kMostFiles || now_s() >= until) continue;
    evidence.models.push_back(Study(evidence, file, until).take());
    keep_the_largest(evidence.models.back().layers);
  }
  if (evidence.models.empty()) return;
  if (const auto ceilings = measure_ceilings({}); ceilings.ok())
    for (ModelStudy& study : evidence.models) {
      study.flops_per_s = ceilings->flops_per_s;
      study.bytes_per_s = ceilings->memories.empty() ? 0 : ceilings->memories.back().bytes_per_s;
    }
}

}  // namespace vivace
