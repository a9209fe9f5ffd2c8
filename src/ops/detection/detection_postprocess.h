// What single-shot detectors end in: boxes from their distances to anchors, and the best of those that do not
// cover each other.
#pragma once

#include "ops/common/op_base.h"

namespace vivace {

/// inputs, float32: encodings [1, N, 4 or more] (y, x, height, width); scores [1, N, classes, or one more in
/// front for the background]; anchors [N, 4] (y, x, height, width).
/// outputs, float32: boxes [1, D, 4] (top, left, bottom, right), classes [1, D], scores [1, D], and how many
/// there are [1]; the rest is zeros. D is detections times classes_per_detection.
///
/// TensorFlow Lite's TFLite_Detection_PostProcess. Fast: each anchor counts with its best class, and shows
/// its classes_per_detection best. Regular: each class by itself with at most detections_per_class, then the
/// best of all; the first of equals first. A box whose corners are out of order shares nothing with others
/// here; TensorFlow Lite ends the call.
struct DetectionPostprocess : OpBase<DetectionPostprocess> {
  static constexpr std::string_view kName = "detection_postprocess";
  std::int64_t detections = 10, classes_per_detection = 1, detections_per_class = 100, classes = 1;
  double score_threshold = 0, overlap_threshold = 0.5;
  std::vector<double> scales{10, 10, 5, 5};  // of y, x, height and width
  bool regular = false;

  void attributes(AttributeVisitor& v) {
    v("detections", detections);
    v("classes_per_detection", classes_per_detection);
    v("detections_per_class", detections_per_class);
    v("classes", classes);
    v("score_threshold", score_threshold);
    v("overlap_threshold", overlap_threshold);
    v("scales", scales);
    v("regular", regular);
  }
  VIVACE_OP_RULES;
};

}  // namespace vivace
