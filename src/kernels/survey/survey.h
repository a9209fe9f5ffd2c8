// What a tensor's numbers are like: the debug mode's record of every value.
#pragma once

#include <cstddef>

#include "kernels/isa.h"

namespace vivace::kernels {

/// Results of a look at n numbers. Without any finite number or infinity, smallest is +infinity and largest
/// -infinity.
struct Surveyed {
  float smallest, largest;  // NaN left out, infinities not
  std::size_t nans, infinities;
};

struct Survey {
  const float* x;
  std::size_t n;
  Surveyed* result;
};

VIVACE_KERNEL(survey, Survey);

}  // namespace vivace::kernels
