// Matrix products and tables of vectors.
#include "base/text.h"
#include "import/tflite/operators/families.h"

namespace vivace::tflite {

ValueId rows_of(Call& call, ValueId weights) {
  const auto& o = call.options<schema::FullyConnectedOptions>();
  if (o.weights_format() != 0)
    call.refuse("its weights are shuffled for one kind of processor",
                "convert the model again, without shuffling");
  const ValueId x = call.input();
  call.want_rank(weights, 2, 2);
  const std::int64_t in = call.size(weights, 1);
  const bool fits = call.rank(x) > 0 && call.dims(x).back() == Dim(in);
  const bool as_is = fits && (o.keep_num_dims() || call.rank(x) == 2);
  return as_is || call.failed() ? x : call.reshape(x, Sizes{Reshape::kInfer, in}, "rows");
}

namespace {

void fully_connected(Call& call) {
  const auto& o = call.options<schema::FullyConnectedOptions>();
  if (is_dynamic_range(call)) {
    const ValueId rows = rows_of(call, call.input(1));
    return call.output(activated(call, dynamic_product(call, rows), o.fused_activation_function()));
  }
  const ValueId weights = call.weight(1);
  ValueId x = rows_of(call, weights);
  const bool blocks = call.quantisation(1).block_size > 0 && !call.builder().dynamic_range_float();
  if (blocks)
    return call.output(activated(call, product_of_blocks(call, x, weights), o.fused_activation_function()));
  MatMul op = with(MatMul{}, &MatMul::transpose_b, true);
  op.epilogue.activation = call.activation(o.fused_activation_function());
  call.output(call.add(op, {x, weights, call.optional_weight(2)}));
}

void batch_mat_mul(Call& call) {
  const auto& o = call.options<schema::BatchMatMulOptions>();
  if (const ValueId y = dynamic_batch_product(call); y != kNoValue || call.failed()) return call.output(y);
  const MatMul op = with(MatMul{}, &MatMul::transpose_a, o.adj_x(), &MatMul::transpose_b, o.adj_y());
  call.output(call.add(op, {call.weight(0), call.weight(1)}));
}

void embedding_lookup(Call& call) { call.output(call.add(Gather{}, {call.weight(1), call.input(0)})); }

// The last of the sparse tensor's sizes says how many ids a place may have.
void embedding_lookup_sparse(Call& call) {
  constexpr SparseEmbedding::Combiner kCombiners[] = {
      SparseEmbedding::Combiner::sum, SparseEmbedding::Combiner::mean, SparseEmbedding::Combiner::sqrtn};
  const auto combiner = call.options<schema::EmbeddingLookupSparseOptions>().combiner();
  Sizes sizes = call.integers(2);
  if (combiner < 0 || combiner >= static_cast<int>(std::size(kCombiners)))
    call.mistake(text("its combiner has the number {}", combiner));
  if (!call.failed() && sizes.empty()) call.mistake("its sparse tensor has no axes");
  if (call.failed()) return;
  sizes.pop_back();
  call.output(call.add(with(SparseEmbedding{}, &SparseEmbedding::combiner, kCombiners[combiner],
                            &SparseEmbedding::sizes, sizes),
                       {call.input(0), call.input(1), call.input(3), call.weight(4)}));
}

constexpr Rule kRules[] = {
    {Code::FULLY_CONNECTED, fully_connected, OptionsKind::FullyConnectedOptions},
    {Code::BATCH_MATMUL, batch_mat_mul, OptionsKind::BatchMatMulOptions},
    {Code::EMBEDDING_LOOKUP, embedding_lookup, OptionsKind::NONE, Quantised::moved},
    {Code::EMBEDDING_LOOKUP_SPARSE, embedding_lookup_sparse, OptionsKind::EmbeddingLookupSparseOptions},
};

}  // namespace

std::span<const Rule> linear_rules() { return kRules; }

}  // namespace vivace::tflite
