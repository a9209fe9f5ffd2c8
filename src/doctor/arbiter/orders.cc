#include "doctor/arbiter/orders.h"

#include <algorithm>
#include <vector>

namespace vivace::doctor {
namespace {

constexpr Column kComputing[] = {Column::python, Column::native, Column::linker, Column::system,
                                 Column::faults};
constexpr Column kFollowing[] = {Column::queued, Column::throttled, Column::stolen, Column::unknown};

using Cells = std::array<std::array<Ns, kColumns>, kPhases>;

Ns computing(const Cells& cells, std::size_t phase) {
  Ns all = 0;
  for (const Column column : kComputing) all += cells[phase][at(column)];
  return all;
}

double scale_of(const Gain& gain, Amount amount) {
  if (gain.saved <= 0) return 0;
  const Ns wanted = amount == Amount::expected ? gain.saved
                    : amount == Amount::least  ? gain.least
                                               : gain.most;
  return static_cast<double>(wanted) / static_cast<double>(gain.saved);
}

void apply(Cells& cells, const Ledger& ledger, const Finding& finding, Amount amount) {
  const double scale = scale_of(finding.gain, amount);
  const Cells before = cells;
  for (const Claim& claim : finding.claims) {
    Ns& left = cells[at(claim.phase)][at(claim.column)];
    const Ns was = ledger.cell(claim.phase, claim.column);
    Ns gone = part_of(claim.amount, scale);
    // A time that was measured goes away as such; what becomes faster by a factor, by that part of what is
    // left.
    if (finding.gain.how != How::identity && was > 0)
      gone = part_of(left, std::min(1.0, static_cast<double>(gone) / static_cast<double>(was)));
    left -= std::clamp<Ns>(gone, 0, left);
  }
  for (std::size_t phase = 0; phase < kPhases; ++phase) {
    const Ns then = computing(before, phase), now = computing(cells, phase);
    if (now == then) continue;
    const double left = static_cast<double>(now) / static_cast<double>(then);
    for (const Column column : kFollowing) cells[phase][at(column)] = part_of(cells[phase][at(column)], left);
  }
}

}  // namespace

Ledger ledger_after(const Ledger& ledger, std::span<const Finding* const> order, Amount amount) {
  Ledger after = ledger;
  for (const Finding* const finding : order) apply(after.cells, ledger, *finding, amount);
  after.wall = 0;
  for (const auto& row : after.cells)
    for (const Ns cell : row) after.wall += cell;
  return after;
}

Ns wall_after(const Ledger& ledger, std::span<const Finding* const> order, Amount amount) {
  return ledger_after(ledger, order, amount).wall;
}

Span over_orders(const Ledger& ledger, std::span<const Finding* const> remedies) {
  std::vector<const Finding*> order(remedies.begin(), remedies.end());
  constexpr std::size_t kMost = 4;
  if (order.size() > kMost) order.resize(kMost);
  std::ranges::sort(order);
  Span span{ledger.wall, 0};
  do {
    const Ns wall = wall_after(ledger, order);
    span = {std::min(span.least, wall), std::max(span.most, wall)};
  } while (std::ranges::next_permutation(order).found);
  return span;
}

}  // namespace vivace::doctor
