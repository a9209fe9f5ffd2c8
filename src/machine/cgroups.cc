#include "machine/cgroups.h"

#include <algorithm>
#include <cstdlib>

#include "base/text.h"
#include "machine/fields.h"
#include "machine/small_file.h"

namespace vivace::machine {
namespace {

constexpr std::int64_t kNsOfUs = 1000;
constexpr std::int64_t kNoLimit = std::int64_t{1} << 60;  // version 1 writes a huge number for no limit
constexpr double kDefaultShares = 1024, kDefaultWeight = 100;

std::filesystem::path within(const std::filesystem::path& mount, const std::string& group) {
  return mount / std::string_view(group).substr(group.starts_with('/') ? 1 : 0);
}

// "cpu:/a/b" of version 1 lies in sys/fs/cgroup/cpu/a/b, "/a/b" of version 2 in sys/fs/cgroup/a/b, or where
// both are mounted in sys/fs/cgroup/unified/a/b.
std::filesystem::path folder_of(const CgroupState& group, const std::filesystem::path& root) {
  const std::filesystem::path mounts = root / "sys/fs/cgroup";
  if (group.version == 1) {
    const std::size_t colon = group.path.find(':');
    return within(mounts / group.path.substr(0, colon), group.path.substr(colon + 1));
  }
  std::error_code ignored;
  const bool hybrid = std::filesystem::exists(mounts / "unified", ignored);
  return within(hybrid ? mounts / "unified" : mounts, group.path);
}

constexpr std::string_view kMemory = "memory.";
std::string memory_file(const std::filesystem::path& folder, std::string_view name) {
  return read_small(folder / (std::string(kMemory) + std::string(name)));
}

// "max", or a huge number, is no limit.
std::int64_t limit_of(const std::string& words) {
  const std::int64_t limit = number_at_start(words);
  return limit <= 0 || limit >= kNoLimit ? 0 : limit;
}

void read_v2(const std::filesystem::path& folder, CgroupState& group) {
  const std::string quota = read_small(folder / "cpu.max");
  const std::size_t gap = quota.find(' ');
  if (const std::int64_t us = number_at_start(quota); us > 0 && gap != std::string::npos)
    group.quota_cpus = static_cast<double>(us) /
                       static_cast<double>(std::max<std::int64_t>(1, number_at_start(quota.substr(gap))));
  const std::string stat = read_small(folder / "cpu.stat");
  group.periods = field(stat, "nr_periods");
  group.throttled_periods = field(stat, "nr_throttled");
  group.throttled_ns = field(stat, "throttled_usec") * kNsOfUs;
  group.weight = static_cast<double>(number_at_start(read_small(folder / "cpu.weight"))) / kDefaultWeight;
  group.memory_limit = limit_of(memory_file(folder, "max"));
  group.memory_used = number_at_start(memory_file(folder, "current"));
  group.limit_hits = field(memory_file(folder, "events"), "max");
  group.pressure_cpu_ns = read_pressure_ns(folder / "cpu.pressure");
  group.pressure_io_ns = read_pressure_ns(folder / "io.pressure");
  group.pressure_memory_ns = read_pressure_ns(folder / (std::string(kMemory) + "pressure"));
}

void read_v1(const std::filesystem::path& folder, CgroupState& group) {
  const std::int64_t quota = number_at_start(read_small(folder / "cpu.cfs_quota_us"));
  const std::int64_t period = number_at_start(read_small(folder / "cpu.cfs_period_us"));
  if (quota > 0 && period > 0) group.quota_cpus = static_cast<double>(quota) / static_cast<double>(period);
  const std::string stat = read_small(folder / "cpu.stat");
  group.periods = field(stat, "nr_periods");
  group.throttled_periods = field(stat, "nr_throttled");
  group.throttled_ns = field(stat, "throttled_time");
  group.weight = static_cast<double>(number_at_start(read_small(folder / "cpu.shares"))) / kDefaultShares;
  group.memory_limit = limit_of(memory_file(folder, "limit_in_bytes"));
  group.memory_used = number_at_start(memory_file(folder, "usage_in_bytes"));
  group.limit_hits = number_at_start(memory_file(folder, "failcnt"));
}

bool tells(const CgroupState& group) {
  return group.version == 2 || group.quota_cpus > 0 || group.memory_limit > 0 || group.memory_used > 0 ||
         group.weight > 0;
}

void add_with_ancestors(std::string path, const std::string& controller, int version,
                        const std::filesystem::path& root, std::vector<CgroupState>& groups) {
  for (;;) {
    CgroupState group;
    group.version = version;
    group.path = version == 1 ? controller + ":" + path : path;
    const auto folder = folder_of(group, root);
    version == 1 ? read_v1(folder, group) : read_v2(folder, group);
    if (tells(group)) groups.push_back(group);
    const std::size_t slash = path.rfind('/');
    if (slash == std::string::npos || path.size() <= 1) return;
    path = slash == 0 ? "/" : path.substr(0, slash);
  }
}

}  // namespace

std::int64_t read_pressure_ns(const std::filesystem::path& file) {
  const std::string words = read_small(file);
  const std::size_t at = words.find("total=");
  return at == std::string::npos ? 0 : number_at_start(words.substr(at + 6)) * kNsOfUs;
}

std::vector<CgroupState> read_cgroups(const std::string& pid, const std::filesystem::path& root) {
  std::vector<CgroupState> groups;
  const std::string lines = read_small(root / "proc" / pid / "cgroup");
  for (const std::string_view line : split(lines, '\n')) {
    const auto fields = split(line, ':');  // "0::/a/b" (v2) or "4:cpu,cpuacct:/a/b" (v1)
    if (fields.size() < 3 || !fields[2].starts_with('/')) continue;
    const std::string controllers(fields[1]), path(fields[2]);
    if (controllers.empty()) {
      add_with_ancestors(path, "", 2, root, groups);
    } else {
      const auto names = split(controllers, ',');
      if (std::ranges::any_of(names, [](auto name) { return name == "cpu" || name == "memory"; }))
        add_with_ancestors(path, controllers, 1, root, groups);
    }
  }
  return groups;
}

std::optional<std::int64_t> read_throttled_ns(const CgroupState& group, const std::filesystem::path& root) {
  const std::string stat = read_small(folder_of(group, root) / "cpu.stat");
  if (stat.empty()) return std::nullopt;
  return group.version == 1 ? field(stat, "throttled_time") : field(stat, "throttled_usec") * kNsOfUs;
}

}  // namespace vivace::machine
