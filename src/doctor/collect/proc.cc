#include "doctor/collect/proc.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <charconv>

#include "machine/fields.h"

namespace vivace::doctor {
namespace {

constexpr Ns kTick = 10'000'000;

std::int64_t number(std::string_view word) { return machine::number_at_start(word); }

// Words of a line, at most N.
template <std::size_t n>
std::array<std::string_view, n> words_of(std::string_view line) {
  std::array<std::string_view, n> words;
  for (std::string_view& word : words) {
    const std::size_t from = line.find_first_not_of(" \n");
    if (from == std::string_view::npos) break;
    const std::size_t to = std::min(line.find_first_of(" \n", from), line.size());
    word = line.substr(from, to - from);
    line.remove_prefix(to);
  }
  return words;
}

// Reading and writing: of a standard stream, what the program prints; of anything else a file or a pipe.
Blocked of_transfer(std::string_view descriptor, char state, bool writes) {
  if (writes && (descriptor == "0x1" || descriptor == "0x2")) return Blocked::output;
  return state == 'D' ? Blocked::io : Blocked::network;
}

Blocked of_call(std::int64_t call, std::string_view first, char state) {
  switch (call) {
    case SYS_read:
    case SYS_pread64:
    case SYS_readv:
    case SYS_preadv:
      return of_transfer(first, state, false);
    case SYS_write:
    case SYS_pwrite64:
    case SYS_writev:
      return of_transfer(first, state, true);
    case SYS_nanosleep:
    case SYS_clock_nanosleep:
    case SYS_pause:
    case SYS_rt_sigtimedwait:
      return Blocked::sleep;
    case SYS_futex:
    case SYS_flock:
    case SYS_fcntl:
      return Blocked::lock;
    case SYS_rt_sigsuspend:  // shells wait so for their children
    case SYS_wait4:
    case SYS_waitid:
      return Blocked::child;
    case SYS_select:
    case SYS_pselect6:
      return first == "0x0" ? Blocked::sleep : Blocked::network;  // no descriptors: older Pythons sleep so
    case SYS_poll:
    case SYS_ppoll:
    case SYS_epoll_wait:
    case SYS_epoll_pwait:
    case SYS_recvfrom:
    case SYS_recvmsg:
    case SYS_sendto:
    case SYS_sendmsg:
    case SYS_accept:
    case SYS_accept4:
    case SYS_connect:
      return Blocked::network;
    case SYS_fsync:
    case SYS_fdatasync:
    case SYS_openat:
    case SYS_newfstatat:
    case SYS_getdents64:
    case SYS_execve:
      return Blocked::io;
    default:
      return state == 'D' ? Blocked::io : Blocked::other;
  }
}

}  // namespace

ProcFile::ProcFile(const std::string& path) : file_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
ProcFile::~ProcFile() {
  if (file_ >= 0) ::close(file_);
}
ProcFile& ProcFile::operator=(ProcFile&& other) noexcept {
  std::swap(file_, other.file_);
  return *this;
}

std::string_view ProcFile::read() {
  const ssize_t size = file_ < 0 ? -1 : ::pread(file_, buffer_, sizeof buffer_, 0);
  return size > 0 ? std::string_view(buffer_, static_cast<std::size_t>(size)) : std::string_view();
}

std::optional<ProcStat> parse_stat(std::string_view text) {
  // The name stands in parentheses and may hold anything, parentheses too.
  const std::size_t open = text.find('('), close = text.rfind(')');
  if (open == std::string_view::npos || close == std::string_view::npos || close < open) return std::nullopt;
  const auto words = words_of<39>(text.substr(close + 1));
  if (words[38].empty() || words[0].size() != 1) return std::nullopt;
  const auto field = [&](std::size_t i) { return number(words[i - 3]); };  // as proc(5) numbers them
  ProcStat stat;
  stat.name = text.substr(open + 1, close - open - 1);
  stat.state = words[0][0];
  stat.parent = field(4);
  stat.minor_faults = field(10), stat.major_faults = field(12);
  stat.user = field(14) * kTick, stat.system = field(15) * kTick;
  stat.children = (field(16) + field(17)) * kTick;
  stat.nice = field(19), stat.threads = field(20), stat.start_ticks = field(22), stat.policy = field(41);
  stat.processor = field(39);
  return stat;
}

std::optional<SchedStat> parse_schedstat(std::string_view text) {
  const auto words = words_of<2>(text);
  if (words[1].empty()) return std::nullopt;
  return SchedStat{number(words[0]), number(words[1])};
}

std::optional<Blocked> blocked_in(std::string_view syscall, char state) {
  if (state == 'R') return std::nullopt;
  const auto words = words_of<2>(syscall);
  if (words[0] == "running") return state == 'D' ? std::optional(Blocked::io) : std::nullopt;
  // Outside of any call and still waiting: for a page.
  if (words[0] == "-1") return state == 'D' ? Blocked::io : Blocked::other;
  if (words[0].empty()) return state == 'D' ? Blocked::io : Blocked::other;
  return of_call(number(words[0]), words[1], state);
}

std::vector<std::int64_t> numbered(const std::string& folder, std::size_t most) {
  std::vector<std::int64_t> numbers;
  DIR* const open = ::opendir(folder.c_str());
  if (!open) return numbers;
  while (const dirent* entry = ::readdir(open)) {
    if (entry->d_name[0] < '0' || entry->d_name[0] > '9') continue;
    numbers.push_back(number(entry->d_name));
    if (numbers.size() >= most) break;
  }
  ::closedir(open);
  return numbers;
}

}  // namespace vivace::doctor
