// What the wall becomes when several remedies are taken one after the other: they are not independent.
#pragma once

#include <span>

#include "doctor/findings/finding.h"

namespace vivace::doctor {

struct Span {
  Ns least = 0, most = 0;
};

/// What is left after these remedies, in this order; each saves its expected, least or most amount. What is
/// left of a phase waits for processors and quotas in proportion to what it still computes, and so does the
/// time of which nothing is known.
enum class Amount : std::uint8_t { expected, least, most };
Ledger ledger_after(const Ledger& ledger, std::span<const Finding* const> order,
                    Amount amount = Amount::expected);
Ns wall_after(const Ledger& ledger, std::span<const Finding* const> order, Amount amount = Amount::expected);

/// The same over all orders of them: what a remedy saves depends on what was mended before it. At most four.
Span over_orders(const Ledger& ledger, std::span<const Finding* const> remedies);

}  // namespace vivace::doctor
