#include "machine/system_load.h"

#include <array>
#include <string>

#include "machine/cgroups.h"
#include "machine/fields.h"
#include "machine/small_file.h"

namespace vivace::machine {
namespace {

constexpr std::int64_t kTick_ns = 10'000'000;  // USER_HZ is 100 on every Linux that this runs on

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
  load.user_ns = (ticks[0] + ticks[1]) * kTick_ns;
  load.system_ns = (ticks[2] + ticks[5] + ticks[6]) * kTick_ns;
  load.idle_ns = ticks[3] * kTick_ns;
  load.io_wait_ns = ticks[4] * kTick_ns;
  load.steal_ns = ticks[7] * kTick_ns;
  const std::string memory = read_whole(root / "proc/vmstat");
  load.swapped_in = field(memory, "pswpin");
  load.swapped_out = field(memory, "pswpout");
  load.refaults = field(memory, "workingset_refault_file");
  load.pressure_cpu_ns = read_pressure_ns(root / "proc/pressure/cpu");
  load.pressure_io_ns = read_pressure_ns(root / "proc/pressure/io");
  load.pressure_memory_ns = read_pressure_ns(root / "proc/pressure/memory");
  return load;
}

}  // namespace vivace::machine
