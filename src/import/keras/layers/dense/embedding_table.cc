#include "import/keras/layers/dense/embedding_table.h"

#include "base/text.h"
#include "import/keras/build/dense_kernel.h"
#include "import/keras/build/packed.h"
#include "ops/common/reference.h"

namespace vivace::keras {
namespace {

struct Table {
  std::int64_t rows, columns;
};

Table size_of_table(Call& call) {
  return {call.config().size("input_dim"), call.config().size("output_dim")};
}

// Low-rank changes that Keras 3's .h5 files keep beside the table.
ValueId adapted(Call& call, ValueId table, const Table& size) {
  if (call.failed() || !call.has_weight("lora_embeddings_a") || !call.has_weight("lora_embeddings_b"))
    return table;
  const std::int64_t rank = call.config().size("lora_rank");
  const double share =
      call.config().number("lora_alpha", static_cast<double>(rank)) / static_cast<double>(rank);
  const ConstantPtr a = call.floats("lora_embeddings_a", {size.rows, rank}, "lora_rank");
  const ConstantPtr b = call.floats("lora_embeddings_b", {rank, size.columns}, "lora_rank");
  if (!a || !b) return kNoValue;
  Tensor sum(call.float_type(), {size.rows, size.columns});
  const TensorView given = call.builder().graph().constant(table)->tensor();
  for (std::int64_t r = 0; r < size.rows; ++r)
    for (std::int64_t c = 0; c < size.columns; ++c) {
      double more = 0;
      for (std::int64_t k = 0; k < rank; ++k)
        more += load(a->tensor(), r * rank + k) * load(b->tensor(), k * size.columns + c);
      store(sum.view(), r * size.columns + c, load(given, r * size.columns + c) + share * more);
    }
  return call.constant(std::move(sum), "embeddings_with_lora");
}

// The quantised table as floats.
Tensor table_of(Call& call, const Table& size) {
  const std::string mode = call.layer().mode("");
  const std::string_view family = family_of(mode);
  if (family != "int8" && family != "int4") {
    call.config().mistake("dtype", text("a policy of Keras for tables: \"{}\" is none", mode.substr(0, 40)));
    return {};
  }
  Tensor table = whole_numbers(call, "embeddings", size.rows, size.columns,
                               family == "int4" ? Halves::columns : Halves::none);
  if (call.failed()) return {};
  if (family == "int4" && block_of(mode) > 0)
    dequantise(call, table, {"embeddings_scale", "embeddings_zero", "g_idx", true});
  else
    divide_lines(call, table, "embeddings_scale", true);
  return table;
}

// The same for [output_dim, input_dim], whose scales belong to columns.
Tensor reverse_table(Call& call, const Table& size) {
  const std::string mode = call.layer().mode("");
  const bool int4 = family_of(mode) == "int4";
  Tensor table =
      whole_numbers(call, "reverse_embeddings", size.columns, size.rows, int4 ? Halves::rows : Halves::none);
  if (call.failed()) return {};
  if (int4 && block_of(mode) > 0)
    dequantise(call, table, {"reverse_embeddings_scale", "reverse_embeddings_zero", "g_idx", false});
  else
    divide_lines(call, table, "reverse_embeddings_scale", false);
  return table;
}

}  // namespace

ValueId embedding_table(Call& call) {
  const Table size = size_of_table(call);
  Weight* known = call.layer().weight("embeddings");
  if (call.failed() || (known && known->unpacked != kNoValue))
    return call.failed() ? kNoValue : known->unpacked;
  ValueId table = kNoValue;
  if (call.layer().mode("").empty()) {
    table = adapted(call, call.weight("embeddings", {size.rows, size.columns}, "input_dim"), size);
  } else {
    Tensor numbers = table_of(call, size);
    if (!call.failed()) table = call.constant(std::move(numbers), "embeddings");
  }
  if (!call.failed()) known->unpacked = table;
  return table;
}

ValueId similarities(Call& call, ValueId x, bool tied) {
  const Table size = size_of_table(call);
  const std::string mode = call.layer().mode("");
  MatMul op = with(MatMul{}, &MatMul::transpose_b, tied);
  ValueId table = kNoValue;
  if (tied) {
    table = embedding_table(call);
  } else if (mode.empty()) {
    table = call.weight("reverse_embeddings", {size.columns, size.rows}, "input_dim");
  } else {
    Tensor numbers = reverse_table(call, size);
    if (!call.failed()) table = call.constant(std::move(numbers), "reverse_embeddings");
  }
  if (call.failed() || !quantises_inputs(call)) return call.add(op, {x, table});
  const Quantised inputs = quantised_inputs(call, x, {call.rank(x) - 1});
  return call.binary(Binary::Kind::divide, call.add(op, {inputs.numbers, table}, "sums"), inputs.scale);
}

}  // namespace vivace::keras
