// Functions of one byte as a table of what the operator's reference makes of each.
#pragma once

#include "cpu/emitter.h"

namespace vivace::cpu {

/// Whether the node's result follows from each element alone: input 0 and the output are of these types.
bool is_byte_function(const NodeView& node);

/// A step that looks every byte up. Requires is_byte_function(), and an output of 1 or 4 bytes an element.
Result<Step> emit_byte_table(const NodeView& node);

}  // namespace vivace::cpu
