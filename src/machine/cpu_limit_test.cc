#include "machine/cpu_limit.h"

#include <doctest/doctest.h>

#include "support/temp_folder.h"

using namespace vivace::machine;

TEST_CASE("the tightest cgroup v2 quota of all ancestors counts, rounded up") {
  const vivace::test::TempFolder root;
  root.write("proc/self/cgroup", "0::/outer/inner\n");
  root.write("sys/fs/cgroup/outer/cpu.max", "50000 100000\n");
  root.write("sys/fs/cgroup/outer/inner/cpu.max", "max 100000\n");
  const CpuLimit limit = read_cpu_limit(root.path());
  REQUIRE(limit.quota.has_value());
  CHECK(*limit.quota == doctest::Approx(0.5));
  CHECK(limit.threads() == 1);
}

TEST_CASE("a cgroup v1 quota is read too, and -1 means none") {
  const vivace::test::TempFolder root;
  root.write("proc/self/cgroup", "3:cpu,cpuacct:/box\n2:memory:/box\n");
  root.write("sys/fs/cgroup/cpu,cpuacct/box/cpu.cfs_quota_us", "150000\n");
  root.write("sys/fs/cgroup/cpu,cpuacct/box/cpu.cfs_period_us", "100000\n");
  CHECK(*read_cpu_limit(root.path()).quota == doctest::Approx(1.5));
  root.write("sys/fs/cgroup/cpu,cpuacct/box/cpu.cfs_quota_us", "-1\n");
  CHECK_FALSE(read_cpu_limit(root.path()).quota.has_value());
}

TEST_CASE("a tenth of a processor is one thread") {
  const vivace::test::TempFolder root;
  root.write("proc/self/cgroup", "0::/\n");
  root.write("sys/fs/cgroup/cpu.max", "10000 100000\n");
  const CpuLimit limit = read_cpu_limit(root.path());
  CHECK(*limit.quota == doctest::Approx(0.1));
  CHECK(limit.threads() == 1);
}

TEST_CASE("quotas that are no numbers, or of no time at all, are none") {
  for (const char* const line :
       {"", "max 100000\n", "10000\n", "10000 0\n", "10000 -5\n", "nan 100000\n", "many some\n"}) {
    const vivace::test::TempFolder root;
    root.write("proc/self/cgroup", "0::/\nno fields\n1:\n");
    root.write("sys/fs/cgroup/cpu.max", line);
    CHECK_FALSE(read_cpu_limit(root.path()).quota.has_value());
  }
}

TEST_CASE("without any cgroup the limit is what the scheduler allows") {
  const vivace::test::TempFolder root;
  const CpuLimit limit = read_cpu_limit(root.path());
  CHECK_FALSE(limit.quota.has_value());
  CHECK(limit.threads() >= 1);
  CHECK(limit.threads() <= limit.affinity);
}
