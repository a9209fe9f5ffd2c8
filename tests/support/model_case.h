// A recorded case: a model file with inputs and the outputs that a framework gave, as the manifests describe
// it.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/text.h"
#include "base/try.h"
#include "formats/json/json.h"
#include "formats/npy/npy.h"
#include "formats/zip/zip.h"
#include "import/imported.h"
#include "ops/common/reference.h"
#include "runtime/interpreter.h"
#include "runtime/measured_inputs.h"

namespace vivace::test {

/// Arrays of .npz files; each is read when it is asked for, since a file may hold others of strings.
class Arrays {
 public:
  Result<TensorView> find(const std::filesystem::path& file, std::string_view name) {
    const std::string member = std::string(name) + ".npy";
    const auto known = arrays_.find({file, member});
    if (known != arrays_.end()) return known->second.view();
    VIVACE_TRY(const auto bytes, File::open(file));
    VIVACE_TRY(const ZipFile zip, ZipFile::open(bytes->bytes(), bytes, file.string()));
    VIVACE_TRY(const ZipData data, zip.read(member));
    VIVACE_TRY(NpyArray array, read_npy(data.bytes, data.owner, member));
    return arrays_.emplace(std::pair{file, member}, std::move(array)).first->second.view();
  }

 private:
  std::map<std::pair<std::filesystem::path, std::string>, NpyArray> arrays_;
};

/// The elements as a tensor of another type; what a person does who feeds float64 to a float32 model.
inline Tensor converted(const TensorView& view, DType to) {
  Tensor tensor(to, Shape(view.dims.begin(), view.dims.end()));
  if (to == view.dtype) {  // whole numbers that no double holds, and strings
    if (view.bytes() != 0) std::memcpy(tensor.data(), view.data, view.bytes());
    return tensor;
  }
  for (std::int64_t i = 0; i < view.count(); ++i) store(tensor.view(), i, load(view, i));
  return tensor;
}

/// The largest difference, infinite where shapes or float types differ or only one of two is NaN.
inline double distance(const TensorView& have, const TensorView& want) {
  const bool other_float = have.dtype != want.dtype && (is_float(have.dtype) || is_float(want.dtype));
  if (have.count() != want.count() || other_float) return INFINITY;
  if ((have.dtype == DType::string) != (want.dtype == DType::string)) return INFINITY;
  if (have.dtype == DType::string)
    return std::equal(have.as<StringView>(), have.as<StringView>() + have.count(), want.as<StringView>(),
                      [](std::string_view a, std::string_view b) { return a == b; })
               ? 0
               : INFINITY;
  double worst = 0;
  for (std::int64_t i = 0; i < have.count(); ++i) {
    const double a = load(have, i), b = load(want, i);
    if (a == b || (std::isnan(a) && std::isnan(b))) continue;
    worst = std::isnan(a - b) ? INFINITY : std::max(worst, std::fabs(a - b));
  }
  return worst;
}

using Feeds = std::map<std::string, TensorView>;

/// Runs the graph on the named inputs; an unnamed rest is an error. `states` are what the run before left, or
/// nothing before the first; the run leaves its own there.
inline Result<std::vector<Tensor>> run(const Graph& graph, const Feeds& feeds, std::vector<Tensor>& states) {
  std::vector<Tensor> held;
  const MeasuredInputs measured(graph);
  const std::size_t fed = graph.inputs().size() - measured.count() - graph.state_count();
  for (const ValueId id : graph.inputs().first(fed)) {
    const auto found = feeds.find(graph.value(id).name);
    const bool only = feeds.size() == 1 && fed == 1;
    if (found == feeds.end() && !only)
      return Error("test.no-feed", text("the graph's input \"{}\" is not fed", graph.value(id).name));
    held.push_back(converted(only ? feeds.begin()->second : found->second, graph.value(id).dtype));
  }
  for (const ValueId id : graph.inputs().last(graph.state_count()))
    held.push_back(states.empty() ? Tensor(graph.value(id).dtype, *numbers(graph.value(id).dims))
                                  : states[held.size() - fed]);
  std::vector<TensorView> views;
  for (const Tensor& tensor : held) views.push_back(tensor.view());
  const std::span<const TensorView> given = std::span(views).first(fed),
                                    before = std::span(views).subspan(fed);
  auto outputs = measured.run(given, [&](std::span<const TensorView> found) {
    std::vector<TensorView> all(found.begin(), found.end());
    all.insert(all.end(), before.begin(), before.end());
    return interpret(graph, all);
  });
  if (!outputs.ok()) return outputs;
  const auto shown = outputs->end() - static_cast<std::ptrdiff_t>(graph.state_count());
  states.assign(shown, outputs->end());
  outputs->erase(shown, outputs->end());
  return outputs;
}

inline Result<std::vector<Tensor>> run(const Graph& graph, const Feeds& feeds) {
  std::vector<Tensor> states;
  return run(graph, feeds, states);
}

/// Part `call` of an array that is stacked over consecutive calls; `dims` keeps its sizes.
inline TensorView part_of(const TensorView& stacked, std::int64_t call, Shape& dims) {
  dims.assign(stacked.dims.begin() + 1, stacked.dims.end());
  const std::size_t bytes = static_cast<std::size_t>(count_of(dims)) * size_of(stacked.dtype);
  return {static_cast<const std::byte*>(stacked.data) + bytes * static_cast<std::size_t>(call), stacked.dtype,
          dims};
}

/// Runs the graph `calls` times, its states carried on. For more than one call the feeds are stacked over the
/// calls, and so are the outputs.
inline Result<std::vector<Tensor>> run_calls(const Graph& graph, const Feeds& feeds, std::int64_t calls) {
  std::vector<Tensor> stacked, states;
  if (calls == 1) return run(graph, feeds, states);
  for (std::int64_t call = 0; call < calls; ++call) {
    std::map<std::string, Shape> dims;
    Feeds parts;
    for (const auto& [name, view] : feeds) parts[name] = part_of(view, call, dims[name]);
    auto outputs = run(graph, parts, states);
    if (!outputs.ok()) return outputs;
    for (std::size_t i = 0; i < outputs->size(); ++i) {
      const Tensor& part = (*outputs)[i];
      Shape whole = part.dims();
      whole.insert(whole.begin(), calls);
      if (call == 0) stacked.emplace_back(part.dtype(), whole);
      std::memcpy(static_cast<std::byte*>(stacked[i].data()) + part.bytes() * static_cast<std::size_t>(call),
                  part.data(), part.bytes());
    }
  }
  return stacked;
}

/// "" where the graph gives a case's recorded outputs, in their order and under their names; else what went
/// wrong.
inline std::string trouble_with(const Graph& graph, const JsonValue& record,
                                const std::filesystem::path& folder, Arrays& arrays) {
  const std::filesystem::path npz = folder / std::string(*record.string_at("file"));
  Feeds feeds;
  for (const JsonMember& feed : record.at("feeds")->members()) {
    auto array = arrays.find(npz, *feed.value.string_at("array"));
    if (!array.ok()) return to_text(array.error());
    feeds[std::string(feed.key)] = *array;
  }
  const auto calls = record.int_at("calls");
  auto outputs = run_calls(graph, feeds, calls.ok() ? *calls : 1);
  if (!outputs.ok()) return to_text(outputs.error());
  std::size_t index = 0;
  std::string wrong;
  for (const JsonMember& fetch : record.at("fetches")->members()) {
    const std::string name(*fetch.value.string_at("array"));
    if (index >= outputs->size()) return text("only {} outputs", outputs->size());
    const auto want = arrays.find(npz, name);
    if (!want.ok()) return to_text(want.error());
    const double limit = *record.at("limits")->at(name)->double_at("atol");
    const double apart = distance((*outputs)[index].view(), *want);
    if (graph.output_names()[index] != fetch.key)
      wrong += text("output is called {}, not {}; ", graph.output_names()[index], fetch.key);
    if (!(apart <= limit))
      wrong += text("{} is {} away, limit {}, shapes {} {}; ", name, apart, limit,
                    to_text((*outputs)[index].dims()), to_text(want->dims));
    ++index;
  }
  return wrong;
}

}  // namespace vivace::test
