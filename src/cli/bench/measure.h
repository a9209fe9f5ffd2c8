// Calls of a model, timed.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "vivace/model.h"

namespace vivace::cli {

/// What is measured once: so many samples at once, from so many callers at once, for so long.
struct Setting {
  std::int64_t batch = 1;
  int callers = 1;
  double seconds = 2;
};

struct Measured {
  int threads = 1;
  Setting setting;
  double first_call_s = 0;        // plans for these sizes; in the first of a model, waits for its weights
  std::vector<double> latencies;  // of all callers, sorted
  double samples_per_s = 0;       // of all callers, while they were in calls

  /// The latency that this share of the calls does not pass.
  double at(double share) const {
    const auto index = static_cast<std::size_t>(share * static_cast<double>(latencies.size() - 1) + 0.5);
    return latencies[index];
  }
};

/// Errors: predict.*, op.*, usage.concurrent (the system gives no thread to a caller).
Result<Measured> measure(const Model& model, const std::vector<Tensor>& inputs, const Setting& setting);

/// What the process had in memory at most so far.
double peak_bytes();

}  // namespace vivace::cli
