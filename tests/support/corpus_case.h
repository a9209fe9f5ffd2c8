// The corpus of real, published models: where it is, and one golden of its manifest against a graph.
#pragma once

#include <cstdlib>

#include "support/model_case.h"

namespace vivace::test {

inline std::filesystem::path corpus() {
  if (const char* given = std::getenv("VIVACE_CORPUS")) return given;
  return std::filesystem::path(VIVACE_TEST_DATA) / "../../../shared/models";
}

// The first call's value of a feed; nothing for kinds of feed that these do not have.
inline Result<Tensor> value_of(const JsonValue& feed, const std::filesystem::path& folder,
                               const std::filesystem::path& npz, Arrays& arrays) {
  VIVACE_TRY(const std::string_view source, feed.string_at("array"));
  const std::size_t colon = source.rfind(':');
  const bool elsewhere = colon != std::string_view::npos;
  const std::filesystem::path file = elsewhere ? folder / std::string(source.substr(0, colon)) : npz;
  VIVACE_TRY(const TensorView view, arrays.find(file, elsewhere ? source.substr(colon + 1) : source));
  Tensor tensor = converted(view, view.dtype == DType::f64 ? DType::f32 : view.dtype);
  if (feed.has("mean")) {
    VIVACE_TRY(const JsonValue mean, feed.at("mean"));
    VIVACE_TRY(const JsonValue deviation, feed.at("std"));
    const auto part = [](const JsonValue& v, std::size_t i) {
      return v.is(JsonKind::array) ? *v[i % v.size()].as_double() : *v.as_double();
    };
    Tensor scaled(DType::f32, tensor.dims());
    const auto channels = static_cast<std::size_t>(tensor.dims().back());
    for (std::int64_t i = 0; i < tensor.count(); ++i) {
      const std::size_t channel = static_cast<std::size_t>(i) % channels;
      scaled.as<float>()[i] =
          static_cast<float>((load(tensor.view(), i) - part(mean, channel)) / part(deviation, channel));
    }
    tensor = std::move(scaled);
  }
  if (feed.has("batch")) {
    Shape dims = tensor.dims();
    dims.insert(dims.begin(), 1);
    return converted({tensor.data(), tensor.dtype(), dims}, tensor.dtype());
  }
  return tensor;
}

inline std::vector<float> every(const Tensor& tensor, std::int64_t step) {
  std::vector<float> picked;
  for (std::int64_t i = 0; i < tensor.count(); i += step)
    picked.push_back(static_cast<float>(load(tensor.view(), i)));
  return picked;
}

/// "" where the graph gives what a golden of the manifest holds, within its limits.
inline std::string corpus_trouble(const Graph& graph, const JsonValue& record,
                                  const std::filesystem::path& folder, Arrays& arrays) {
  const std::filesystem::path npz = folder / std::string(*record.string_at("file"));
  std::vector<Tensor> held;
  std::map<std::string, TensorView> feeds;
  for (const JsonMember& feed : record.at("feeds")->members()) {
    auto value = value_of(feed.value, folder, npz, arrays);
    if (!value.ok()) return to_text(value.error());
    held.push_back(*std::move(value));
    feeds[std::string(feed.key)] = held.back().view();
    held.reserve(16);
  }
  auto outputs = run(graph, feeds);
  if (!outputs.ok()) return to_text(outputs.error());
  std::string wrong;
  for (const JsonMember& fetch : record.at("fetches")->members()) {
    const auto names = graph.output_names();
    const auto found = std::find(names.begin(), names.end(), std::string(fetch.key));
    if (found == names.end()) return text("no output is called {}, but {}", fetch.key, names[0]);
    const std::string name(*fetch.value.string_at("array"));
    std::string stored = name;
    std::int64_t step = 1;
    if (const auto about = record.at("arrays")->find(name); about && about->has("stored")) {
      const std::string how(*about->string_at("stored"));
      step = std::stoll(how.substr(how.find("::") + 2));
      stored = text("{}_every{}", name, step);
    }
    const auto want = arrays.find(npz, stored);
    if (!want.ok()) return to_text(want.error());
    const std::vector<float> have = every((*outputs)[static_cast<std::size_t>(found - names.begin())], step);
    const Shape dims{static_cast<std::int64_t>(have.size())};
    const double limit = *record.at("limits")->at(name)->double_at("atol");
    const double apart = distance({have.data(), DType::f32, dims}, *want);
    if (!(apart <= limit)) wrong += text("{} is {} away, limit {}; ", name, apart, limit);
  }
  return wrong;
}

}  // namespace vivace::test
