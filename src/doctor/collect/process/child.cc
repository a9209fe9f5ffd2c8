#include "doctor/collect/process/child.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <ctime>

#include "base/text.h"

namespace vivace::doctor {
namespace {

constexpr int kHandedOn[] = {SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2};

std::vector<char*> pointers(const std::vector<std::string>& words) {
  std::vector<char*> all;
  for (const std::string& word : words) all.push_back(const_cast<char*>(word.c_str()));
  all.push_back(nullptr);
  return all;
}

}  // namespace

Child::~Child() {
  if (gate_ >= 0) ::close(gate_);  // an ungated child ends by itself
  if (pid_ > 0 && !reaped_ && !ended_ && gate_ >= 0) reap();
  for (const int file : {pid_file_, signal_file_, trouble_})
    if (file >= 0) ::close(file);
  if (holds_) ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

Status Child::prepare(const std::vector<std::string>& command, const std::vector<std::string>& environment) {
  command_ = command;
  int gate[2], trouble[2];
  if (::pipe2(gate, O_CLOEXEC) != 0 || ::pipe2(trouble, O_CLOEXEC) != 0)
    return Error("doctor.start", text("no process can be started: {}", std::strerror(errno)));
  sigset_t held;
  ::sigemptyset(&held);
  for (const int signal : kHandedOn) ::sigaddset(&held, signal);
  ::pthread_sigmask(SIG_BLOCK, &held, &before_);
  holds_ = true;
  signal_file_ = ::signalfd(-1, &held, SFD_CLOEXEC | SFD_NONBLOCK);
  // Processes that outlive their parents stay in sight.
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  const auto arguments = pointers(command_), variables = pointers(environment);
  pid_ = ::fork();
  if (pid_ == 0) {
    // Between fork and exec only what is safe there: system calls.
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
    char go = 0;
    ::close(gate[1]);
    if (::read(gate[0], &go, 1) != 1) ::_exit(0);
    ::execvpe(arguments[0], arguments.data(), variables.data());
    const int code = errno;
    [[maybe_unused]] const ssize_t told = ::write(trouble[1], &code, sizeof code);
    ::_exit(127);
  }
  ::close(gate[0]);
  ::close(trouble[1]);
  gate_ = gate[1];
  trouble_ = trouble[0];
  if (pid_ < 0) return Error("doctor.start", text("no process can be started: {}", std::strerror(errno)));
  pid_file_ = static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0));
  return {};
}

Status Child::go() {
  [[maybe_unused]] const ssize_t told = ::write(gate_, "g", 1);
  ::close(gate_);
  gate_ = -1;
  int code = 0;
  const ssize_t size = ::read(trouble_, &code, sizeof code);  // ends where the program begins
  if (size != sizeof code) return {};
  reap();
  const std::string& name = command_.front();
  if (code == ENOENT)
    return Error("doctor.command", text("there is no program \"{}\"", name))
        .at(name)
        .fix(
            "check the name, or give its path; a script needs its interpreter: vivace doctor -- python3 "
            "app.py");
  return Error("doctor.command", text("\"{}\" cannot be executed: {}", name, std::strerror(code))).at(name);
}

bool Child::wait(double seconds) {
  pollfd files[2] = {{pid_file_, POLLIN, 0}, {signal_file_, POLLIN, 0}};
  // Without a descriptor for the process (Linux before 5.3) its end is asked for at each look.
  timespec pause{static_cast<time_t>(seconds),
                 static_cast<long>((seconds - static_cast<double>(static_cast<time_t>(seconds))) * 1e9)};
  ::ppoll(files, 2, &pause, nullptr);
  if (files[1].revents != 0) hand_on_signals();
  siginfo_t info{};
  ended_ = ::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
           info.si_pid == pid_;
  return ended_;
}

void Child::hand_on_signals() const {
  signalfd_siginfo info{};
  while (::read(signal_file_, &info, sizeof info) == sizeof info)
    if (info.ssi_code != SI_KERNEL)
      ::kill(pid_, static_cast<int>(info.ssi_signo));  // a terminal's reach it too
}

Child::End Child::reap() {
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  reaped_ = true;
  while (::waitpid(-1, nullptr, WNOHANG) > 0) {  // others that came to us meanwhile
  }
  End end;
  if (WIFSIGNALED(status))
    end.signal = WTERMSIG(status);
  else
    end.code = WEXITSTATUS(status);
  return end;
}

}  // namespace vivace::doctor
