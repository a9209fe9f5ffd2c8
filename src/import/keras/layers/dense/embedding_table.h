// The tables of Embedding and ReversibleEmbedding, unpacked where Keras quantised them.
#pragma once

#include "import/keras/build/call.h"

namespace vivace::keras {

/// [input_dim, output_dim], the config's.
ValueId embedding_table(Call& call);
/// x [..., output_dim] times every row of the table, [..., input_dim]; of the layer's own reverse table where
/// the two are not tied.
ValueId similarities(Call& call, ValueId x, bool tied);

}  // namespace vivace::keras
