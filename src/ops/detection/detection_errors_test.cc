// Wrong operators on boxes, as a damaged or hostile file would hold them: each is refused with a typed error.
#include <doctest/doctest.h>

#include <cmath>
#include <functional>

#include "ops/detection/detection_postprocess.h"
#include "ops/detection/non_max_suppression.h"
#include "support/op_errors.h"

using namespace vivace;
using namespace vivace::testing;

namespace {

DetectionPostprocess detector(const std::function<void(DetectionPostprocess&)>& spoil = [](auto&) {}) {
  DetectionPostprocess op;
  op.classes = 3;
  spoil(op);
  return op;
}

NonMaxSuppression suppression(const std::function<void(NonMaxSuppression&)>& spoil = [](auto&) {}) {
  NonMaxSuppression op;
  spoil(op);
  return op;
}

}  // namespace

TEST_CASE("a detector's end refuses counts, scales and thresholds that cannot be") {
  const std::vector<Fact> good = {f32({1, 9, 4}), f32({1, 9, 4}), f32({9, 4})};
  using D = DetectionPostprocess;
  check_accepted(detector(), good);
  check_errors({
      {detector([](D& d) { d.detections = -1; }), good, "op.attribute"},
      {detector([](D& d) { d.detections = kHuge; }), good, "op.attribute"},
      {detector([](D& d) { d.classes_per_detection = 0; }), good, "op.attribute"},
      {detector([](D& d) { d.detections_per_class = -2; }), good, "op.attribute"},
      {detector([](D& d) { d.classes = 0; }), good, "op.attribute"},
      {detector([](D& d) { d.classes = 5; }), good, "op.shape"},
      {detector([](D& d) { d.classes = 2; }), good, "op.shape"},
      {detector([](D& d) {
         d.scales = {1, 1, 1};
       }),
       good, "op.attribute"},
      {detector([](D& d) { d.scales[2] = 0; }), good, "op.attribute"},
      {detector([](D& d) { d.scales[0] = NAN; }), good, "op.attribute"},
      {detector([](D& d) { d.overlap_threshold = 0; }), good, "op.attribute"},
      {detector([](D& d) { d.overlap_threshold = 1.5; }), good, "op.attribute"},
      {detector([](D& d) { d.score_threshold = NAN; }), good, "op.attribute"},
      {detector(), {f32({1, 9, 3}), good[1], good[2]}, "op.shape"},
      {detector(), {good[0], f32({1, 8, 4}), good[2]}, "op.shape"},
      {detector(), {f32({2, 9, 4}), good[1], good[2]}, "op.shape"},
      {detector(), {good[0], good[1], f32({8, 4})}, "op.shape"},
      {detector(), {good[0], good[1], f32({9, 5})}, "op.shape"},
      {detector(), {good[0], good[1]}, "op.inputs"},
      {detector(), {Fact::tensor(DType::u8, {1, 9, 4}), good[1], good[2]}, "op.dtype"},
  });
}

TEST_CASE("suppression refuses counts and thresholds that cannot be") {
  const std::vector<Fact> good = {f32({9, 4}), f32({9})};
  using S = NonMaxSuppression;
  check_accepted(suppression(), good);
  check_errors({
      {suppression([](S& s) { s.most = -1; }), good, "op.attribute"},
      {suppression([](S& s) { s.most = kHuge; }), good, "op.attribute"},
      {suppression([](S& s) { s.sigma = -1; }), good, "op.attribute"},
      {suppression([](S& s) { s.sigma = INFINITY; }), good, "op.attribute"},
      {suppression([](S& s) { s.overlap_threshold = NAN; }), good, "op.attribute"},
      {suppression(), {f32({9, 5}), good[1]}, "op.shape"},
      {suppression(), {f32({8, 4}), good[1]}, "op.shape"},
      {suppression(), {f32({9}), good[1]}, "op.rank"},
      {suppression(), {good[0]}, "op.inputs"},
  });
}
