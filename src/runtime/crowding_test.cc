#include "runtime/crowding.h"

#include <doctest/doctest.h>

#include <initializer_list>

using namespace vivace;

namespace {

int seen;  // what the look finds
int looks;

int look() {
  ++looks;
  return seen;
}

// Held up for half of a run of 10 ms that ends at `end_s`, by two workers.
void be_held_up(Crowding& crowding, double end_s) { crowding.ran(2, end_s - 0.01, end_s, 0.005); }

}  // namespace

TEST_CASE("runs become narrow when they are held up while others want the processors") {
  Crowding crowding(2, look);
  seen = 3;  // both workers and a neighbour
  crowding.ran(2, 9.99, 10, 0.0005);
  CHECK(crowding.width(2, 10) == 2);  // an uneven share, no more
  be_held_up(crowding, 10);
  CHECK(crowding.width(2, 10.001) == 1);
  CHECK(crowding.width(2, 11.9) == 1);
  CHECK(crowding.width(2, 12.01) == 2);  // a try
}

TEST_CASE("a run that is held up by nobody else stays wide") {
  Crowding crowding(2, look);
  for (const int nobody : {2, 1, 0}) {
    seen = nobody;
    be_held_up(crowding, 10);
    CHECK(crowding.width(2, 10.001) == 2);
  }
}

TEST_CASE("each time it happens again soon, runs stay narrow for longer, to a bound") {
  Crowding crowding(2, look);
  seen = 3;
  double now = 10;
  for (const double span : {2.0, 4.0, 8.0, 16.0, 16.0}) {
    be_held_up(crowding, now);
    CHECK(crowding.width(2, now + 0.98 * span) == 1);
    now += 1.01 * span;
    CHECK(crowding.width(2, now) == 2);
  }
  be_held_up(crowding, now + 100);
  CHECK(crowding.width(2, now + 101.9) == 1);
  CHECK(crowding.width(2, now + 102.01) == 2);
}

TEST_CASE("runs become wide again soon after the others have gone") {
  Crowding crowding(2, look);
  seen = 3;
  be_held_up(crowding, 10);
  seen = 2;  // the one that runs, and the neighbour
  CHECK(crowding.width(2, 10.01) == 1);
  seen = 1;
  CHECK(crowding.width(2, 10.02) == 1);
  CHECK(crowding.width(2, 10.03) == 1);
  CHECK(crowding.width(2, 10.04) == 2);
}

TEST_CASE("runs have as many workers as processors are left") {
  Crowding crowding(8, look);
  seen = 11;  // eight workers and three others
  crowding.ran(8, 1, 2, 0.5);
  CHECK(crowding.width(8, 2.001) == 5);
  CHECK(crowding.width(3, 2.001) == 3);
}

TEST_CASE("the system is looked at seldom, and not at all while nothing holds runs up") {
  Crowding crowding(2, look);
  seen = 3;
  looks = 0;
  for (int i = 0; i < 100; ++i) {
    CHECK(crowding.width(2, i) == 2);
    crowding.ran(2, i, i + 0.01, 0.0001);
  }
  CHECK(looks == 0);
  be_held_up(crowding, 200);
  for (int i = 0; i < 100; ++i) crowding.width(2, 200 + i * 1e-4);
  CHECK(looks <= 3);
}
