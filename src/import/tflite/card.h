// What a file says about its inputs and outputs besides their computation: quantisation, and its metadata.
#pragma once

#include <span>

#include "formats/tflite/tflite.h"
#include "vivace/card.h"

namespace vivace::tflite {

/// Of the subgraph's tensors that became inputs and outputs of a graph, in that order. Metadata that cannot
/// be believed are left out, and `ignored` says why: no model is refused for them.
ModelCard card_of(const Model& model, std::size_t subgraph, std::span<const std::int32_t> inputs,
                  std::span<const std::int32_t> outputs);

}  // namespace vivace::tflite
