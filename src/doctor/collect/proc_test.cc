#include "doctor/collect/proc.h"

#include <doctest/doctest.h>

namespace vivace::doctor {
namespace {

TEST_CASE("a process's line of /proc, whatever its name holds") {
  const auto stat = parse_stat(
      "4242 (a ) b) R 17 4242 4242 0 -1 4194304 111 0 3 0 250 50 7 3 20 5 9 0 12345 0 0 0 0 0 0 0 0 0 0 0 0 "
      "0 0 0 17 1 0 3 "
      "0 0 0\n");
  REQUIRE(stat.has_value());
  CHECK(stat->name == "a ) b");
  CHECK(stat->state == 'R');
  CHECK(stat->parent == 17);
  CHECK(stat->minor_faults == 111);
  CHECK(stat->major_faults == 3);
  CHECK(stat->user == 2'500'000'000);
  CHECK(stat->system == 500'000'000);
  CHECK(stat->nice == 5);
  CHECK(stat->threads == 9);
  CHECK(stat->policy == 3);
  CHECK_FALSE(parse_stat("4242 (cut off").has_value());
  CHECK_FALSE(parse_stat("").has_value());
}

TEST_CASE("what a thread waits in") {
  const auto in = [](const char* call, char state) {
    return blocked_in(call, state).value_or(Blocked::other);
  };
  CHECK_FALSE(blocked_in("running\n", 'R').has_value());
  CHECK(in("230 0x0 0x0 0x7ff 0x0 0x0 0x0 0x7f 0x7f", 'S') == Blocked::sleep);
  CHECK(in("202 0x7f 0x80 0x0 0x0 0x0 0x0 0x7f 0x7f", 'S') == Blocked::lock);
  CHECK(in("1 0x2 0x7f 0x100 0x0 0x0 0x0 0x7f 0x7f", 'S') == Blocked::output);
  CHECK(in("0 0x5 0x7f 0x100 0x0 0x0 0x0 0x7f 0x7f", 'D') == Blocked::io);
  CHECK(in("0 0x5 0x7f 0x100 0x0 0x0 0x0 0x7f 0x7f", 'S') == Blocked::network);
  CHECK(in("61 0xffffffff 0x0 0x0", 'S') == Blocked::child);
  CHECK(in("130 0x7ff 0x8 0x0", 'S') == Blocked::child);
  CHECK(in("-1 0x7ff 0x7ff", 'D') == Blocked::io);
  CHECK(in("", 'D') == Blocked::io);
  CHECK(in("23 0x0 0x0 0x0 0x0", 'S') == Blocked::sleep);
}

TEST_CASE("run and run-queue time") {
  const auto times = parse_schedstat("1456972 1878004 1\n");
  REQUIRE(times.has_value());
  CHECK(times->run == 1456972);
  CHECK(times->queued == 1878004);
  CHECK_FALSE(parse_schedstat("").has_value());
}

}  // namespace
}  // namespace vivace::doctor
