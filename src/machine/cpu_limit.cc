#include "machine/cpu_limit.h"

#include <sched.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <set>
#include <string>
#include <vector>

#include "base/text.h"
#include "machine/small_file.h"

namespace vivace::machine {
namespace {

std::optional<double> number_of(const std::string& word) {
  char* end = nullptr;
  const double value = std::strtod(word.c_str(), &end);
  return end == word.c_str() ? std::nullopt : std::optional(value);
}

// cgroup v2's cpu.max is "QUOTA PERIOD" or "max PERIOD", in microseconds.
std::optional<double> quota_v2(const std::filesystem::path& group) {
  const std::string line = read_small(group / "cpu.max");
  const auto quota = number_of(line);  // "max" is no number
  const std::size_t gap = line.find(' ');
  const auto period = gap == std::string::npos ? std::nullopt : number_of(line.substr(gap));
  if (!quota || !period || !(*quota > 0) || !(*period > 0)) return std::nullopt;
  return *quota / *period;
}

std::optional<double> quota_v1(const std::filesystem::path& group) {
  const auto quota = number_of(read_small(group / "cpu.cfs_quota_us"));
  const auto period = number_of(read_small(group / "cpu.cfs_period_us"));
  if (!quota || !period || !(*quota > 0) || !(*period > 0)) return std::nullopt;  // -1: no limit
  return *quota / *period;
}

// The tightest quota of a group and all its ancestors.
template <class Read>
std::optional<double> tightest(const std::filesystem::path& mount, std::string group, Read read) {
  std::optional<double> least;
  for (;;) {
    if (const auto quota = read(mount / std::string_view(group).substr(group.starts_with('/') ? 1 : 0)))
      least = std::min(least.value_or(*quota), *quota);
    const std::size_t slash = group.rfind('/');
    if (group.empty() || slash == std::string::npos) return least;
    group.resize(slash);
  }
}

std::optional<double> cgroup_quota(const std::filesystem::path& root) {
  std::optional<double> least;
  const std::string groups = read_small(root / "proc/self/cgroup");
  for (const std::string_view line : split(groups, '\n')) {
    const auto fields = split(line, ':');  // "0::/a/b" (v2) or "4:cpu,cpuacct:/a/b" (v1)
    if (fields.size() < 3) continue;
    const bool v2 = fields[0] == "0" && fields[1].empty();
    if (!v2 && fields[1].find("cpu") == std::string_view::npos) continue;
    const std::filesystem::path mount =
        root / "sys/fs/cgroup" / (v2 ? std::string() : std::string(fields[1]));
    const std::string group(fields[2]);
    const auto quota = v2 ? tightest(mount, group, quota_v2) : tightest(mount, group, quota_v1);
    if (quota) least = std::min(least.value_or(*quota), *quota);
  }
  return least;
}

}  // namespace

int CpuLimit::threads() const {
  int least = std::min(affinity, physical_cores);
  if (quota) least = std::min(least, static_cast<int>(std::ceil(*quota)));
  return std::max(1, least);
}

CpuLimit read_cpu_limit(const std::filesystem::path& root) {
  CpuLimit limit;
  cpu_set_t set;
  CPU_ZERO(&set);
  if (::sched_getaffinity(0, sizeof set, &set) == 0) limit.affinity = std::max(1, CPU_COUNT(&set));
  std::set<std::string> cores;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (!CPU_ISSET(cpu, &set)) continue;
    const std::string siblings =
        read_small(root / text("sys/devices/system/cpu/cpu{}/topology/thread_siblings_list", cpu));
    cores.insert(siblings.empty() ? text("cpu {}", cpu) : siblings);
  }
  limit.physical_cores = std::max(1, static_cast<int>(cores.size()));
  limit.quota = cgroup_quota(root);
  return limit;
}

}  // namespace vivace::machine
