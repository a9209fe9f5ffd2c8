// A tensor's axes as few as possible: neighbours that are all along the operation, or all not, are one.
#pragma once

#include <algorithm>
#include <optional>

#include "ops/common/elements/axes.h"
#include "ops/common/reference.h"
#include "plan/target.h"

namespace vivace::cpu {

/// x as [outer, along, inner], where the axes along which an operator works lie together.
struct Bands {
  std::int64_t outer = 1, along = 1, inner = 1;
};

/// Nothing where other axes lie between those named.
inline std::optional<Bands> bands_of(std::span<const std::int64_t> dims, std::span<const std::int64_t> axes) {
  Bands bands;
  bool began = false, ended = false;
  for (std::size_t i = 0; i < dims.size(); ++i) {
    if (dims[i] == 1) continue;
    const bool is_along = std::find(axes.begin(), axes.end(), static_cast<std::int64_t>(i)) != axes.end();
    if (is_along && ended) return std::nullopt;
    if (!is_along && began) ended = true;
    began = began || is_along;
    (is_along ? bands.along : began ? bands.inner : bands.outer) *= dims[i];
  }
  return bands;
}

}  // namespace vivace::cpu
