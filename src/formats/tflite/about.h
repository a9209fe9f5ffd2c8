// What a TensorFlow Lite file's metadata say about the model, checked. Nothing computes with it: it tells how
// pictures are to be normalised and where the names of classes lie.
#pragma once

#include <string>
#include <vector>

#include "base/bytes.h"
#include "vivace/card.h"
#include "vivace/result.h"

namespace vivace::tflite {

struct About {
  /// Without quantisation and labels. As many inputs and outputs as the metadata have.
  ModelCard card;
  /// By output: the file behind the model that names the places along its last axis; "" where there is none.
  std::vector<std::string> label_files;
};

/// The contents of the buffer TFLITE_METADATA, as far as they are about the first subgraph. Errors:
/// tflite.metadata.
Result<About> read_about(Bytes metadata);

}  // namespace vivace::tflite
