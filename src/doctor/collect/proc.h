// What /proc tells of a process or a thread.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "doctor/evidence/timeline.h"

namespace vivace::doctor {

/// A file of /proc that is read again and again: opened once.
class ProcFile {
 public:
  explicit ProcFile(const std::string& path);
  ~ProcFile();
  ProcFile(ProcFile&& other) noexcept : file_(other.file_) { other.file_ = -1; }
  ProcFile& operator=(ProcFile&& other) noexcept;
  ProcFile(const ProcFile&) = delete;
  ProcFile& operator=(const ProcFile&) = delete;

  /// Its first 2 KB; empty where it cannot be read (any more).
  std::string_view read();

 private:
  int file_ = -1;
  char buffer_[2048];
};

/// Fields of /proc/PID/stat that the doctor uses.
struct ProcStat {
  std::string name;
  char state = '?';
  std::int64_t parent = 0, minor_faults = 0, major_faults = 0;
  Ns user = 0, system = 0, children = 0;  // children: of those that were waited for
  std::int64_t nice = 0, threads = 0, start_ticks = 0, policy = 0;
  std::int64_t processor = 0;  // where it ran last
};
std::optional<ProcStat> parse_stat(std::string_view text);

/// On a processor, and waiting for one.
struct SchedStat {
  Ns run = 0, queued = 0;
};
std::optional<SchedStat> parse_schedstat(std::string_view text);

/// What a thread waits in, by /proc/TID/syscall and its state; nothing where it runs or wants to.
std::optional<Blocked> blocked_in(std::string_view syscall, char state);

/// Numbers that name the folders in a folder, as /proc and /proc/PID/task have them.
std::vector<std::int64_t> numbered(const std::string& folder, std::size_t most);

}  // namespace vivace::doctor
