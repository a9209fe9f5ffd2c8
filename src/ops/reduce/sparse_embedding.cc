#include "ops/reduce/sparse_embedding.h"

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "base/try.h"
#include "ops/common/shape_rules.h"

namespace vivace {
namespace {

using Combiner = SparseEmbedding::Combiner;

// Neighbouring ids of one place.
struct Run {
  float* row = nullptr;
  float weights = 0, squares = 0;
};

void finish(Combiner combiner, const Run& run, std::int64_t width) {
  if (!run.row || combiner == Combiner::sum) return;
  const float divisor = combiner == Combiner::mean ? run.weights : std::sqrt(run.squares);
  for (std::int64_t e = 0; e < width; ++e) run.row[e] /= divisor;
}

Error outside(std::int64_t index, std::int64_t size, std::string_view what) {
  return Error("op.index",
               text("{}: {} {} lies outside the {} there are", SparseEmbedding::kName, what, index, size))
      .fix("check the ids that the model was given");
}

}  // namespace

Result<std::vector<Fact>> SparseEmbedding::infer(std::span<const Fact> inputs) const {
  VIVACE_CHECK_OK(require_inputs(kName, inputs, 4, 4));
  const Fact &ids = inputs[0], &indices = inputs[1], &weights = inputs[2], &table = inputs[3];
  VIVACE_CHECK_OK(require_dtype(kName, "the ids", ids, DType::i32));
  VIVACE_CHECK_OK(require_dtype(kName, "the indices", indices, DType::i32));
  VIVACE_CHECK_OK(require_dtype(kName, "the weights", weights, DType::f32));
  VIVACE_CHECK_OK(require_dtype(kName, "the table", table, DType::f32));
  VIVACE_CHECK_OK(require_rank(kName, "the ids", ids, 1, 1));
  VIVACE_CHECK_OK(require_rank(kName, "the table", table, 2, kMaxRank));
  VIVACE_CHECK_OK(require_numbers(kName, "sizes", sizes, sizes.size(), 0));
  VIVACE_CHECK_OK(require_rank(kName, "the indices", indices, 2, 2));
  VIVACE_CHECK_OK(require_dims(kName, "the indices", indices,
                               {ids.dims[0], Dim(static_cast<std::int64_t>(sizes.size()) + 1)}));
  if (!indices.dims[1].known()) return shape_error(kName, "how many indices a place has is not known");
  VIVACE_CHECK_OK(require_rank(kName, "the weights", weights, 1, 1));
  VIVACE_CHECK_OK(require_dims(kName, "the weights", weights, ids.dims));
  Dims dims(sizes.begin(), sizes.end());
  dims.insert(dims.end(), table.dims.begin() + 1, table.dims.end());
  if (dims.size() > kMaxRank) return rank_error(kName, text("a result of {} axes", dims.size()));
  return inferred(kName, {Fact::tensor(DType::f32, std::move(dims))});
}

Cost SparseEmbedding::cost(std::span<const Fact> inputs, std::span<const Fact> outputs) const {
  double width = 1;
  for (std::size_t axis = 1; axis < inputs[3].dims.size(); ++axis)
    width *= elements_of({&inputs[3].dims[axis], 1});
  return cost_of(2 * width * elements_of(inputs[0]), inputs, outputs);
}

Status SparseEmbedding::evaluate(std::span<const TensorView> inputs,
                                 std::span<const MutableTensorView> outputs) const {
  const TensorView& table = inputs[3];
  const auto *ids = inputs[0].as<std::int32_t>(), *indices = inputs[1].as<std::int32_t>();
  const float *weights = inputs[2].as<float>(), *rows = table.as<float>();
  const std::int64_t width = count_of(table.dims.subspan(1));
  std::fill_n(outputs[0].as<float>(), outputs[0].count(), 0.0F);
  Run run;
  for (std::int64_t i = 0; i < inputs[0].count(); ++i) {
    if (ids[i] < 0 || ids[i] >= table.dims[0]) return outside(ids[i], table.dims[0], "id");
    std::int64_t place = 0;
    for (const std::int64_t size : sizes) {
      if (*indices < 0 || *indices >= size) return outside(*indices, size, "index");
      place = place * size + *indices++;
    }
    ++indices;  // where the id stands among those of its place
    float* const row = outputs[0].as<float>() + place * width;
    if (row != run.row) {
      finish(combiner, run, width);
      run = {row};
    }
    run.weights += weights[i];
    run.squares += weights[i] * weights[i];
    for (std::int64_t e = 0; e < width; ++e) row[e] += rows[ids[i] * width + e] * weights[i];
  }
  finish(combiner, run, width);
  return {};
}

}  // namespace vivace
