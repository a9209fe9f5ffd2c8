#include "machine/clocks.h"

#include <doctest/doctest.h>

#include "support/temp_folder.h"

using namespace vivace::machine;

TEST_CASE("a processor's clock, by cpufreq and else by cpuinfo") {
  const vivace::test::TempFolder root;
  root.write("sys/devices/system/cpu/cpu3/cpufreq/scaling_cur_freq", "1800000\n");
  root.write("sys/devices/system/cpu/cpu3/cpufreq/cpuinfo_max_freq", "4200000\n");
  root.write("proc/cpuinfo",
             "processor\t: 0\ncpu MHz\t\t: 1000.5\n\nprocessor\t: 1\ncpu MHz\t\t: 2693.672\n\n");
  CHECK(read_clock(3, root.path()).now_khz == 1'800'000);
  CHECK(read_clock(3, root.path()).most_khz == 4'200'000);
  CHECK(read_clock(1, root.path()).now_khz == 2'693'000);
  CHECK(read_clock(1, root.path()).most_khz == 0);
  CHECK(read_clock(7, root.path()).now_khz == 0);
}

TEST_CASE("nodes of processors") {
  const vivace::test::TempFolder root;
  root.write("sys/devices/system/node/node0/cpulist", "0-1,4\n");
  CHECK(read_nodes(root.path()).empty());  // there is but one
  root.write("sys/devices/system/node/node1/cpulist", "2-3\n");
  CHECK(read_nodes(root.path()) == std::vector<int>{0, 0, 1, 1, 0});
  root.write("sys/devices/system/node/node1/cpulist", "9-2,x,-,\n");
  CHECK(read_nodes(root.path()).size() <= 4096);
}

TEST_CASE("pages by node, larger ones as many small ones") {
  const auto pages = pages_by_node(
      "7f00 default file=/lib/x N0=3 mapped=3 kernelpagesize_kB=4\n"
      "7f10 default anon=7 dirty=7 N0=5 N1=2 kernelpagesize_kB=4\n"
      "7f20 default huge N1=1 kernelpagesize_kB=2048\nnonsense N=1 N99=4 Nx=3\n");
  CHECK(pages == std::vector<std::int64_t>{8, 514});
  CHECK(pages_by_node("").empty());
}
