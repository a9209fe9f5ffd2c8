// What a fork would tear apart: the child gets a copy of every lock, held or not, but of no thread that could
// let go of it.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <vector>

namespace vivace {

/// Those who have threads or locks of their own, brought to rest for as long as a fork takes.
class Forks {
 public:
  using Held = std::vector<std::unique_lock<std::mutex>>;
  struct Member {
    std::function<Held()> rest = [] { return Held(); };  // what it gives is held until the fork is done
    std::function<void()> in_child = [] {};
  };

  /// The one of this process; it lives as long as the process does. Hooked into fork() on first use.
  static Forks& of_process();

  /// A member's functions must not throw, and must not add or remove members.
  void add(const void* who, Member member);
  /// Waits for a fork that is under way. Removing who was never added is no error.
  void remove(const void* who);

  /// before() in the parent, then after() in both.
  void before();
  void after(bool child);

 private:
  std::mutex mutex_;
  std::map<const void*, Member> members_;
  std::vector<Held> held_;
};

}  // namespace vivace
