#include "cli/bench/measure.h"

#include <sys/resource.h>

#include <latch>
#include <numeric>
#include <system_error>
#include <thread>

#include "base/clock.h"
#include "base/text.h"
#include "base/try.h"
#include "cli/terminal.h"

namespace vivace::cli {
namespace {

constexpr int kWarmUpCalls = 3;
constexpr std::size_t kLeastCalls = 10;
constexpr double kPatience = 3;  // so many times the seconds at most, for the least number of calls
constexpr std::size_t kMostCalls = 1'000'000;

// Somebody who calls the model again and again, into outputs of his own.
class Caller {
 public:
  Caller(const Model& model, const std::vector<TensorView>& inputs) : model_(model), inputs_(inputs) {}

  // The first call, which makes the outputs, and some for the caches.
  Status warm_up(double most_s) {
    const double start = now_s();
    VIVACE_TRY(outputs_, model_.predict(inputs_));
    first_call_s_ = now_s() - start;
    for (Tensor& tensor : outputs_) into_.push_back(tensor.view());
    for (int call = 0; call < kWarmUpCalls && now_s() - start < most_s; ++call)
      VIVACE_CHECK_OK(model_.predict_into(inputs_, into_));
    latencies_.reserve(4096);
    return {};
  }

  Status run(double seconds, Progress* progress) {
    const double start = now_s();
    const auto wants_more = [&](double now) {
      if (now - start < seconds || latencies_.empty()) return latencies_.size() < kMostCalls;
      return latencies_.size() < kLeastCalls && now - start < kPatience * seconds;
    };
    for (double now = start; wants_more(now);) {
      VIVACE_CHECK_OK(model_.predict_into(inputs_, into_));
      const double end = now_s();
      latencies_.push_back(end - now);
      if (progress) progress->update((end - start) / seconds);
      now = now_s();  // drawing the bar is not part of the next call
    }
    return {};
  }

  double first_call_s() const { return first_call_s_; }
  const std::vector<double>& latencies() const { return latencies_; }
  double busy_s() const { return std::accumulate(latencies_.begin(), latencies_.end(), 0.0); }

 private:
  const Model& model_;
  const std::vector<TensorView>& inputs_;
  std::vector<Tensor> outputs_;
  std::vector<MutableTensorView> into_;
  double first_call_s_ = 0;
  std::vector<double> latencies_;
};

// All callers at once, the first on the calling thread. Each warms up before any is timed.
Status run_together(std::vector<Caller>& callers, const Setting& setting, Progress& progress) {
  VIVACE_CHECK_OK(callers[0].warm_up(setting.seconds));  // alone: its first call is reported
  std::vector<Status> outcomes(callers.size());
  std::latch ready(static_cast<std::ptrdiff_t>(callers.size()));
  const auto work = [&](std::size_t i) {
    if (i != 0) outcomes[i] = callers[i].warm_up(setting.seconds);
    ready.arrive_and_wait();
    if (outcomes[i].ok()) outcomes[i] = callers[i].run(setting.seconds, i == 0 ? &progress : nullptr);
  };
  std::vector<std::thread> others;
  try {
    for (std::size_t i = 1; i < callers.size(); ++i) others.emplace_back(work, i);
  } catch (const std::system_error& error) {
    ready.count_down(static_cast<std::ptrdiff_t>(callers.size() - others.size()));
    outcomes[0] = Error("usage.concurrent", text("there are no threads for {} callers", callers.size()))
                      .why(error.what())
                      .fix("give a smaller number to --concurrent");
  }
  if (outcomes[0].ok()) work(0);
  for (std::thread& other : others) other.join();
  for (const Status& outcome : outcomes) VIVACE_CHECK_OK(outcome);
  return {};
}

}  // namespace

Result<Measured> measure(const Model& model, const std::vector<Tensor>& inputs, const Setting& setting) {
  std::vector<TensorView> views;
  for (const Tensor& tensor : inputs) views.push_back(tensor.view());
  std::vector<Caller> callers(static_cast<std::size_t>(setting.callers), Caller(model, views));
  Progress progress(text("batch {}", setting.batch));
  VIVACE_CHECK_OK(run_together(callers, setting, progress));
  Measured measured{model.threads(), setting, callers[0].first_call_s(), {}, 0};
  for (const Caller& caller : callers) {
    measured.latencies.insert(measured.latencies.end(), caller.latencies().begin(), caller.latencies().end());
    measured.samples_per_s +=
        static_cast<double>(setting.batch) * static_cast<double>(caller.latencies().size()) / caller.busy_s();
  }
  std::ranges::sort(measured.latencies);
  return measured;
}

double peak_bytes() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return 1024.0 * static_cast<double>(usage.ru_maxrss);  // Linux counts in kilobytes
}

}  // namespace vivace::cli
