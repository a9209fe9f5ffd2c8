// When a thread waited for a processor: the kernel adds a wait to its account when it is over, and a quota's
// stop when that is, so that both may stand in a later slice than the time that they took.
#pragma once

#include <span>
#include <vector>

#include "doctor/evidence/timeline.h"

namespace vivace::doctor {

struct Wait {
  Ns queued = 0;     // with what a quota stopped it
  Ns throttled = 0;  // of that
};

/// Of each slice what was waited within it. What a slice's own time has no room for was waited just before
/// it.
std::vector<Wait> waits_of(std::span<const Slice> slices);

}  // namespace vivace::doctor
