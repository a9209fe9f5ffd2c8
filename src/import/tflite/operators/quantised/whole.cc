// Operators of integers that see more than one place: softmax, sums, lengths, pictures, parts.
#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "import/tflite/operators/quantised/spaces.h"

namespace vivace::tflite {
namespace {

ValueId softmax_of(Call& call, double beta, bool logarithm) {
  const ValueId x = call.input();
  call.want_rank(x, 1, 32);
  const Space from = space_of(call);
  return call.add(with(QSoftmax{}, &QSoftmax::input_scale, static_cast<double>(from.scale), &QSoftmax::beta,
                       beta, &QSoftmax::result, output_space(call).dtype, &QSoftmax::logarithm, logarithm),
                  {x});
}

// Its scale and zero point are the operator's own; a file must say the same.
void want_output(Call& call, float scale, std::int64_t zero) {
  const Space y = output_space(call);
  if (!call.failed() && (y.scale != scale || y.zero != zero))
    call.refuse(
        text("its output has the scale {} and zero point {}, not {} and {}", y.scale, y.zero, scale, zero),
        "convert the model again with TensorFlow's converter");
}

void softmax(Call& call) {
  const bool shorts = call.has(0) && call.tensor(0).type == Type::i16;
  const DType y = output_space(call).dtype;
  if (shorts)
    want_output(call, 1.0F / 32768, 0);
  else if (y == DType::i16)
    want_output(call, 1.0F / 65536, -32768);
  else
    want_output(call, 1.0F / 256, range_of(y).low);
  call.output(softmax_of(call, call.options<schema::SoftmaxOptions>().beta(), false));
}

void log_softmax(Call& call) {
  want_output(call, 1.0F / 16, range_of(output_space(call).dtype).high);
  call.output(softmax_of(call, 1, true));
}

void l2_normalization(Call& call) {
  const Space x = space_of(call);
  want_output(call, 1.0F / 128, x.dtype == DType::u8 ? 128 : 0);
  if (call.options<schema::L2NormOptions>().fused_activation_function() != 0)
    return call.refuse("it ends in an activation",
                       "convert the model with the activation as an operator of its own");
  call.output(call.add(with(QL2Normalize{}, &QL2Normalize::input_zero, x.zero), {call.input()}));
}

template <QReduce::Kind kKind>
void reduce(Call& call) {
  const ValueId x = call.input();
  const Space from = space_of(call), y = output_space(call);
  const Sizes axes = call.axes_of(call.integers(1), call.rank(x));
  if (call.failed()) return;
  const double factor = static_cast<double>(from.scale) / static_cast<double>(y.scale);
  Requantisation end = end_between(y, {factor}, {}, {});
  if (!axes.empty() && rounds_as_xnnpack(call, from)) {
    end.rounding = Rounding::float_even;
    end.multipliers = {static_cast<double>(from.scale / y.scale)};
  }
  if (axes.empty()) return call.output(from == y ? x : requantised(call, x, from, end));
  const bool keep = call.options<schema::ReducerOptions>().keep_dims();
  call.output(call.add(with(QReduce{}, &QReduce::kind, kKind, &QReduce::axes, axes, &QReduce::keep_dims, keep,
                            &QReduce::input_zero, from.zero, &QReduce::end, end),
                       {x}));
}

// The output's scale comes in parts, one with each number, so that what is between stays small.
void product(Call& call) {
  const ValueId x = call.input();
  const Space from = space_of(call), y = output_space(call);
  const Sizes axes = call.axes_of(call.integers(1), call.rank(x));
  double count = 1;
  for (const std::int64_t axis : axes) count *= static_cast<double>(call.size(x, axis));
  if (!call.failed() && (from.dtype == DType::u8 || y.dtype != from.dtype))
    call.refuse(text("it takes {} to {}", name_of(call.tensor(0).type), name_of(call.output_tensor().type)),
                "convert the model with activations of int8");
  if (call.failed()) return;
  const double root = std::pow(static_cast<double>(y.scale), 1.0 / std::max(count, 1.0));
  Requantisation end = end_between(y, {static_cast<double>(from.scale) / root}, {}, {});
  end.rounding = Rounding::fixed16;
  const bool keep = call.options<schema::ReducerOptions>().keep_dims();
  call.output(call.add(with(QReduce{}, &QReduce::kind, QReduce::Kind::product, &QReduce::axes, axes,
                            &QReduce::keep_dims, keep, &QReduce::input_zero, from.zero, &QReduce::end, end),
                       {x}));
}

void resize_bilinear(Call& call) {
  const auto& o = call.options<schema::ResizeBilinearOptions>();
  const Resize like = resized_like(call, o.align_corners(), o.half_pixel_centers());
  QResize op = with(QResize{}, &QResize::size, like.size, &QResize::as_xnnpack,
                    rounds_as_xnnpack(call, space_of(call)));
  op.coordinates = like.coordinates == Resize::Coordinates::align_corners
                       ? QResize::Coordinates::align_corners
                   : like.coordinates == Resize::Coordinates::half_pixel ? QResize::Coordinates::half_pixel
                                                                         : QResize::Coordinates::asymmetric;
  call.output(call.add(op, {call.input()}));
}

// Parts of uint8 may differ from the whole in scale and zero point; TensorFlow Lite wants none of int8 to.
void concatenation(Call& call) {
  const auto& o = call.options<schema::ConcatenationOptions>();
  const Space y = output_space(call);
  std::vector<ValueId> parts;
  for (std::size_t i = 0; i < call.input_count() && !call.failed(); ++i) {
    const Space x = space_of(call, i);
    ValueId part = call.input(i);
    if (x != y && x.dtype != DType::u8)
      return call.refuse("its parts have different scales",
                         "convert the model again with TensorFlow's converter");
    if (x != y)
      part = call.add(with(QUnary{}, &QUnary::kind, QUnary::Kind::rescale, &QUnary::input_scale,
                           static_cast<double>(x.scale), &QUnary::input_zero, x.zero, &QUnary::output_scale,
                           static_cast<double>(y.scale), &QUnary::output_zero, y.zero),
                      {part}, text("{}", i));
    parts.push_back(part);
  }
  if (parts.empty()) return call.mistake("it has no inputs");
  const std::int64_t axis = call.axis_of(o.axis(), call.rank(parts[0]));
  call.output(
      activated(call, call.add(with(Concat{}, &Concat::axis, axis), parts), o.fused_activation_function()));
}

constexpr QuantisedRule kRules[] = {
    {Code::SOFTMAX, softmax},
    {Code::LOG_SOFTMAX, log_softmax},
    {Code::L2_NORMALIZATION, l2_normalization},
    {Code::MEAN, reduce<QReduce::Kind::mean>},
    {Code::SUM, reduce<QReduce::Kind::sum>},
    {Code::REDUCE_PROD, product},
    {Code::RESIZE_BILINEAR, resize_bilinear},
    {Code::CONCATENATION, concatenation},
};

}  // namespace

std::span<const QuantisedRule> quantised_whole_rules() { return kRules; }

}  // namespace vivace::tflite
