// Weights that older releases, Theano and cuDNN laid out otherwise.
#pragma once

#include "import/keras/weights/weight_source.h"

namespace vivace::keras {

/// In how many arrays each of a layer's weights was saved: Keras 1 kept one for each gate of a recurrent
/// layer, all others keep one.
std::size_t saved_parts(const Layer& layer, const SavedBy& saved_by);

/// Tells every bound weight of `network` how to be put into today's layout: gates side by side, kernels
/// [k..., in, out], cuDNN's two biases as one.
void restore_layouts(Network& network, const SavedBy& saved_by);

}  // namespace vivace::keras
