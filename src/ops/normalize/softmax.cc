#include "ops/normalize/softmax.h"

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "base/try.h"
#include "ops/common/elements/axes.h"
#include "ops/common/reference.h"
#include "ops/common/shape_rules.h"

namespace vivace {
namespace {

// In place.
void softmax(std::vector<double>& row, bool log) {
  double most = -INFINITY, sum = 0;
  for (const double score : row) most = std::max(most, score);
  for (const double score : row) sum += std::exp(score - most);
  for (double& score : row) score = log ? score - most - std::log(sum) : std::exp(score - most) / sum;
}

// Where the mask, spread out to x's sizes, is false.
std::vector<bool> hidden_by(const TensorView& mask, std::span<const std::int64_t> dims) {
  std::vector<bool> hidden(static_cast<std::size_t>(count_of(dims)));
  Walk walk(dims, {broadcast_strides(mask.dims, dims)});
  for (std::size_t i = 0; i < hidden.size(); ++i, walk.next()) hidden[i] = load_integer(mask, walk[0]) == 0;
  return hidden;
}

}  // namespace

Result<std::vector<Fact>> Softmax::infer(std::span<const Fact> inputs) const {
  VIVACE_CHECK_OK(require_inputs(kName, inputs, 1, 2));
  const Fact& x = inputs[0];
  VIVACE_CHECK_OK(require_float(kName, "x", x));
  VIVACE_CHECK_OK(require_axes(kName, axes, x.dims.size()));
  if (axes.empty()) return attribute_error(kName, "axes names no axis");
  if (given(inputs, 1)) {
    VIVACE_CHECK_OK(require_dtype(kName, "the mask", inputs[1], DType::boolean));
    VIVACE_TRY(const Dims both, broadcast_dims(kName, x.dims, inputs[1].dims));
    VIVACE_CHECK_OK(require_dims(kName, "the mask with x", Fact::tensor(DType::boolean, both), x.dims));
  }
  return inferred(kName, {Fact::tensor(x.dtype, x.dims)});
}

Cost Softmax::cost(std::span<const Fact> inputs, std::span<const Fact> outputs) const {
  return cost_of((kTranscendentalFlops + 4) * elements_of(outputs[0]), inputs, outputs);
}

Status Softmax::evaluate(std::span<const TensorView> inputs,
                         std::span<const MutableTensorView> outputs) const {
  const TensorView& x = inputs[0];
  if (x.count() == 0) return {};
  std::vector<double> scores = load_all(x);
  const std::vector<bool> hidden = given(inputs, 1) ? hidden_by(inputs[1], x.dims) : std::vector<bool>();
  for (std::size_t i = 0; i < hidden.size(); ++i)
    if (hidden[i]) scores[i] = masked_score;
  const Places places = places_along(x.dims, axes);
  std::vector<double> row(places.inner.size());
  for (const std::int64_t first : places.outer) {
    for (std::size_t i = 0; i < row.size(); ++i)
      row[i] = scores[static_cast<std::size_t>(first + places.inner[i])];
    softmax(row, log);
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::int64_t place = first + places.inner[i];
      const bool zero = !log && !hidden.empty() && hidden[static_cast<std::size_t>(place)];
      store(outputs[0], place, zero ? 0 : row[i]);
    }
  }
  return {};
}

}  // namespace vivace
