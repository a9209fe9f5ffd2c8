#include "cpu/common/fused_end.h"

#include "cpu/elementwise/functions.h"

namespace vivace::cpu {

bool can_fuse(const Activation& activation) { return is_numeric(activation.kind); }

kernels::End FusedEnd::at(const Frame& frame) const {
  kernels::End here = end;
  if (bias) here.bias = frame.at<const float>(*bias);
  if (residual) here.residual = frame.at<const float>(*residual);
  return here;
}

FusedEnd fused_end(const Epilogue& epilogue, const NodeView& node, std::size_t columns) {
  FusedEnd result;
  const Ending ending = ending_of(epilogue.activation);
  if (ending.maps) {
    result.end.function = ending.map.function;
    result.end.a = ending.map.a;
    result.end.b = ending.map.b;
  } else {
    result.end.a = ending.low;
    result.end.b = ending.high;
  }
  result.end.residual_last = epilogue.residual_last;
  result.end.residual_stride = columns;
  if (node.has(2)) result.bias = node.inputs[2].address;
  if (node.has(3)) result.residual = node.inputs[3].address;
  return result;
}

}  // namespace vivace::cpu
