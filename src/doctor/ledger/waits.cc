#include "doctor/ledger/waits.h"

#include <algorithm>

namespace vivace::doctor {

std::vector<Wait> waits_of(std::span<const Slice> slices) {
  std::vector<Wait> waits(slices.size());
  Ns queued = 0, stopped = 0;  // told in later slices, and not yet placed
  for (std::size_t i = slices.size(); i-- > 0;) {
    const Slice& slice = slices[i];
    const Ns span = slice.end - slice.start, room = span - std::min(slice.run, span);
    queued += slice.queued;
    waits[i].queued = std::min(queued, room);
    queued -= waits[i].queued;
    // A stop is counted once a processor, which may be more than the thread stood still: what a stop of that
    // length cannot have reached is not carried further.
    const Ns reach = std::max<Ns>(0, std::max(slice.throttled, stopped) - room);
    stopped += slice.throttled;
    waits[i].throttled = std::min(stopped, waits[i].queued);
    stopped = std::min(stopped - waits[i].throttled, reach);
  }
  return waits;
}

}  // namespace vivace::doctor
