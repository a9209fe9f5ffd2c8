// All processes of the system, looked at now and then: those of the program with what they used, and others
// that took processors from it.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "doctor/collect/proc.h"
#include "doctor/evidence/evidence.h"

namespace vivace::doctor {

class Tree {
 public:
  explicit Tree(std::int64_t root);

  /// One pass over /proc. `now` counts from the program's start. Without `strangers` processes that are known
  /// not to be the tree's are passed over.
  void look(Ns now, bool strangers = true);
  /// The threads of one process of the tree.
  void look_at_threads(std::int64_t pid);
  /// What the root left behind: read while it is a zombie.
  void look_at_end(Ns now);

  /// The root first, then the busiest; bounded.
  std::vector<Process> processes() const;
  std::vector<Thread> threads() const;
  std::vector<Rival> rivals() const;
  /// How many there were; and the names of those, besides the root, that the last look found running.
  std::size_t size() const { return tree_.size() + forgotten_; }
  std::vector<std::string> alive() const;
  /// How long the root had run when it was first looked at.
  Ns age() const { return age_; }
  bool contains(std::int64_t pid) const { return tree_.contains(pid); }

 private:
  struct Stranger {
    std::string name;
    std::int64_t start_ticks = 0;
    Ns first = 0, last = 0;
  };
  void update(std::int64_t pid, const ProcStat& stat, Ns now);
  void read_more(Process& process) const;
  void forget();

  std::int64_t root_, own_;
  std::map<std::int64_t, Process> tree_;
  std::map<std::int64_t, Stranger> strangers_;
  std::map<std::int64_t, Thread> threads_;
  std::set<std::int64_t> listed_, alive_;  // by the last look: everybody, and those of the tree that run
  std::size_t forgotten_ = 0;
  Ns age_ = 0;
  bool first_ = true;
};

}  // namespace vivace::doctor
