// Layers that stand in several places of a model, and whose weights a file therefore holds once.
#pragma once

#include "import/keras/layer.h"
#include "vivace/result.h"

namespace vivace::keras {

/// Keras marks every place of such a layer with the same number, but loses the mark of a first place that
/// lies in a nested model: puts it back. Errors: import.shared-layer where two places could be meant.
Status restore_marks(Network& network);

}  // namespace vivace::keras
