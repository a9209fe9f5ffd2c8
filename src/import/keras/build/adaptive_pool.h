// Pooling to a given size.
#pragma once

#include "import/keras/build/call.h"

namespace vivace::keras {

/// x [N, spatial..., C] with `sizes` places along its spatial axes, whose sizes must be known: place i is the
/// maximum or average of [floor(i in/out), ceil((i+1) in/out)).
ValueId adaptive_pool(Call& call, ValueId x, Pool::Kind kind, const Sizes& sizes);

}  // namespace vivace::keras
