// Whether two engines gave the same numbers: the limits of docs/cli.md, "check --against".
#pragma once

#include <string>

#include "vivace/tensor.h"

namespace vivace::cli {

struct Comparison {
  double difference = 0;   // the largest, over all elements; NaN matches NaN, infinities match themselves
  double range = 0;        // the largest finite magnitude of theirs
  double share = 0;        // difference / range
  std::int64_t rows = 0;   // of the last axis, with a margin wide enough to tell the first from the second
  std::int64_t other = 0;  // of those, rows whose largest element is another one
  std::string why;         // why it does not hold; empty where it does

  bool holds() const { return why.empty(); }
};

/// Floats may differ by `limit` of their range; everything else by nothing.
Comparison compare(const Tensor& mine, const Tensor& theirs, double limit);

}  // namespace vivace::cli
