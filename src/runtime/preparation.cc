#include "runtime/preparation.h"

#include <chrono>
#include <system_error>

namespace vivace {
namespace {

constexpr std::chrono::milliseconds kPatience{200};

}  // namespace

void Preparation::run(bool aside, std::function<Status()> pack, std::function<void()> keep) {
  done_.store(false, std::memory_order_relaxed);
  auto work = [this, aside, pack = std::move(pack), keep = std::move(keep)] {
    outcome_ = pack();
    done_.store(true, std::memory_order_release);
    done_.notify_all();
    if (!outcome_.ok()) return;
    if (aside) (void)go_on_.try_acquire_for(kPatience);
    keep();
  };
  if (!aside) return work();
  try {
    thread_ = std::thread(work);
  } catch (const std::system_error&) {  // the process may have no more threads
    answered();                         // nobody else could
    work();
  }
}

const Status& Preparation::packed() const {
  done_.wait(false, std::memory_order_acquire);
  return outcome_;
}

}  // namespace vivace
