#include "doctor/arbiter/orders.h"

#include <doctest/doctest.h>

#include "doctor/findings/claims.h"

namespace vivace::doctor {
namespace {

constexpr Ns kSecond = 1'000'000'000;

// Eight seconds of calls, four of them computing and four waiting for a processor.
Ledger busy() {
  Ledger ledger;
  ledger.wall = 8 * kSecond;
  ledger.cells[at(Phase::call)][at(Column::native)] = 4 * kSecond;
  ledger.cells[at(Phase::call)][at(Column::queued)] = 4 * kSecond;
  return ledger;
}
Finding saving(Ns amount, Column column, How how) {
  Finding finding;
  finding.gain = {amount, amount / 2, amount, "", how};
  finding.claims = {{Phase::call, column, amount}};
  return finding;
}

TEST_CASE("a remedy alone, and what follows from it") {
  const Ledger ledger = busy();
  const Finding wait = saving(3 * kSecond, Column::queued, How::identity);
  const Finding work = saving(2 * kSecond, Column::native, How::modelled);
  const Finding* const one[] = {&wait};
  CHECK(wall_after(ledger, one) == 5 * kSecond);
  CHECK(wall_after(ledger, one, Amount::least) == 8 * kSecond - 3 * kSecond / 2);
  // Half of the work waits half as long.
  const Finding* const other[] = {&work};
  CHECK(wall_after(ledger, other) == 4 * kSecond);
}

TEST_CASE("what two remedies save depends on their order, and never more than there is") {
  const Ledger ledger = busy();
  const Finding wait = saving(3 * kSecond, Column::queued, How::identity);
  const Finding work = saving(2 * kSecond, Column::native, How::modelled);
  const Finding* const wait_first[] = {&wait, &work};
  const Finding* const work_first[] = {&work, &wait};
  CHECK(wall_after(ledger, wait_first) == 5 * kSecond / 2);  // 2 s of work and a half of waiting
  CHECK(wall_after(ledger, work_first) == 2 * kSecond);      // nothing is left to wait for
  const Span span = over_orders(ledger, wait_first);
  CHECK(span.least == 2 * kSecond);
  CHECK(span.most == 5 * kSecond / 2);
  const Finding too_much = saving(99 * kSecond, Column::native, How::identity);
  const Finding* const all[] = {&too_much, &wait, &work, &too_much};
  CHECK(over_orders(ledger, all).least >= 0);
}

TEST_CASE("without remedies the wall stays") {
  CHECK(wall_after(busy(), {}) == 8 * kSecond);
  CHECK(over_orders(busy(), {}).most == 8 * kSecond);
}

}  // namespace
}  // namespace vivace::doctor
