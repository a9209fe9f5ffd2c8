// The sizes to which two shapes, given as tensors, broadcast.
#pragma once

#include "ops/common/op_base.h"

namespace vivace {

/// y [n], n the longer input's length: where a size of a is 1, or there is none, that of b, and the other way
/// round; counted from the last ones. As BROADCAST_ARGS of TensorFlow Lite (reference/broadcast_args.h),
/// which ends the process where sizes differ and neither is 1: here that is op.value.
///
/// inputs: a [i], b [j], both int32 or int64.
struct BroadcastSizes : OpBase<BroadcastSizes> {
  static constexpr std::string_view kName = "broadcast_sizes";

  void attributes(AttributeVisitor&) {}
  VIVACE_OP_RULES;
};

}  // namespace vivace
