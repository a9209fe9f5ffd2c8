// What a remedy would save, by the models that findings name. All times are nanoseconds off the wall; the
// interval is one that holds in nine of ten cases.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <string_view>

#include "doctor/evidence/timeline.h"

namespace vivace::doctor {

/// How far a prediction can be trusted: what was measured goes away; the same work was measured elsewhere; a
/// law with factors of like programs.
enum class How : std::uint8_t { identity, measured, modelled };
inline constexpr std::array<std::string_view, 3> kHowNames = {"identity", "measured", "modelled"};

struct Gain {
  Ns saved = 0, least = 0, most = 0;
  std::string model;  // by which it was predicted
  How how = How::modelled;
  Ns asked = 0;  // what was saved before others' claims were taken off
};

inline Ns part_of(Ns amount, double share) { return static_cast<Ns>(static_cast<double>(amount) * share); }

/// A wait or a repetition that goes away as a whole: what was measured is what is saved. `doubt` is the share
/// of it that may be something else.
inline Gain identity(Ns amount, double doubt = 0.1) {
  return {amount, part_of(amount, 1 - doubt), part_of(amount, 1 + doubt / 3),
          "identity: the time measured goes away", How::identity};
}

/// Work that becomes `factor` times as fast, by measurement on like programs from `low` to `high` times.
inline Gain amdahl(Ns amount, double factor, double low, double high) {
  const auto saved = [amount](double by) { return part_of(amount, 1 - 1 / std::max(1.0, by)); };
  return {saved(factor), saved(low), saved(high), "Amdahl: that part alone becomes faster", How::modelled};
}

/// A share of some time by the looks that found it: what so few looks cannot tell is in the interval.
struct Share {
  double part = 0, least = 0, most = 0;
};
inline Share share_of_looks(std::int64_t hits, std::int64_t looks) {
  if (looks <= 0) return {};
  const double n = static_cast<double>(looks), part = std::min(1.0, static_cast<double>(hits) / n);
  const double apart = 1.64 * std::sqrt(part * (1 - part) / n) + 1 / n;  // nine of ten cases
  return {part, std::max(0.0, part - apart), std::min(1.0, part + apart)};
}

/// n calls of a fixed cost `a` each become one: n rows then cost `row` each at most, and `row * shrink` when
/// the rows share their overheads.
inline Gain batch_law(std::int64_t n, Ns call, Ns row, double shrink) {
  const auto saved = [&](double share) {
    const Ns joined = call + part_of(row, share) * n;
    return std::max<Ns>(0, call * n - joined);
  };
  return {saved(shrink), saved(std::min(1.0, 2 * shrink + 0.2)), saved(shrink / 4), "batch law: a + c * rows",
          How::modelled};
}

}  // namespace vivace::doctor
