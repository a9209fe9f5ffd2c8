// Rows of a table, weighted and summed for each place of a sparse tensor of ids.
#pragma once

#include "ops/common/op_base.h"

namespace vivace {

/// y [sizes..., e...] = 0, then for every i in order: y[indices[i, 0], ..., indices[i, k - 2], :] +=
/// weights[i] table[ids[i], :]. With the combiner mean each run of neighbouring i of one place is divided by
/// the sum of its weights, with sqrtn by the root of the sum of their squares, when the next run begins. As
/// EMBEDDING_LOOKUP_SPARSE of TensorFlow Lite (embedding_lookup_sparse.cc).
///
/// inputs: ids [n] and indices [n, k], both int32; weights [n] and table [rows, e...], both float32. `sizes`
/// are k - 1. Ids and indices outside give the error op.index when run.
struct SparseEmbedding : OpBase<SparseEmbedding> {
  enum class Combiner : std::uint32_t { sum, mean, sqrtn };
  static constexpr std::string_view kName = "sparse_embedding";
  static constexpr std::string_view kCombiners[] = {"sum", "mean", "sqrtn"};
  Combiner combiner = Combiner::sum;
  std::vector<std::int64_t> sizes;

  void attributes(AttributeVisitor& v) {
    visit_enum(v, "combiner", combiner, kCombiners);
    v("sizes", sizes);
  }
  VIVACE_OP_RULES;
};

}  // namespace vivace
