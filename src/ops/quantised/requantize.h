// Integers of one scale as integers of another.
#pragma once

#include "ops/common/op_base.h"
#include "ops/common/quantised/requantisation.h"

namespace vivace {

/// y = end(x - input_zero). inputs: x, int8, uint8, int16 or int32. TensorFlow Lite's quantize of integers
/// has the multiplier x's scale / y's in double, and fixed31.
struct Requantize : OpBase<Requantize> {
  static constexpr std::string_view kName = "requantize";
  std::int64_t input_zero = 0;
  Requantisation end;

  void attributes(AttributeVisitor& v) {
    v("input_zero", input_zero);
    end.attributes(v);
  }
  VIVACE_OP_RULES;
};

}  // namespace vivace
