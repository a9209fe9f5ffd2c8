// Core layers: Dense, Embedding, Masking.
#include "import/keras/build/dense_kernel.h"
#include "import/keras/build/rule.h"
#include "import/keras/layers/dense/embedding_table.h"

namespace vivace::keras {
namespace {

void dense(Call& call) {
  const ValueId x = call.float_input();
  const std::int64_t units = call.config().size("units");
  const KernelPlace place{"", call.layer().mode(""), {call.size(x, -1), units}, call.size(x, -1), "units"};
  const DenseKernel kernel = dense_kernel(call, place);
  call.output(call.activated(product(call, x, kernel, place, call.bias(units, "units"))));
}

// An index before the first counts from the end in Keras 3, and is an error in Keras 2.
ValueId rows_of(Call& call, ValueId table, ValueId words) {
  const bool whole = call.dtype(words) == DType::i32 || call.dtype(words) == DType::i64;
  const ValueId indices = whole ? words : call.cast(words, DType::i32);
  return call.add(with(Gather{}, &Gather::axis, 0, &Gather::wrap_negative, call.era() >= 3),
                  {table, indices});
}

void embedding(Call& call) {
  const ValueId words = call.input();
  const ValueId rows = rows_of(call, embedding_table(call), words);
  if (!call.config().flag("mask_zero", false)) return call.output(rows, kNoValue);
  const ValueId zero = call.scalar(0, call.dtype(words));
  call.output(rows, call.binary(Binary::Kind::not_equal, words, zero, "mask"));
}

// In reverse: how alike every row of the table is to x. Its config is checked where no call is in reverse,
// too.
void reversible_embedding(Call& call) {
  const bool capped = call.config().has("logit_soft_cap"), tied = call.config().flag("tie_weights", true);
  const double highest = capped ? call.config().number("logit_soft_cap") : 0;
  const std::string_view type = call.config().text("reverse_dtype");
  const auto chosen = dtype_named(type);
  if (!type.empty() && (!chosen || !is_float(*chosen)))
    call.config().mistake("reverse_dtype", "a type of floats, or null");
  if (!call.flag_option("reverse", 1, false)) return embedding(call);
  ValueId logits = similarities(call, call.float_input(), tied);
  if (capped) {
    const ValueId cap = call.scalar(highest);
    const ValueId share = call.binary(Binary::Kind::divide, logits, cap, "share_of_cap");
    logits = call.binary(Binary::Kind::multiply, call.unary(UnaryKind::tanh, share, "bent"), cap, "capped");
  }
  if (type.empty() || call.failed()) return call.output(logits, kNoValue);
  call.output_as(call.cast(logits, carrier_of(*chosen), "reverse_dtype"), *chosen);
}

// A step counts unless all its features have the mask's value; steps that do not count become zeros.
void masking(Call& call) {
  const ValueId x = call.float_input();
  const ValueId value = call.scalar(call.config().number("mask_value", 0));
  const ValueId differs = call.binary(Binary::Kind::not_equal, x, value, "differs");
  const Sizes last{call.rank(x) - 1};
  const ValueId kept = call.add(
      with(Reduce{}, &Reduce::kind, Reduce::Kind::any, &Reduce::axes, last, &Reduce::keep_dims, true),
      {differs}, "kept");
  const ValueId y = call.binary(Binary::Kind::multiply, x, call.cast(kept, call.float_type(), "kept_float"));
  call.output(
      y, call.add(with(Reduce{}, &Reduce::kind, Reduce::Kind::any, &Reduce::axes, last), {differs}, "mask"));
}

constexpr Rule kRules[] = {
    {"Dense", dense, "kernel bias?use_bias", Masks::pass},
    {"Embedding", embedding, "embeddings"},
    {"ReversibleEmbedding", reversible_embedding, "embeddings reverse_embeddings?-tie_weights"},
    {"Masking", masking, ""},
};

}  // namespace

std::span<const Rule> core_rules() { return kRules; }

}  // namespace vivace::keras
