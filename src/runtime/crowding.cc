#include "runtime/crowding.h"

#include <algorithm>

namespace vivace {
namespace {

// Seconds. What a run may lose to waiting before it is looked into: even shares end within a few percent.
constexpr double kLeastHeldUp = 100e-6, kHeldUpShare = 0.2;
constexpr double kFirstSpan = 2, kLongestSpan = 16;
// A look costs some microseconds.
constexpr double kBetweenLooks = 5e-3;
// Others may rest for a moment.
constexpr int kFreeLooks = 3;

}  // namespace

int Crowding::fitting(int workers, int running) const {
  const int seen = look_();
  return seen == 0 ? workers : std::clamp(processors_ - std::max(0, seen - running), 1, workers);
}

int Crowding::width(int workers, double now_s) {
  if (until_s_ == 0) return workers;
  if (now_s >= until_s_) {
    until_s_ = 0;
    return workers;
  }
  if (now_s - looked_s_ >= kBetweenLooks) {
    looked_s_ = now_s;
    free_looks_ = fitting(workers, 1) == workers ? free_looks_ + 1 : 0;
    if (free_looks_ == kFreeLooks) {
      until_s_ = span_s_ = 0;
      return workers;
    }
  }
  return std::min(narrow_, workers);
}

void Crowding::ran(int workers, double start_s, double end_s, double held_up_s) {
  if (held_up_s < std::max(kLeastHeldUp, kHeldUpShare * (end_s - start_s))) return;
  const int fit = fitting(workers, workers);
  if (fit == workers) return;
  const bool again = span_s_ > 0 && end_s < looked_s_ + 2 * span_s_;
  span_s_ = again ? std::min(2 * span_s_, kLongestSpan) : kFirstSpan;
  narrow_ = fit;
  until_s_ = end_s + span_s_;
  looked_s_ = end_s;
  free_looks_ = 0;
}

}  // namespace vivace
