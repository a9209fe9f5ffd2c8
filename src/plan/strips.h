// Neighbouring steps run together, a strip of lines at a time: what one makes is used by the next while it is
// still in cache, and never has a place in the arena.
#pragma once

#include <span>
#include <vector>

#include "plan/step.h"

namespace vivace {

/// Steps that can be chained at most.
inline constexpr std::size_t kMostStages = 8;

/// Lines of the last stage that are made at a time, so that the lines between the stages take at most
/// `budget` bytes; 0 where not even the least strip fits.
std::int64_t strip_lines(std::span<const Lines> stages, std::size_t budget);

/// A step of a chain.
struct Stage {
  Step step;  // with line_work
  Lines lines;
};

/// One step from several, each reading only the one before it, whose output nobody else reads; `input` is the
/// first one's, `output` the last one's. Chunks are strips of `strip` lines; a worker that takes neighbouring
/// strips makes no line twice.
Step chain_steps(std::vector<Stage> stages, Address input, Address output, std::int64_t strip);

}  // namespace vivace
