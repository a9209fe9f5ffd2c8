#include "runtime/preparation.h"

#include <system_error>

namespace vivace {

void Preparation::run(bool aside, std::function<Status()> pack, std::function<void()> keep) {
  done_.store(false, std::memory_order_relaxed);
  auto work = [this, pack = std::move(pack), keep = std::move(keep)] {
    outcome_ = pack();
    done_.store(true, std::memory_order_release);
    done_.notify_all();
    if (outcome_.ok()) keep();
  };
  if (!aside) return work();
  try {
    thread_ = std::thread(work);
  } catch (const std::system_error&) {  // the process may have no more threads
    work();
  }
}

const Status& Preparation::packed() const {
  done_.wait(false, std::memory_order_acquire);
  return outcome_;
}

}  // namespace vivace
