// Children of a test, for what a whole process does or suffers.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

namespace vivace::test {

/// The exit code of `work` in a forked child, or -1 where it crashed or did not end in time.
template <class Work>
int in_child(Work work) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::alarm(60);  // kills a child that hangs
    ::_exit(work());
  }
  int status = -1;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/// Clang's thread sanitizer ends a forked child that starts threads.
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define VIVACE_NO_THREADS_AFTER_FORK 1
#endif
#endif
#ifdef VIVACE_NO_THREADS_AFTER_FORK
inline constexpr bool kThreadsAfterFork = false;
#else
inline constexpr bool kThreadsAfterFork = true;
#endif

}  // namespace vivace::test
