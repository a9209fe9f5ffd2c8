// Fewer workers while other programs want the processors.
#pragma once

namespace vivace {

/// A worker that is preempted in the midst of a chunk holds all others up for a time slice of some 3 ms, so a
/// team with more members than free processors is slower than one with fewer. A run that was held up while
/// more threads wanted to run than there are processors makes the following ones narrow: for two seconds,
/// twice as long each time it happens again soon after, or until there are processors to spare.
class Crowding {
 public:
  /// Threads of the whole system that run or want to, the caller's among them; 0 where that is unknown.
  using Look = int (*)();

  /// Of a system with so many processors; one that nobody looks at is never crowded.
  Crowding() = default;
  Crowding(int processors, Look look) : processors_(processors), look_(look) {}

  /// Of `workers`, how many the run that begins at `now_s` should have: at least 1. Allocates nothing.
  int width(int workers, double now_s);
  /// A run of so many workers began at `start_s`; the caller waited `held_up_s` of its time for others.
  void ran(int workers, double start_s, double end_s, double held_up_s);

 private:
  /// Of `workers` threads of ours, of which `running` are counted as well.
  int fitting(int workers, int running) const;

  int processors_ = 1;
  Look look_ = [] { return 0; };
  int narrow_ = 0;
  double until_s_ = 0;  // that runs are narrow; 0 where they are not
  double span_s_ = 0, looked_s_ = 0;
  int free_looks_ = 0;
};

}  // namespace vivace
