// The phases that the Python part tells, read out of the memory that it shares with us.
#pragma once

#include <filesystem>
#include <vector>

#include "doctor/evidence/timeline.h"

namespace vivace::doctor {

inline constexpr std::size_t kRingEntries = 4096;  // ENTRIES in python/vivace_doctor/ring.py

/// From here on the program's main thread is in that phase.
struct Transition {
  Ns at = 0;
  Phase phase = Phase::run;
};

/// Keeps what happened lately, so that a moment shortly past can be asked for. What the ring overwrote before
/// it was read is lost, which makes the phases of that time coarser.
class Ring {
 public:
  /// Makes the file, empty. `origin` is the program's start by the monotonic clock.
  bool create(const std::filesystem::path& path, Ns origin);
  ~Ring();

  /// Reads what is new. Call it often.
  void drain();
  /// Whether the Python part has told anything yet.
  bool heard() const { return read_ > 0; }
  /// The Python part's own thread, whose work is not the program's; 0: none.
  std::int64_t own_thread() const { return own_thread_; }
  /// The phase at a moment; `otherwise` before the first word.
  Phase at(Ns when, Phase otherwise) const;
  /// Adds the time of each phase between two moments.
  void add_phases(Ns from, Ns to, Phase otherwise, std::array<Ns, kPhases>& phases) const;
  /// Forgets what is older than this moment, except for the phase that held there.
  void forget_before(Ns when);

 private:
  const unsigned char* memory_ = nullptr;
  std::uint64_t read_ = 0;
  Ns origin_ = 0;
  std::int64_t own_thread_ = 0;
  std::vector<Transition> recent_;
};

}  // namespace vivace::doctor
