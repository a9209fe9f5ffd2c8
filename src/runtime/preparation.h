// What is left to do when open() returns: packing the weights, letting go of the source's files, and writing
// the prepared form. Beside the caller where that takes long, so that it costs him nothing but what he waits
// for.
#pragma once

#include <atomic>
#include <functional>
#include <semaphore>
#include <thread>

#include "vivace/result.h"

namespace vivace {

class Preparation {
 public:
  Preparation() = default;
  Preparation(const Preparation&) = delete;
  Preparation& operator=(const Preparation&) = delete;
  ~Preparation() { finish(); }

  /// Runs `pack`, without which nothing can be predicted, then `keep`: in a thread of their own if `aside`,
  /// where `keep` leaves the processors to a first answer that comes soon. Both must not throw. Called at
  /// most once.
  void run(bool aside, std::function<Status()> pack, std::function<void()> keep);
  /// Waits until `pack` is done; its outcome. Costs one load afterwards.
  const Status& packed() const;
  /// The first answer is there: `keep` need not wait for it. Costs one load afterwards.
  void answered() {
    if (!answered_.load(std::memory_order_relaxed) && !answered_.exchange(true)) go_on_.release();
  }
  /// Waits until `keep` is done too. Not by two threads at once.
  void finish() {
    answered();
    if (thread_.joinable()) thread_.join();
  }

 private:
  std::atomic<bool> done_ = true;  // false while `pack` runs
  Status outcome_;                 // belongs to the thread until done_
  std::atomic<bool> answered_ = false;
  std::binary_semaphore go_on_{0};  // released once, by answered()
  std::thread thread_;
};

}  // namespace vivace
