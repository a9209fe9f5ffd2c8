// One number of each window that slides over all axes of a tensor.
#pragma once

#include "ops/common/op_base.h"

namespace vivace {

/// y = init, then with it the elements of the window, row by row, each by `kind`, rounded after each to the
/// type. `window`, `strides` and `dilations` have a number for each axis; nothing is padded, and what is left
/// behind the last whole window does not count. As REDUCE_WINDOW of TensorFlow Lite
/// (stablehlo_reduce_window.cc).
///
/// inputs: x, of numbers, or of booleans for all and any; init [], of x's type. all and any of numbers give 0
/// or 1; of uint64 they are refused.
struct ReduceWindow : OpBase<ReduceWindow> {
  enum class Kind : std::uint32_t { sum, product, min, max, all, any };
  static constexpr std::string_view kName = "reduce_window";
  static constexpr std::string_view kKinds[] = {"sum", "product", "min", "max", "all", "any"};
  Kind kind = Kind::sum;
  std::vector<std::int64_t> window, strides, dilations;

  void attributes(AttributeVisitor& v) {
    visit_enum(v, "kind", kind, kKinds);
    v("window", window);
    v("strides", strides);
    v("dilations", dilations);
  }
  VIVACE_OP_RULES;
};

}  // namespace vivace
