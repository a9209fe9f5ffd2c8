#include "runtime/forks.h"

#include <pthread.h>

namespace vivace {

Forks& Forks::of_process() {
  // Never destroyed: models may end, and the process fork, after everything static has gone.
  static Forks* const forks = [] {
    ::pthread_atfork([] { of_process().before(); }, [] { of_process().after(false); },
                     [] { of_process().after(true); });
    return new Forks;
  }();
  return *forks;
}

void Forks::add(const void* who, Member member) {
  const std::lock_guard lock(mutex_);
  members_[who] = std::move(member);
}

void Forks::remove(const void* who) {
  const std::lock_guard lock(mutex_);
  members_.erase(who);
}

void Forks::before() {
  mutex_.lock();
  for (const auto& [who, member] : members_) held_.push_back(member.rest());
}

void Forks::after(bool child) {
  if (child)
    for (const auto& [who, member] : members_) member.in_child();
  held_.clear();
  mutex_.unlock();
}

}  // namespace vivace
