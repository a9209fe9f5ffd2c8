// A process that runs already: looked at from now on, until it ends or the one who asked has seen enough.
#pragma once

#include <signal.h>

#include <cstdint>

#include "vivace/result.h"

namespace vivace::doctor {

class Attached {
 public:
  Attached() = default;
  ~Attached();
  Attached(const Attached&) = delete;
  Attached& operator=(const Attached&) = delete;

  /// From here on SIGINT and SIGTERM end the looking, and not us. Errors: doctor.process: there is none, or
  /// it is ours.
  Status to(std::int64_t pid);
  std::int64_t pid() const { return pid_; }
  /// Waits so many seconds, or until the process ended or a signal came; true: one of those.
  bool wait(double seconds);
  /// Whether the process ended.
  bool ended() const { return ended_; }

 private:
  std::int64_t pid_ = 0;
  int pid_file_ = -1, signal_file_ = -1;
  bool ended_ = false, holds_ = false;
  sigset_t before_{};
};

}  // namespace vivace::doctor
