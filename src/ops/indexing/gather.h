// Rows of a table by number: Embedding, take.
#pragma once

#include "ops/common/op_base.h"

namespace vivace {

/// y[pre..., index..., post...] = table[pre..., indices[index...], post...] along `axis`.
/// inputs: table; indices (integer; float indices are cast by the importer). A negative index counts from the
/// end where `wrap_negative`; any other index outside gives the error op.index when run, as TensorFlow on a
/// CPU.
struct Gather : OpBase<Gather> {
  static constexpr std::string_view kName = "gather";
  std::int64_t axis = 0;
  bool wrap_negative = false;

  void attributes(AttributeVisitor& v) {
    v("axis", axis);
    v("wrap_negative", wrap_negative);
  }
  VIVACE_OP_RULES;
};

}  // namespace vivace
