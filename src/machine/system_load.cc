#include "machine/system_load.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <string>

#include "machine/cgroups.h"
#include "machine/fields.h"
#include "machine/small_file.h"

namespace vivace::machine {
namespace {

constexpr std::int64_t kTickNs = 10'000'000;  // USER_HZ is 100 on every Linux that this runs on

}  // namespace

SystemLoad read_system_load(const std::filesystem::path& root) {
  SystemLoad load;
  // "cpu  user nice system idle iowait irq softirq steal ..." of all processors.
  const std::string stat = read_small(root / "proc/stat");
  std::string_view line = std::string_view(stat).substr(0, stat.find('\n'));
  std::array<std::int64_t, 8> ticks{};
  for (std::int64_t& tick : ticks) {
    const std::size_t gap = line.find(' ');
    if (gap == std::string_view::npos) break;
    line.remove_prefix(std::min(line.size(), line.find_first_not_of(' ', gap)));
    tick = number_at_start(line);
  }
  load.user_ns = (ticks[0] + ticks[1]) * kTickNs;
  load.system_ns = (ticks[2] + ticks[5] + ticks[6]) * kTickNs;
  load.idle_ns = ticks[3] * kTickNs;
  load.io_wait_ns = ticks[4] * kTickNs;
  load.steal_ns = ticks[7] * kTickNs;
  const std::string memory = read_whole(root / "proc/vmstat");
  load.swapped_in = field(memory, "pswpin");
  load.swapped_out = field(memory, "pswpout");
  load.refaults = field(memory, "workingset_refault_file");
  load.pressure_cpu_ns = read_pressure_ns(root / "proc/pressure/cpu");
  load.pressure_io_ns = read_pressure_ns(root / "proc/pressure/io");
  load.pressure_memory_ns = read_pressure_ns(root / "proc/pressure/memory");
  return load;
}

// "0.20 0.18 0.12 3/80 11206": the fourth is those that are runnable, of all.
int read_runnable_threads(const char* path) {
  const int file = ::open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return 0;
  char buffer[128];
  const ssize_t size = ::read(file, buffer, sizeof buffer);
  ::close(file);
  std::string_view line(buffer, size > 0 ? static_cast<std::size_t>(size) : 0);
  for (int i = 0; i < 3; ++i) {
    const std::size_t gap = line.find(' ');
    if (gap == std::string_view::npos) return 0;
    line.remove_prefix(gap + 1);
  }
  return static_cast<int>(number_at_start(line));
}

int read_processors() { return static_cast<int>(std::max(1L, ::sysconf(_SC_NPROCESSORS_ONLN))); }

}  // namespace vivace::machine
