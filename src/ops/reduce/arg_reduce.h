// The place of the largest or smallest element along an axis; the first of equals.
#pragma once

#include "ops/common/op_base.h"

namespace vivace {

/// NaN is never chosen, as in TensorFlow; the place is 0 where there is nothing else. inputs: x. y: `result`
/// (i32 or i64) without `axis`, or with it as 1.
struct ArgReduce : OpBase<ArgReduce> {
  static constexpr std::string_view kName = "arg_reduce";
  bool smallest = false;
  std::int64_t axis = 0;
  bool keep_dims = false;
  DType result = DType::i64;

  void attributes(AttributeVisitor& v) {
    v("smallest", smallest);
    v("axis", axis);
    v("keep_dims", keep_dims);
    v("result", result);
  }
  VIVACE_OP_RULES;
};

}  // namespace vivace
