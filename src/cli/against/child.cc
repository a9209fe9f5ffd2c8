#include "cli/against/child.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <fstream>

#include "base/clock.h"
#include "base/text.h"
#include "base/try.h"

extern char** environ;

namespace vivace::cli {
namespace {

constexpr useconds_t kNap_us = 10'000;
constexpr std::size_t kMostKept = 1 << 16;  // bytes of what a child prints

// The end of a file: what a program says last tells why it failed.
std::string tail_of(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary | std::ios::ate);
  const auto size = static_cast<std::size_t>(std::max<std::streamoff>(stream.tellg(), 0));
  std::string kept(std::min(size, kMostKept), '\0');
  stream.seekg(static_cast<std::streamoff>(size - kept.size()));
  stream.read(kept.data(), static_cast<std::streamsize>(kept.size()));
  return kept;
}

// A group of its own, so that its children end with it; the usual signals, whatever we do with ours.
Result<pid_t> start(const std::vector<std::string>& words, const std::filesystem::path& out,
                    const std::filesystem::path& err) {
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  const auto open = [&](int descriptor, const char* path, int flags) {
    posix_spawn_file_actions_addopen(&files, descriptor, path, flags, 0600);
  };
  open(STDIN_FILENO, "/dev/null", O_RDONLY);
  open(STDOUT_FILENO, out.c_str(), O_WRONLY | O_CREAT | O_TRUNC);
  open(STDERR_FILENO, err.c_str(), O_WRONLY | O_CREAT | O_TRUNC);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  posix_spawnattr_setpgroup(&attributes, 0);
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  pid_t child = 0;
  const int code = ::posix_spawnp(&child, arguments[0], &files, &attributes, arguments.data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&files);
  if (code == 0) return child;
  return Error("check.python", text("\"{}\" cannot be started: {}", words[0], std::strerror(code)))
      .fix("set PYTHON to the Python that has TensorFlow: PYTHON=/path/to/python vivace check ...");
}

}  // namespace

Result<ChildRun> run_child(const std::vector<std::string>& words, const std::filesystem::path& folder,
                           double patience_s) {
  const auto out = folder / "stdout", err = folder / "stderr";
  VIVACE_TRY(const pid_t child, start(words, out, err));
  const double deadline = now_s() + patience_s;
  int state = 0;
  while (::waitpid(child, &state, WNOHANG) == 0) {
    if (now_s() > deadline) {
      ::kill(-child, SIGKILL);
      ::waitpid(child, &state, 0);
      return Error("check.timeout", text("\"{}\" gave no answer in {:.0f} s", words[0], patience_s))
          .fix("give it longer with --timeout SECONDS");
    }
    ::usleep(kNap_us);
  }
  ChildRun run;
  run.status = WIFEXITED(state) ? WEXITSTATUS(state) : 128 + WTERMSIG(state);
  run.out = tail_of(out);
  run.err = tail_of(err);
  return run;
}

}  // namespace vivace::cli
