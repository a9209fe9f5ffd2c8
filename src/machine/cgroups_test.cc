#include "machine/cgroups.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "machine/facts.h"
#include "machine/fields.h"
#include "machine/system_load.h"
#include "support/temp_folder.h"

using namespace vivace::machine;

TEST_CASE("fields of the kernel's text files") {
  CHECK(field("MemTotal:       24682416 kB\nMemFree: 1 kB\n", "MemTotal:") == 24682416);
  CHECK(field("nr_throttled 7\nthrottled_time 99\n", "throttled_time") == 99);
  CHECK(field("nr_throttled 7\n", "nr") == 0);
  CHECK(value_of("model name\t: Some CPU @ 2 GHz\n", "model name") == "Some CPU @ 2 GHz");
  CHECK(number_at_start("  -12 x") == -12);
  CHECK(number_at_start("max 100000") == 0);
}

TEST_CASE("limits and counters of version 2, of the group and of its ancestors") {
  const vivace::test::TempFolder root;
  root.write("proc/self/cgroup", "0::/outer/inner\n");
  root.write("sys/fs/cgroup/outer/cpu.max", "50000 100000\n");
  root.write("sys/fs/cgroup/outer/cpu.stat",
             "usage_usec 5\nnr_periods 100\nnr_throttled 60\nthrottled_usec 1234\n");
  root.write("sys/fs/cgroup/outer/inner/memory.max", "1048576\n");
  root.write("sys/fs/cgroup/outer/inner/memory.events", "low 0\nhigh 0\nmax 17\noom 0\n");
  root.write(
      "sys/fs/cgroup/outer/inner/memory.pressure",
      "some avg10=0.00 avg60=0.00 avg300=0.00 total=55\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=1\n");
  const auto groups = read_cgroups("self", root.path());
  REQUIRE(groups.size() == 3);
  CHECK(groups[0].path == "/outer/inner");
  CHECK(groups[0].memory_limit == 1048576);
  CHECK(groups[0].limit_hits == 17);
  CHECK(groups[0].pressure_memory_ns == 55'000);
  CHECK(groups[0].quota_cpus == 0);
  CHECK(groups[1].path == "/outer");
  CHECK(groups[1].quota_cpus == doctest::Approx(0.5));
  CHECK(groups[1].throttled_periods == 60);
  CHECK(groups[1].throttled_ns == 1'234'000);
  CHECK(read_throttled_ns(groups[1], root.path()) == 1'234'000);
}

TEST_CASE("version 1, where no limit is a huge number") {
  const vivace::test::TempFolder root;
  root.write("proc/self/cgroup", "9:name=systemd:/\n4:memory:/box\n1:cpu,cpuacct:/box\n0::/\n");
  root.write("sys/fs/cgroup/cpu,cpuacct/box/cpu.cfs_quota_us", "30000\n");
  root.write("sys/fs/cgroup/cpu,cpuacct/box/cpu.cfs_period_us", "100000\n");
  root.write("sys/fs/cgroup/cpu,cpuacct/box/cpu.stat", "nr_periods 3\nnr_throttled 2\nthrottled_time 500\n");
  root.write("sys/fs/cgroup/memory/box/memory.limit_in_bytes", "9223372036854771712\n");
  root.write("sys/fs/cgroup/memory/box/memory.usage_in_bytes", "4096\n");
  const auto groups = read_cgroups("self", root.path());
  const auto of = [&](const char* path) { return std::ranges::find(groups, path, &CgroupState::path); };
  REQUIRE(of("cpu,cpuacct:/box") != groups.end());
  CHECK(of("cpu,cpuacct:/box")->quota_cpus == doctest::Approx(0.3));
  CHECK(of("cpu,cpuacct:/box")->throttled_ns == 500);
  REQUIRE(of("memory:/box") != groups.end());
  CHECK(of("memory:/box")->memory_limit == 0);
}

TEST_CASE("steal, swapping and what the machine is") {
  const vivace::test::TempFolder root;
  root.write("proc/stat", "cpu  100 20 30 400 50 1 2 60 0 0\ncpu0 1 2 3\n");
  root.write("proc/vmstat", "nr_free_pages 5\npswpin 7\npswpout 8\nworkingset_refault_file 9\n");
  root.write("proc/meminfo", "MemTotal: 1000 kB\nMemAvailable: 500 kB\nSwapTotal: 0 kB\n");
  root.write("proc/cpuinfo", "model name\t: Some CPU\nflags\t\t: fpu avx2 hypervisor\n");
  root.write("sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "powersave\n");
  root.write("sys/devices/system/cpu/cpu0/thermal_throttle/core_throttle_count", "12\n");
  root.write("sys/devices/system/cpu/cpufreq/x", "");
  root.write("sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never\n");
  root.write("sys/bus/pci/devices/0000:01:00.0/class", "0x030000\n");
  root.write("sys/bus/pci/devices/0000:01:00.0/vendor", "0x10de\n");
  root.write("sys/bus/pci/devices/0000:01:00.0/device", "0x2204\n");
  const SystemLoad load = read_system_load(root.path());
  CHECK(load.user_ns == 1'200'000'000);
  CHECK(load.steal_ns == 600'000'000);
  CHECK(load.swapped_in == 7);
  CHECK(load.refaults == 9);
  const Facts facts = read_facts(root.path());
  CHECK(facts.processor == "Some CPU");
  CHECK(facts.governor == "powersave");
  CHECK(facts.huge_pages == "madvise");
  CHECK(facts.heat_events == 12);
  CHECK(facts.logical == 1);
  CHECK(facts.memory == 1024000);
  CHECK(facts.hypervisor == "unknown");
  REQUIRE(facts.displays.size() == 1);
  CHECK(facts.displays[0].name == "NVIDIA 0x2204");
  CHECK(facts.displays[0].driver.empty());
}
