// How numbers near zero count while a model runs.
#pragma once

#include <immintrin.h>

namespace vivace {

/// While it lives, denormals count as zero on this thread (x86's FTZ and DAZ); then the setting from before
/// comes back.
class FlushDenormals {
 public:
  FlushDenormals() : saved_(_mm_getcsr()) { _mm_setcsr(saved_ | 0x8040u); }
  ~FlushDenormals() { _mm_setcsr(saved_); }
  FlushDenormals(const FlushDenormals&) = delete;
  FlushDenormals& operator=(const FlushDenormals&) = delete;

 private:
  unsigned saved_;
};

}  // namespace vivace
