#include "ops/linear/attention.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/text.h"
#include "base/try.h"
#include "ops/common/reference.h"
#include "ops/common/shape_rules.h"

namespace vivace {
namespace {

// One row of scores, [S], becomes its softmax. A row whose greatest is -infinity is NaN, as in TensorFlow.
void softmax(std::span<double> row) {
  double greatest = -std::numeric_limits<double>::infinity(), sum = 0;
  for (const double score : row) greatest = std::max(greatest, score);
  for (double& score : row) sum += score = std::exp(score - greatest);
  for (double& score : row) score /= sum;
}

// What the mask and the causal rule make of one score.
class Masking {
 public:
  Masking(const Attention& op, const TensorView* mask, DType dtype) : op_(op), mask_(mask), dtype_(dtype) {}

  bool leaves_out(std::int64_t t, std::int64_t s, std::int64_t place) const {
    if (op_.causal && s > t) return true;
    return mask_ && mask_->dtype == DType::boolean && load_integer(*mask_, place) == 0;
  }
  double apply(double score, std::int64_t t, std::int64_t s, std::int64_t place) const {
    if (mask_ && mask_->dtype != DType::boolean) score += load(*mask_, place);
    if (!leaves_out(t, s, place)) return score;
    // Rounded as the framework's own sum is, which swallows the score: equal places must stay equal.
    return op_.additive_mask ? round_to(dtype_, score + op_.masked_score) : op_.masked_score;
  }

 private:
  const Attention& op_;
  const TensorView* mask_;
  DType dtype_;
};

}  // namespace

Result<std::vector<Fact>> Attention::infer(std::span<const Fact> inputs) const {
  VIVACE_CHECK_OK(require_inputs(kName, inputs, 3, 4));
  static constexpr const char* kInputs[] = {"the query", "the key", "the value"};
  VIVACE_CHECK_OK(require_float(kName, kInputs[0], inputs[0]));
  for (std::size_t i = 0; i < 3; ++i) {
    VIVACE_CHECK_OK(require_rank(kName, kInputs[i], inputs[i], 4, 4));
    VIVACE_CHECK_OK(require_dtype(kName, kInputs[i], inputs[i], inputs[0].dtype));
  }
  const Dims &q = inputs[0].dims, &k = inputs[1].dims, &v = inputs[2].dims;
  VIVACE_CHECK_OK(require_dims(kName, "the key", inputs[1], {q[0], k[1], k[2], q[3]}));
  VIVACE_CHECK_OK(require_dims(kName, "the value", inputs[2], {q[0], k[1], k[2], v[3]}));
  const Dim &heads = q[2], &groups = k[2];
  if (heads.known() && groups.known() && (groups.number() < 1 || heads.number() % groups.number() != 0))
    return shape_error(
        kName, text("{} query heads do not share {} key heads evenly", heads.number(), groups.number()));
  const Dim batch = more_known(q[0], k[0]);
  const Dims scores = {batch, heads, q[1], more_known(k[1], v[1])};
  if (given(inputs, 3)) {
    const Fact& mask = inputs[3];
    VIVACE_CHECK_OK(require_rank(kName, "the mask", mask, 0, 4));
    if (mask.dtype != DType::boolean) VIVACE_CHECK_OK(require_float(kName, "the mask", mask));
    for (std::size_t i = 0; i < mask.dims.size(); ++i) {
      const Dim &size = mask.dims[mask.dims.size() - 1 - i], &want = scores[3 - i];
      if (size != Dim(1) && !may_equal(size, want))
        return shape_error(kName, text("the mask {} does not broadcast to the scores {}", to_text(mask.dims),
                                       to_text(scores)));
    }
  }
  std::vector<Fact> outputs = {Fact::tensor(inputs[0].dtype, {batch, q[1], heads, v[3]})};
  if (return_scores) outputs.push_back(Fact::tensor(inputs[0].dtype, scores));
  return inferred(kName, std::move(outputs));
}

Cost Attention::cost(std::span<const Fact> inputs, std::span<const Fact> outputs) const {
  const Dims &q = inputs[0].dims, &k = inputs[1].dims, &v = inputs[2].dims;
  const double scores = elements_of(Dims{q[0], q[1], q[2], k[1]});
  const double depth = elements_of(Dims{q[3]}) + elements_of(Dims{v[3]});
  return cost_of(scores * (2 * depth + kTranscendentalFlops + 4), inputs, outputs);
}

Status Attention::evaluate(std::span<const TensorView> inputs,
                           std::span<const MutableTensorView> outputs) const {
  const auto q_dims = inputs[0].dims, k_dims = inputs[1].dims;
  const std::int64_t batch = q_dims[0], queries = q_dims[1], heads = q_dims[2], depth = q_dims[3];
  const std::int64_t keys = k_dims[1], groups = k_dims[2], width = inputs[2].dims[3];
  const std::vector<double> q = load_all(inputs[0]), k = load_all(inputs[1]), v = load_all(inputs[2]);
  const Shape score_dims = {batch, heads, queries, keys};
  const bool masked = given(inputs, 3);
  const Shape mask_strides = masked ? broadcast_strides(inputs[3].dims, score_dims) : Shape(4, 0);
  const Masking masking(*this, masked ? &inputs[3] : nullptr, inputs[0].dtype);
  std::vector<double> row(static_cast<std::size_t>(keys)), sums(static_cast<std::size_t>(width));

  std::vector<bool> left_out(row.size());
  Walk walk(score_dims, {mask_strides});
  const auto attend = [&](std::int64_t b, std::int64_t h, std::int64_t t) {
    const std::int64_t g = h / (heads / groups);
    const double* query = q.data() + ((b * queries + t) * heads + h) * depth;
    std::fill(left_out.begin(), left_out.end(), false);
    for (std::int64_t s = 0; s < keys; ++s, walk.next()) {
      const double* key = k.data() + ((b * keys + s) * groups + g) * depth;
      double score = 0;
      for (std::int64_t i = 0; i < depth; ++i) score += query[i] * key[i];
      row[static_cast<std::size_t>(s)] = masking.apply(score * scale, t, s, walk[0]);
      left_out[static_cast<std::size_t>(s)] = zero_masked && masking.leaves_out(t, s, walk[0]);
    }
    softmax(row);
    std::fill(sums.begin(), sums.end(), 0.0);
    for (std::int64_t s = 0; s < keys; ++s) {
      const double weight = left_out[static_cast<std::size_t>(s)] ? 0 : row[static_cast<std::size_t>(s)];
      const double* value = v.data() + ((b * keys + s) * groups + g) * width;
      for (std::size_t e = 0; e < sums.size(); ++e) sums[e] += weight * value[e];
      if (return_scores) store(outputs[1], ((b * heads + h) * queries + t) * keys + s, weight);
    }
    for (std::int64_t e = 0; e < width; ++e)
      store(outputs[0], ((b * queries + t) * heads + h) * width + e, sums[static_cast<std::size_t>(e)]);
  };
  for (std::int64_t b = 0; b < batch; ++b)
    for (std::int64_t h = 0; h < heads; ++h)
      for (std::int64_t t = 0; t < queries; ++t) attend(b, h, t);
  return {};
}

}  // namespace vivace
