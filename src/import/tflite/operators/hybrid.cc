// Dynamic range: float activations that the run makes integers of, a scale a row, to meet 8-bit weights.
#include "base/text.h"
#include "import/tflite/build/constants.h"
#include "import/tflite/operators/families.h"

namespace vivace::tflite {
namespace {

// Integers, scales and zero points of rows: what lies under one place of the leading axes.
std::vector<ValueId> quantised_rows(Call& call, ValueId x, std::int64_t leading, bool asymmetric) {
  auto rows = call.add_many(
      with(DynamicQuantize{}, &DynamicQuantize::leading, leading, &DynamicQuantize::asymmetric, asymmetric),
      {x}, "integers");
  rows.resize(3, kNoValue);
  return rows;
}

HybridEnd end_of_weights(Call& call, bool weights_scale_first) {
  HybridEnd end;
  const auto scales = call.quantisation(1).scales;
  end.weights_scales.assign(scales.begin(), scales.end());
  end.weights_scale_first = weights_scale_first;
  return end;
}

}  // namespace

bool is_dynamic_range(Call& call) {
  if (call.builder().dynamic_range_float() || !call.has(0) || !call.has(1)) return false;
  const Quantisation& q = call.quantisation(1);
  if (call.tensor(0).type != Type::f32 || q.scales.empty()) return false;
  for (const std::int64_t zero : q.zero_points)
    if (zero != 0) return false;
  const ConstantPtr weights = call.stored(1);
  return weights && weights->dtype() == DType::i8;
}

ValueId dynamic_rows(Call& call, ValueId rows, bool asymmetric, ValueId bias) {
  if (call.rank(rows) < 1) call.mistake("its input has no axes");
  if (call.failed()) return kNoValue;
  const auto x = quantised_rows(call, rows, call.rank(rows) - 1, asymmetric);
  const HybridMatMul op =
      with(HybridMatMul{}, &HybridMatMul::transpose_b, true, &HybridMatMul::end, end_of_weights(call, false));
  return call.add(op, {x[0], call.input(1), x[1], x[2], bias});
}

ValueId dynamic_product(Call& call, ValueId rows) {
  const auto& o = call.options<schema::FullyConnectedOptions>();
  return dynamic_rows(call, rows, o.asymmetric_quantize_inputs(), call.optional_weight(2));
}

ValueId product_of_blocks(Call& call, ValueId rows, ValueId weights) {
  if (call.rank(rows) < 1) call.mistake("its input has no axes");
  if (call.failed()) return kNoValue;
  const std::int64_t leading = call.rank(rows) - 1;
  const auto x = quantised_rows(call, rows, leading, true);
  const ValueId zeros = with_axes(call, call.cast(x[2], DType::f32, "zeros"), {leading}, "zeros");
  const ValueId whole =
      call.binary(Binary::Kind::subtract, call.cast(x[0], DType::f32, "whole"), zeros, "from_zero");
  const ValueId sums = call.add(with(MatMul{}, &MatMul::transpose_b, true), {whole, weights}, "sums");
  const ValueId scales = with_axes(call, x[1], {leading}, "scales");
  const ValueId y = call.binary(Binary::Kind::multiply, sums, scales, "scaled");
  return call.has(2) ? call.binary(Binary::Kind::add, y, call.weight(2), "biased") : y;
}

ValueId dynamic_batch_product(Call& call) {
  const auto& o = call.options<schema::BatchMatMulOptions>();
  if (!is_dynamic_range(call)) return kNoValue;
  const ConstantPtr weights = call.stored(1);
  ValueId x = call.input();
  const std::size_t axes = weights->dims().size(), rank = call.dims(x).size();
  if (call.failed() || axes < 2 || rank < axes) return kNoValue;
  for (std::size_t axis = 0; axis + 2 < axes; ++axis)
    if (weights->dims()[axis] != 1) return kNoValue;
  if (o.adj_x()) {
    Sizes order;
    for (std::size_t axis = 0; axis < rank; ++axis) order.push_back(static_cast<std::int64_t>(axis));
    std::swap(order[rank - 2], order[rank - 1]);
    x = call.transpose(x, order, "transposed");
  }
  const ValueId matrix =
      call.reshape(call.input(1), Sizes{weights->dims()[axes - 2], weights->dims()[axes - 1]}, "matrix");
  const auto rows =
      quantised_rows(call, x, static_cast<std::int64_t>(rank) - 1, o.asymmetric_quantize_inputs());
  const HybridMatMul op = with(HybridMatMul{}, &HybridMatMul::transpose_b, o.adj_y(), &HybridMatMul::end,
                               end_of_weights(call, false));
  return call.add(op, {rows[0], matrix, rows[1], rows[2]});
}

// One scale for all weights: rows symmetric, but for depthwise ones. One a channel: asymmetric, and the
// weights' scale is applied before the row's.
ValueId dynamic_convolution(Call& call, const Conv& like, ValueId x, ValueId weights) {
  if (call.failed()) return kNoValue;
  const bool channels = call.quantisation(1).scales.size() > 1;
  const bool depthwise = call.op().code == static_cast<std::int32_t>(Code::DEPTHWISE_CONV_2D);
  const auto rows = quantised_rows(call, x, 1, channels || depthwise);
  HybridConv op = with(HybridConv{}, &HybridConv::strides, like.strides, &HybridConv::dilations,
                       like.dilations, &HybridConv::groups, like.groups, &HybridConv::padding, like.padding);
  op.end = end_of_weights(call, channels && !depthwise);
  return call.add(op, {rows[0], weights, rows[1], rows[2], call.optional_weight(2)});
}

ValueId integer_weight(Call& call, std::size_t i, const Sizes& order) {
  const ConstantPtr held = call.stored(i);
  if (order.empty() || call.failed()) return call.input(i);
  if (!held) return call.transpose(call.input(i), order, "transposed");
  if (held->dims().size() == order.size()) return call.constant(permuted(held, order), call.tensor(i).name);
  call.mistake(text("input {} has {} axes, needs {}", i, held->dims().size(), order.size()));
  return kNoValue;
}

}  // namespace vivace::tflite
