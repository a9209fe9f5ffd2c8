#include "ops/detection/detection_postprocess.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/text.h"
#include "base/try.h"
#include "ops/common/elements/boxes.h"
#include "ops/common/reference.h"
#include "ops/common/shape_rules.h"

namespace vivace {
namespace {

enum Input : std::size_t { kEncodings, kScores, kAnchors };

struct Found {
  std::int64_t anchor, label;
  float score;
};

// The anchors' boxes, computed in double and rounded where TensorFlow Lite rounds.
std::vector<Box> decoded(const DetectionPostprocess& op, std::span<const TensorView> inputs) {
  const TensorView &encodings = inputs[kEncodings], &anchors = inputs[kAnchors];
  std::vector<Box> boxes;
  for (std::int64_t i = 0; i < anchors.dims[0]; ++i) {
    const float* e = encodings.as<float>() + i * encodings.dims[2];
    const float* a = anchors.as<float>() + i * 4;
    const auto centre = [&](std::size_t axis) {
      return static_cast<float>(double{e[axis]} / op.scales[axis] * double{a[axis + 2]} + double{a[axis]});
    };
    const auto half = [&](std::size_t axis) {
      return static_cast<float>(0.5 * std::exp(double{e[axis]} / op.scales[axis]) * double{a[axis]});
    };
    const float y = centre(0), x = centre(1), up = half(2), aside = half(3);
    boxes.push_back({y - up, x - aside, y + up, x + aside});
  }
  return boxes;
}

// The best of these scores whose boxes do not cover each other, at most `most`: their places.
std::vector<std::int64_t> chosen(const DetectionPostprocess& op, const std::vector<Box>& boxes,
                                 const std::vector<float>& scores, std::int64_t most) {
  std::vector<std::int64_t> places, kept;
  for (std::size_t i = 0; i < scores.size(); ++i)
    if (scores[i] >= static_cast<float>(op.score_threshold)) places.push_back(static_cast<std::int64_t>(i));
  const auto score = [&](std::int64_t place) { return scores[static_cast<std::size_t>(place)]; };
  const auto box = [&](std::int64_t place) { return boxes[static_cast<std::size_t>(place)]; };
  std::stable_sort(places.begin(), places.end(), [&](auto a, auto b) { return score(a) > score(b); });
  const auto overlap = static_cast<float>(op.overlap_threshold);
  for (const std::int64_t place : places) {
    if (static_cast<std::int64_t>(kept.size()) >= most) break;
    const auto covers = [&](std::int64_t other) { return share_of_both(box(other), box(place)) > overlap; };
    if (std::none_of(kept.begin(), kept.end(), covers)) kept.push_back(place);
  }
  return kept;
}

class Detector {
 public:
  Detector(const DetectionPostprocess& op, std::span<const TensorView> inputs)
      : op_(op),
        boxes_(decoded(op, inputs)),
        scores_(inputs[kScores].as<float>()),
        columns_(inputs[kScores].dims[2]),
        background_(columns_ - op.classes) {}

  const Box& box(std::int64_t anchor) const { return boxes_[static_cast<std::size_t>(anchor)]; }

  // Each anchor by its best class; an entry for each class that it shows.
  std::vector<Found> fast() const {
    const std::int64_t shown = std::min(op_.classes_per_detection, op_.classes);
    std::vector<std::vector<std::int64_t>> best;
    std::vector<float> greatest;
    for (std::size_t i = 0; i < boxes_.size(); ++i) {
      best.push_back(best_classes(static_cast<std::int64_t>(i), shown));
      greatest.push_back(score(static_cast<std::int64_t>(i), best.back()[0]));
    }
    std::vector<Found> all;
    for (const std::int64_t anchor : chosen(op_, boxes_, greatest, op_.detections))
      for (const std::int64_t label : best[static_cast<std::size_t>(anchor)])
        all.push_back({anchor, label, score(anchor, label)});
    return all;
  }

  // Each class by itself, and the best of all.
  std::vector<Found> regular() const {
    const std::int64_t each = std::min(op_.detections_per_class, op_.detections);
    std::vector<Found> all;
    std::vector<float> scores(boxes_.size());
    const auto better = [](const Found& a, const Found& b) { return a.score > b.score; };
    for (std::int64_t label = 0; label < op_.classes; ++label) {
      for (std::size_t i = 0; i < scores.size(); ++i) scores[i] = score(static_cast<std::int64_t>(i), label);
      const auto before = static_cast<std::ptrdiff_t>(all.size());
      for (const std::int64_t anchor : chosen(op_, boxes_, scores, each))
        all.push_back({anchor, label, scores[static_cast<std::size_t>(anchor)]});
      std::inplace_merge(all.begin(), all.begin() + before, all.end(), better);
      if (static_cast<std::int64_t>(all.size()) > op_.detections)
        all.resize(static_cast<std::size_t>(op_.detections));
    }
    return all;
  }

 private:
  float score(std::int64_t anchor, std::int64_t label) const {
    return scores_[anchor * columns_ + background_ + label];
  }

  std::vector<std::int64_t> best_classes(std::int64_t anchor, std::int64_t count) const {
    std::vector<std::int64_t> labels(static_cast<std::size_t>(op_.classes));
    std::iota(labels.begin(), labels.end(), std::int64_t{0});
    const auto better = [&](std::int64_t a, std::int64_t b) { return score(anchor, a) > score(anchor, b); };
    if (count == 1) {
      std::int64_t best = 0;
      for (const std::int64_t label : labels)
        if (better(label, best)) best = label;
      return {best};
    }
    std::partial_sort(labels.begin(), labels.begin() + count, labels.end(), better);
    labels.resize(static_cast<std::size_t>(count));
    return labels;
  }

  const DetectionPostprocess& op_;
  std::vector<Box> boxes_;
  const float* scores_;
  std::int64_t columns_, background_;
};

}  // namespace

Result<std::vector<Fact>> DetectionPostprocess::infer(std::span<const Fact> inputs) const {
  VIVACE_CHECK_OK(require_inputs(kName, inputs, 3, 3));
  static constexpr const char* kNames[] = {"the encodings", "the scores", "the anchors"};
  for (std::size_t i = 0; i < 3; ++i) {
    VIVACE_CHECK_OK(require_dtype(kName, kNames[i], inputs[i], DType::f32));
    VIVACE_CHECK_OK(require_rank(kName, kNames[i], inputs[i], i == kAnchors ? 2 : 3, i == kAnchors ? 2 : 3));
  }
  const Dims &encodings = inputs[kEncodings].dims, &scores = inputs[kScores].dims;
  const Dim& count = encodings[1];
  VIVACE_CHECK_OK(require_dims(kName, "the encodings", inputs[kEncodings], {1, count, encodings[2]}));
  VIVACE_CHECK_OK(require_dims(kName, "the scores", inputs[kScores], {1, count, scores[2]}));
  VIVACE_CHECK_OK(require_dims(kName, "the anchors", inputs[kAnchors], {count, 4}));
  VIVACE_CHECK_OK(require_number(kName, "detections", detections, 0, 1 << 20));
  VIVACE_CHECK_OK(require_number(kName, "classes_per_detection", classes_per_detection, 1, 1 << 10));
  VIVACE_CHECK_OK(require_number(kName, "detections_per_class", detections_per_class, 0));
  VIVACE_CHECK_OK(require_number(kName, "classes", classes, 1));
  if (!encodings[2].known() || encodings[2].number() < 4 || !scores[2].known() ||
      (scores[2].number() != classes && scores[2].number() != classes + 1))
    return shape_error(kName, text("{} numbers encode a box, and {} score {} classes",
                                   to_text(Dims{encodings[2]}), to_text(Dims{scores[2]}), classes));
  if (scales.size() != 4 || std::any_of(scales.begin(), scales.end(), [](double s) { return !(s > 0); }))
    return attribute_error(kName, "it needs four scales above 0");
  if (!(overlap_threshold > 0 && overlap_threshold <= 1) || !std::isfinite(score_threshold))
    return attribute_error(kName, text("boxes may share {}", overlap_threshold));
  const Dim shown(detections * classes_per_detection);
  return inferred(kName, {Fact::tensor(DType::f32, {1, shown, 4}), Fact::tensor(DType::f32, {1, shown}),
                          Fact::tensor(DType::f32, {1, shown}), Fact::tensor(DType::f32, {1})});
}

Cost DetectionPostprocess::cost(std::span<const Fact> inputs, std::span<const Fact> outputs) const {
  const double count = elements_of(inputs[kAnchors]) / 4;
  return cost_of(count * (2 * kTranscendentalFlops + static_cast<double>(classes)), inputs, outputs);
}

Status DetectionPostprocess::evaluate(std::span<const TensorView> inputs,
                                      std::span<const MutableTensorView> outputs) const {
  const Detector detector(*this, inputs);
  const std::vector<Found> all = regular ? detector.regular() : detector.fast();
  const std::int64_t shown = std::min(classes_per_detection, classes);
  for (const MutableTensorView& output : outputs) std::fill_n(output.as<float>(), output.count(), 0.0F);
  for (std::size_t i = 0; i < all.size(); ++i) {
    auto place = static_cast<std::int64_t>(i);
    if (!regular) place = place / shown * classes_per_detection + place % shown;
    const Box& box = detector.box(all[i].anchor);
    const float corners[] = {box.top, box.left, box.bottom, box.right};
    std::copy(corners, corners + 4, outputs[0].as<float>() + place * 4);
    outputs[1].as<float>()[place] = static_cast<float>(all[i].label);
    outputs[2].as<float>()[place] = all[i].score;
  }
  const auto count = static_cast<std::int64_t>(all.size());
  outputs[3].as<float>()[0] = static_cast<float>(regular ? count : count / shown);
  return {};
}

}  // namespace vivace
