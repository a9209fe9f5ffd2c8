// The program as a child of ours: started as it would be without us, waited for, and told apart from what may
// go wrong in starting it.
#pragma once

#include <signal.h>

#include <string>
#include <vector>

#include "vivace/result.h"

namespace vivace::doctor {

class Child {
 public:
  Child() = default;
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  /// Makes the process, which waits before it becomes the program. Signals that end programs are from here on
  /// held back from us, and handed to it.
  Status prepare(const std::vector<std::string>& command, const std::vector<std::string>& environment);
  /// Lets it become the program. Errors: doctor.command: it cannot be found or executed.
  Status go();

  int pid() const { return pid_; }
  /// Waits until it ended, a signal came, or so many seconds passed; true: it ended, and is not reaped yet.
  bool wait(double seconds);
  /// Reaps it.
  struct End {
    int code = 0, signal = 0;
  };
  End reap();

 private:
  void hand_on_signals() const;

  std::vector<std::string> command_;
  int pid_ = -1, pid_file_ = -1, signal_file_ = -1, gate_ = -1, trouble_ = -1;
  bool ended_ = false, reaped_ = false, holds_ = false;
  sigset_t before_{};
};

}  // namespace vivace::doctor
