// Attention and AdditiveAttention: no heads and no projections.
#include "import/keras/build/rule.h"
#include "import/keras/layers/attention/ends.h"

namespace vivace::keras {
namespace {

// Scores of a layer that has no heads: sum over features of tanh(q + k), weighted.
ValueId additive_scores(Call& call, const Ends& ends, ValueId before, ValueId after) {
  const std::int64_t rank = call.rank(ends.query.value);
  Sizes queries, keys;
  for (std::int64_t axis = 0; axis + 2 < rank; ++axis) queries.push_back(Reshape::keep(axis));
  keys = queries;
  queries.insert(queries.end(), {Reshape::keep(rank - 2), 1, Reshape::keep(rank - 1)});
  keys.insert(keys.end(), {1, Reshape::keep(rank - 2), Reshape::keep(rank - 1)});
  const ValueId q = call.reshape(ends.query.value, std::move(queries), "query");
  const ValueId k = call.reshape(ends.key.value, std::move(keys), "key");
  ValueId sum = call.binary(Binary::Kind::add, q, k, "query_plus_key");
  if (before != kNoValue) sum = call.binary(Binary::Kind::multiply, sum, before, "scaled");
  ValueId bent = call.unary(UnaryKind::tanh, sum, "tanh");
  if (after != kNoValue) bent = call.binary(Binary::Kind::multiply, bent, after, "weighted");
  return call.add(with(Reduce{}, &Reduce::kind, Reduce::Kind::sum, &Reduce::axes, Sizes{rank}), {bent},
                  "scores");
}

ValueId causal_mask(Call& call, const Ends& ends) {
  return seen_keys(call, call.size(ends.query.value, -2), call.size(ends.key.value, -2), not_later, 0,
                   "causal");
}

// A mask of steps, with an axis of one put in before or behind its last one.
ValueId with_axis(Call& call, ValueId mask, bool before, std::string_view step) {
  Sizes target;
  for (std::int64_t axis = 0; axis + 1 < call.rank(mask); ++axis) target.push_back(Reshape::keep(axis));
  if (before) target.push_back(1);
  target.push_back(Reshape::keep(call.rank(mask) - 1));
  if (!before) target.push_back(1);
  return call.reshape(mask, std::move(target), step);
}

// Softmax of the scores, weighting the values; rows of masked queries become zeros.
// What is left out loses a billion, which swallows the score; so a row with nothing left is uniform.
void weigh(Call& call, const Ends& ends, ValueId scores) {
  constexpr double kLost = -1e9;
  ValueId mask = kNoValue;
  if (ends.value.mask != kNoValue) mask = with_axis(call, ends.value.mask, true, "value_mask");
  if (call.flag_option("use_causal_mask", -1, call.config().flag("causal", false)))
    mask = both(call, mask, causal_mask(call, ends), "mask");
  if (mask != kNoValue) {
    const ValueId less = call.binary(Binary::Kind::add, scores, call.scalar(kLost), "scores_lost");
    scores = call.add(Select{}, {mask, scores, less}, "scores_masked");
  }
  const Sizes last{call.rank(scores) - 1};
  const ValueId weights = call.add(with(Softmax{}, &Softmax::axes, last), {scores}, "weights");
  ValueId y = call.add(MatMul{}, {weights, ends.value.value});
  if (ends.query.mask != kNoValue) {
    const ValueId rows = with_axis(call, ends.query.mask, false, "query_mask");
    y = call.binary(Binary::Kind::multiply, y, call.cast(rows, call.float_type(), "query_mask_float"),
                    "masked");
  }
  call.output(y, ends.query.mask);
  if (call.flag_option("return_attention_scores", -1, false)) call.output(weights, kNoValue);
}

void attention(Call& call) {
  const Ends ends = listed_ends(call);
  const ValueId scale =
      call.config().flag("use_scale", false) ? call.weight("scale", {}, "use_scale") : kNoValue;
  const std::string_view mode = call.config().text("score_mode", "dot");
  if (mode != "dot" && mode != "concat") call.config().mistake("score_mode", "\"dot\" or \"concat\"");
  if (mode == "concat") {
    const ValueId sum = additive_scores(call, ends, scale, kNoValue);
    return weigh(call, ends,
                 call.binary(Binary::Kind::multiply, sum,
                             call.weight("concat_score_weight", {}, "score_mode"), "scaled_scores"));
  }
  ValueId scores =
      call.add(with(MatMul{}, &MatMul::transpose_b, true), {ends.query.value, ends.key.value}, "scores");
  if (scale != kNoValue) scores = call.binary(Binary::Kind::multiply, scores, scale, "scaled_scores");
  weigh(call, ends, scores);
}

void additive_attention(Call& call) {
  const Ends ends = listed_ends(call);
  ValueId scale = kNoValue;
  if (call.config().flag("use_scale", true))
    scale = call.weight("scale", {call.size(ends.query.value, -1)}, "use_scale");
  weigh(call, ends, additive_scores(call, ends, kNoValue, scale));
}

constexpr Rule kRules[] = {
    {"Attention", attention, "scale?use_scale concat_score_weight?score_mode=concat"},
    {"AdditiveAttention", additive_attention, "scale?use_scale"},
};

}  // namespace

std::span<const Rule> bare_attention_rules() { return kRules; }

}  // namespace vivace::keras
