// Boxes: what detectors end in.
#include "base/text.h"
#include "import/tflite/operators/custom/options.h"

namespace vivace::tflite {
namespace {

// An input as float32; numbers that stand for others are dequantised.
ValueId in_floats(Call& call, std::size_t i) {
  const ValueId x = call.weight(i);
  if (call.failed() || is_float(call.dtype(x)) || !call.is_quantised(i)) return x;
  const Quantisation& q = call.quantisation(i);
  const Dequantize op =
      with(Dequantize{}, &Dequantize::scales, std::vector<double>{static_cast<double>(q.scales[0])},
           &Dequantize::zeros, std::vector<std::int64_t>{q.zero_point()});
  return call.add(op, {x}, text("{}_in_floats", i));
}

void postprocess(Call& call) {
  const Named o(call);
  DetectionPostprocess op;
  op.detections = o.integer("max_detections");
  op.classes_per_detection = o.integer("max_classes_per_detection");
  op.detections_per_class = o.integer("detections_per_class", 100);
  op.classes = o.integer("num_classes");
  op.score_threshold = o.number("nms_score_threshold");
  op.overlap_threshold = o.number("nms_iou_threshold");
  op.scales = {o.number("y_scale"), o.number("x_scale"), o.number("h_scale"), o.number("w_scale")};
  op.regular = o.number("use_regular_nms", 0) != 0;
  call.output(call.add_many(op, {in_floats(call, 0), in_floats(call, 1), in_floats(call, 2)}));
}

std::vector<ValueId> suppressed(Call& call, double sigma) {
  const std::int64_t most = call.integer(2);
  if (!call.failed() && (most < 0 || sigma < 0))
    call.mistake(text("{} boxes with a sigma of {}", most, sigma));
  auto made = call.add_many(
      with(NonMaxSuppression{}, &NonMaxSuppression::most, most, &NonMaxSuppression::overlap_threshold,
           call.number(3), &NonMaxSuppression::score_threshold, call.number(4), &NonMaxSuppression::sigma,
           sigma),
      {call.input(0), call.input(1)});
  made.resize(3, kNoValue);
  return made;
}

void suppression(Call& call) {
  const auto made = suppressed(call, 0);
  call.output({made[0], made[2]});
}

void soft_suppression(Call& call) { call.output(suppressed(call, call.number(5))); }

constexpr CustomRule kCustom[] = {{"TFLite_Detection_PostProcess", postprocess}};
constexpr Rule kRules[] = {
    {Code::NON_MAX_SUPPRESSION_V4, suppression, OptionsKind::NonMaxSuppressionV4Options},
    {Code::NON_MAX_SUPPRESSION_V5, soft_suppression, OptionsKind::NonMaxSuppressionV5Options},
};

}  // namespace

std::span<const Rule> detection_rules() { return kRules; }
std::span<const CustomRule> custom_detection_rules() { return kCustom; }

}  // namespace vivace::tflite
