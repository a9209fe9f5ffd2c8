#include "doctor/collect/process/attached.h"

#include <poll.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"
#include "doctor/collect/proc.h"
#include "machine/small_file.h"

namespace vivace::doctor {

Attached::~Attached() {
  signalfd_siginfo info{};
  while (signal_file_ >= 0 && ::read(signal_file_, &info, sizeof info) == sizeof info) {
  }  // taken: it would end us else
  for (const int file : {pid_file_, signal_file_})
    if (file >= 0) ::close(file);
  if (holds_) ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

Status Attached::to(std::int64_t pid) {
  const auto stat = parse_stat(machine::read_small(text("/proc/{}/stat", pid)));
  if (!stat || stat->state == 'Z')
    return Error("doctor.process", text("there is no process {}", pid))
        .fix("ps lists those that run; a program that is not running yet: vivace doctor -- COMMAND");
  if (pid == ::getpid()) return Error("doctor.process", text("process {} is this one", pid));
  pid_ = pid;
  pid_file_ = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
  sigset_t held;
  ::sigemptyset(&held);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) ::sigaddset(&held, signal);
  ::pthread_sigmask(SIG_BLOCK, &held, &before_);
  holds_ = true;
  signal_file_ = ::signalfd(-1, &held, SFD_CLOEXEC | SFD_NONBLOCK);
  return {};
}

bool Attached::wait(double seconds) {
  pollfd files[2] = {{pid_file_, POLLIN, 0}, {signal_file_, POLLIN, 0}};
  timespec pause{static_cast<time_t>(seconds),
                 static_cast<long>((seconds - static_cast<double>(static_cast<time_t>(seconds))) * 1e9)};
  ::ppoll(files, 2, &pause, nullptr);
  if (files[0].revents != 0) ended_ = true;
  if (pid_file_ < 0) {  // Linux before 5.3
    const auto stat = parse_stat(machine::read_small(text("/proc/{}/stat", pid_)));
    ended_ = !stat || stat->state == 'Z';
  }
  return ended_ || files[1].revents != 0;
}

}  // namespace vivace::doctor
