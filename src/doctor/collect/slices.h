// The time line of a run of any length in a bounded number of slices: when there are too many, neighbours
// join.
#pragma once

#include <vector>

#include "doctor/evidence/evidence.h"

namespace vivace::doctor {

/// Adds what `part` holds to `slice`, whose end becomes the part's.
void join(Slice& slice, const Slice& part);

class Slices {
 public:
  /// Appends a stretch that begins where the last one ended.
  void add(const Slice& part);
  /// The slice that is being filled; samples that come in late go there.
  Slice& last();
  std::vector<Slice> take() { return std::move(slices_); }

 private:
  std::vector<Slice> slices_;
  Ns width_ = 20'000'000;  // of a full slice; doubles when there are too many
};

}  // namespace vivace::doctor
