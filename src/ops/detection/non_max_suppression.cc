#include "ops/detection/non_max_suppression.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <queue>

#include "base/text.h"
#include "base/try.h"
#include "ops/common/elements/boxes.h"
#include "ops/common/reference.h"
#include "ops/common/shape_rules.h"

namespace vivace {
namespace {

struct Candidate {
  std::size_t place;
  float score;
  std::size_t compared;  // with so many of those taken

  friend bool operator<(const Candidate& a, const Candidate& b) { return a.score < b.score; }
};

class Suppression {
 public:
  Suppression(const NonMaxSuppression& op, std::span<const TensorView> inputs)
      : overlap_(static_cast<float>(op.overlap_threshold)),
        least_(static_cast<float>(op.score_threshold)),
        decay_(op.sigma > 0 ? static_cast<float>(-0.5 / static_cast<double>(static_cast<float>(op.sigma)))
                            : 0) {
    const float* corners = inputs[0].as<float>();
    for (std::int64_t i = 0; i < inputs[0].dims[0]; ++i) {
      const float* c = corners + i * 4;
      boxes_.push_back(Box{c[0], c[1], c[2], c[3]}.in_order());
      const float score = inputs[1].as<float>()[i];
      if (score > least_) waiting_.push({static_cast<std::size_t>(i), score, 0});
    }
  }

  std::vector<Candidate> taken(std::int64_t most) {
    const std::size_t wanted = std::min(waiting_.size(), static_cast<std::size_t>(most));
    while (taken_.size() < wanted && !waiting_.empty()) {
      Candidate next = waiting_.top();
      waiting_.pop();
      const float before = next.score;
      if (is_covered(next)) continue;
      next.compared = taken_.size();
      if (next.score == before) taken_.push_back(next);
      if (next.score > least_) waiting_.push(next);  // one that was taken covers itself, if it is not empty
    }
    return std::move(taken_);
  }

 private:
  // Compares with those taken since it was last compared, from the latest on.
  bool is_covered(Candidate& next) const {
    for (std::size_t j = taken_.size(); j-- > next.compared;) {
      const float shared = share_of_both(boxes_[next.place], boxes_[taken_[j].place]);
      if (shared >= overlap_) return true;
      if (decay_ != 0) next.score *= std::exp(decay_ * shared * shared);
      if (next.score <= least_) break;
    }
    return false;
  }

  float overlap_, least_, decay_;
  std::vector<Box> boxes_;
  std::priority_queue<Candidate, std::deque<Candidate>> waiting_;
  std::vector<Candidate> taken_;
};

}  // namespace

Result<std::vector<Fact>> NonMaxSuppression::infer(std::span<const Fact> inputs) const {
  VIVACE_CHECK_OK(require_inputs(kName, inputs, 2, 2));
  VIVACE_CHECK_OK(require_dtype(kName, "the boxes", inputs[0], DType::f32));
  VIVACE_CHECK_OK(require_dtype(kName, "the scores", inputs[1], DType::f32));
  VIVACE_CHECK_OK(require_rank(kName, "the boxes", inputs[0], 2, 2));
  VIVACE_CHECK_OK(require_rank(kName, "the scores", inputs[1], 1, 1));
  VIVACE_CHECK_OK(require_dims(kName, "the boxes", inputs[0], {inputs[1].dims[0], 4}));
  VIVACE_CHECK_OK(require_number(kName, "most", most, 0));
  if (!(sigma >= 0) || !std::isfinite(sigma) || std::isnan(overlap_threshold) || std::isnan(score_threshold))
    return attribute_error(
        kName, text("sigma is {}, the thresholds are {} and {}", sigma, overlap_threshold, score_threshold));
  return inferred(kName, {Fact::tensor(DType::i32, {most}), Fact::tensor(DType::f32, {most}),
                          Fact::tensor(DType::i32, {})});
}

Cost NonMaxSuppression::cost(std::span<const Fact> inputs, std::span<const Fact> outputs) const {
  return cost_of(16 * elements_of(inputs[1]) * static_cast<double>(most), inputs, outputs);
}

Status NonMaxSuppression::evaluate(std::span<const TensorView> inputs,
                                   std::span<const MutableTensorView> outputs) const {
  const std::vector<Candidate> taken = Suppression(*this, inputs).taken(most);
  auto* places = outputs[0].as<std::int32_t>();
  auto* scores = outputs[1].as<float>();
  std::fill_n(places, most, 0);
  std::fill_n(scores, most, 0.0F);
  for (const Candidate& one : taken) {
    *places++ = static_cast<std::int32_t>(one.place);
    *scores++ = one.score;
  }
  outputs[2].as<std::int32_t>()[0] = static_cast<std::int32_t>(taken.size());
  return {};
}

}  // namespace vivace
