// Models that may be wrong, opened and run through the public interface: each is a model or one typed error,
// with time and memory in bounds.
#pragma once

#include <doctest/doctest.h>
#include <sys/resource.h>

#include <chrono>
#include <map>
#include <string>

#include "vivace/model.h"

namespace vivace::test {

namespace fs = std::filesystem;

inline constexpr double kMostSeconds = 20;  // for one file, in a sanitizer's build on a busy machine

struct Tally {
  std::map<std::string, int> ids;
  int files = 0;
};

// Opens, inspects and runs what passes as a model, as long as it is small.
inline void attempt(const fs::path& path, Tally& tally) {
  const auto start = std::chrono::steady_clock::now();
  Options options;
  options.cache = false;
  options.threads = 1;
  const auto seen = inspect(path, options);
  const auto model = Model::open(path, options);
  std::string id = "a model";
  if (!model.ok()) {
    id = model.error().id();
    CHECK_MESSAGE((!model.error().what().empty() && id.find('.') != std::string::npos),
                  to_text(model.error()));
  } else if (seen.ok() && seen->flops < 1e8) {
    std::vector<Shape> shapes;
    std::size_t elements = 0;
    for (const Port& port : model->inputs()) {
      shapes.push_back(port.dims);
      for (std::int64_t& dim : shapes.back()) dim = dim < 0 ? 2 : dim;
      elements += static_cast<std::size_t>(count_of(shapes.back()));
    }
    const auto memory = model->memory(shapes);
    if (memory.ok() && memory->arena + memory->workspace < 100'000'000 && elements < 10'000'000) {
      std::vector<Tensor> inputs;
      std::vector<TensorView> views;
      for (std::size_t i = 0; i < shapes.size(); ++i)
        inputs.emplace_back(model->inputs()[i].dtype, shapes[i]);
      for (const Tensor& tensor : inputs) views.push_back(tensor.view());
      const auto outputs = model->predict(views);
      if (!outputs.ok()) id = outputs.error().id();
    }
  }
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  CHECK_MESSAGE(seconds < kMostSeconds, id);
  ++tally.ids[id];
  ++tally.files;
}

inline void report(const std::string& format, const Tally& tally) {
  std::string line;
  for (const auto& [id, count] : tally.ids) line += " " + id + "=" + std::to_string(count);
  MESSAGE(format << ":" << line);
  CHECK(tally.files >= 500);
  rusage use{};
  REQUIRE(::getrusage(RUSAGE_SELF, &use) == 0);
  CHECK(use.ru_maxrss < 2'000'000);  // kB, a sanitizer's own included
}

}  // namespace vivace::test
