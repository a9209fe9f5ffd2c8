#include "doctor/collect/slices.h"

namespace vivace::doctor {

void join(Slice& slice, const Slice& part) {
  slice.end = part.end;
  slice.run += part.run, slice.queued += part.queued, slice.throttled += part.throttled;
  slice.others_run += part.others_run, slice.system += part.system;
  slice.minor_faults += part.minor_faults, slice.major_faults += part.major_faults;
  for (std::size_t phase = 0; phase < kPhases; ++phase) {
    slice.phase[phase] += part.phase[phase];
    for (std::size_t code = 0; code < kCodes; ++code) slice.samples[phase][code] += part.samples[phase][code];
    for (std::size_t in = 0; in < kBlockeds; ++in) slice.blocked[phase][in] += part.blocked[phase][in];
  }
}

void Slices::add(const Slice& part) {
  if (!slices_.empty() && slices_.back().end - slices_.back().start < width_)
    return join(slices_.back(), part);
  if (slices_.size() >= kMostSlices) {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < slices_.size(); i += 2, ++kept) {
      slices_[kept] = slices_[i];
      if (i + 1 < slices_.size()) join(slices_[kept], slices_[i + 1]);
    }
    slices_.resize(kept);
    width_ *= 2;
  }
  slices_.push_back(part);
}

Slice& Slices::last() {
  if (slices_.empty()) slices_.emplace_back();
  return slices_.back();
}

}  // namespace vivace::doctor
