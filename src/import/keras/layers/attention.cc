// Attention: MultiHeadAttention and GroupQueryAttention with their projections, and the bare Attention
// layers.
#include <cmath>

#include "base/text.h"
#include "import/keras/build/rule.h"

namespace vivace::keras {
namespace {

// x [B,T,D] through a kernel [D,heads,width] to [B,T,heads,width]: one matrix product.
ValueId heads_of(Call& call, ValueId x, std::string_view part, std::int64_t heads, std::int64_t width) {
  const std::string name(part);
  const std::int64_t features = call.size(x, -1);
  ValueId kernel = call.weight(name + "_dense/kernel", {features, heads, width}, "key_dim");
  kernel = call.reshaped(kernel, {features, heads * width});
  ValueId bias = kNoValue;
  if (call.config().flag("use_bias", true))
    bias = call.reshaped(call.weight(name + "_dense/bias", {heads, width}, "key_dim"), {heads * width});
  const ValueId flat = call.add(MatMul{}, {x, kernel, bias}, part);
  return call.reshape(flat, {Reshape::keep(0), Reshape::keep(1), heads, width}, name + "_heads");
}

// y [B,T,heads,width] through a kernel [heads,width,out...] to [B,T,out].
ValueId joined_heads(Call& call, ValueId y, std::int64_t heads, std::int64_t width, const Sizes& out) {
  const std::int64_t outputs = count_of(out);
  Sizes kernel_dims{heads, width};
  kernel_dims.insert(kernel_dims.end(), out.begin(), out.end());
  ValueId kernel = call.reshaped(call.weight("output_dense/kernel", kernel_dims, "output_shape"),
                                 {heads * width, outputs});
  ValueId bias = kNoValue;
  if (call.config().flag("use_bias", true))
    bias = call.reshaped(call.weight("output_dense/bias", out, "output_shape"), {outputs});
  const ValueId flat = call.reshape(y, {Reshape::keep(0), Reshape::keep(1), heads * width}, "joined");
  const ValueId mixed = call.add(MatMul{}, {flat, kernel, bias});
  if (out.size() == 1) return mixed;
  Sizes target{Reshape::keep(0), Reshape::keep(1)};
  target.insert(target.end(), out.begin(), out.end());
  return call.reshape(mixed, std::move(target), "shaped");
}

struct Ends {
  Flow query, value, key;
};

Flow flow_option(Call& call, std::string_view name, int place, std::string_view mask_name,
                 std::size_t input) {
  Flow flow;
  if (const Setting* given = call.option(name, place); given && given->is(Setting::Kind::tensor))
    flow = given->flow;
  if (flow.value == kNoValue && input < call.input_count()) flow = call.inputs()[input];
  if (const ValueId mask = call.tensor_option(mask_name, -1); mask != kNoValue) flow.mask = mask;
  return flow;
}

Ends ends_of(Call& call) {
  Ends ends;
  ends.query = flow_option(call, "query", 0, "query_mask", 0);
  ends.value = flow_option(call, "value", 1, "value_mask", 1);
  ends.key = flow_option(call, "key", 2, "key_mask", 2);
  if (ends.value.value == kNoValue)
    call.fail(Error("import.config", text("layer \"{}\" is called without a value", call.layer().path)));
  if (ends.key.value == kNoValue) ends.key = {ends.value.value, kNoValue};
  for (Flow* flow : {&ends.query, &ends.value, &ends.key}) flow->value = call.cast(flow->value, DType::f32);
  return ends;
}

ValueId both(Call& call, ValueId a, ValueId b, std::string_view step) {
  if (a == kNoValue || b == kNoValue) return a == kNoValue ? b : a;
  return call.binary(Binary::Kind::logical_and, a, b, step);
}

ValueId as_truth(Call& call, ValueId mask) {
  return mask == kNoValue ? mask : call.cast(mask, DType::boolean, "mask_truth");
}

// All masks that there are, as one [B,1,T,S] (or [B,H,T,S] where the caller's own has heads).
ValueId joined_mask(Call& call, const Ends& ends) {
  const Sizes row{Reshape::keep(0), 1, 1, Reshape::keep(1)}, column{Reshape::keep(0), 1, Reshape::keep(1), 1};
  ValueId mask = kNoValue;
  if (ends.query.mask != kNoValue) mask = call.reshape(ends.query.mask, column, "query_mask");
  if (ends.value.mask != kNoValue)
    mask = both(call, mask, call.reshape(ends.value.mask, row, "value_mask"), "mask_of_both");
  if (ends.key.mask != kNoValue)
    mask = both(call, mask, call.reshape(ends.key.mask, row, "key_mask"), "mask_with_key");
  ValueId own = as_truth(call, call.tensor_option("attention_mask", -1));
  if (own != kNoValue && call.rank(own) == 3)
    own = call.reshape(own, {Reshape::keep(0), 1, Reshape::keep(1), Reshape::keep(2)}, "attention_mask");
  return both(call, mask, own, "mask");
}

// Several attention axes are one long one, as long as they are all there are between batch and features.
Flow on_one_axis(Call& call, Flow flow, std::string_view step) {
  if (call.rank(flow.value) <= 3) return flow;
  const std::int64_t rank = call.rank(flow.value);
  if (static_cast<std::int64_t>(call.config().integers("attention_axes").size()) != rank - 2)
    call.refuse("attention along some of several axes",
                "attend along all axes, or fold the others into the batch");
  return {call.reshape(flow.value, {Reshape::keep(0), Reshape::kInfer, Reshape::keep(rank - 1)}, step),
          kNoValue};
}

struct Heads {
  std::int64_t queries, keys, key_width, value_width;
};

void attend(Call& call, const Heads& heads, const Sizes& out) {
  const Ends given = ends_of(call);
  Ends ends{on_one_axis(call, given.query, "query_flat"), on_one_axis(call, given.value, "value_flat"),
            on_one_axis(call, given.key, "key_flat")};
  for (const Flow* flow : {&ends.query, &ends.value, &ends.key}) call.want_rank(flow->value, 3);
  const ValueId q = heads_of(call, ends.query.value, "query", heads.queries, heads.key_width);
  const ValueId k = heads_of(call, ends.key.value, "key", heads.keys, heads.key_width);
  const ValueId v = heads_of(call, ends.value.value, "value", heads.keys, heads.value_width);
  Attention op =
      with(Attention{}, &Attention::scale, 1 / std::sqrt(static_cast<double>(heads.key_width)),
           &Attention::causal, call.flag_option("use_causal_mask", -1, false), &Attention::return_scores,
           call.flag_option("return_attention_scores", -1, false), &Attention::additive_mask, call.era() < 3);
  const bool scores = op.return_scores;
  const auto outputs = call.add_many(op, {q, k, v, joined_mask(call, ends)}, "attention");
  if (outputs.empty()) return;
  ValueId y = joined_heads(call, outputs[0], heads.queries, heads.value_width, out);
  if (call.rank(given.query.value) > 3) {
    Sizes target{Reshape::keep(0)};
    for (std::int64_t axis = 1; axis + 1 < call.rank(given.query.value); ++axis)
      target.push_back(call.size(given.query.value, axis));
    target.push_back(Reshape::keep(2));
    y = call.reshape(y, std::move(target), "unfolded");
  }
  call.output(y, given.query.mask);
  if (scores) call.output(outputs[1], kNoValue);
}

void multi_head(Call& call) {
  const Config& config = call.config();
  const std::int64_t heads = config.size("num_heads"), width = config.size("key_dim");
  Sizes out = config.integers("output_shape");
  if (out.empty()) out = {call.size(call.input(), -1)};
  for (const std::int64_t size : out)
    if (size < 1) config.mistake("output_shape", "sizes of 1 or more");
  attend(call, {heads, heads, width, config.size("value_dim", width)}, out);
}

void grouped_query(Call& call) {
  const Config& config = call.config();
  const std::int64_t queries = config.size("num_query_heads"), keys = config.size("num_key_value_heads");
  const std::int64_t width = config.size("head_dim");
  if (queries % keys != 0) config.mistake("num_query_heads", "a multiple of num_key_value_heads");
  attend(call, {queries, keys, width, width}, {call.size(call.input(), -1)});
}

std::string_view special(const Config& config) {
  if (config.flag("use_gate", false)) return "use_gate=True";
  return config.has("sliding_window") ? "sliding_window" : "";
}

// Scores of a layer that has no heads: sum over features of tanh(q + k), weighted.
ValueId additive_scores(Call& call, const Ends& ends, ValueId before, ValueId after) {
  const ValueId q =
      call.reshape(ends.query.value, {Reshape::keep(0), Reshape::keep(1), 1, Reshape::keep(2)}, "query");
  const ValueId k =
      call.reshape(ends.key.value, {Reshape::keep(0), 1, Reshape::keep(1), Reshape::keep(2)}, "key");
  ValueId sum = call.binary(Binary::Kind::add, q, k, "query_plus_key");
  if (before != kNoValue) sum = call.binary(Binary::Kind::multiply, sum, before, "scaled");
  ValueId bent = call.unary(UnaryKind::tanh, sum, "tanh");
  if (after != kNoValue) bent = call.binary(Binary::Kind::multiply, bent, after, "weighted");
  return call.add(with(Reduce{}, &Reduce::kind, Reduce::Kind::sum, &Reduce::axes, Sizes{3}), {bent},
                  "scores");
}

ValueId causal_mask(Call& call, const Ends& ends) {
  const std::int64_t queries = call.size(ends.query.value, 1), keys = call.size(ends.key.value, 1);
  Tensor mask(DType::boolean, {1, queries, keys});
  for (std::int64_t t = 0; t < queries; ++t)
    for (std::int64_t s = 0; s < keys; ++s) mask.as<std::uint8_t>()[t * keys + s] = s <= t;
  return call.constant(std::move(mask), "causal");
}

// Softmax of the scores, weighting the values; rows of masked queries become zeros.
void weigh(Call& call, const Ends& ends, ValueId scores) {
  ValueId mask = kNoValue;
  if (ends.value.mask != kNoValue)
    mask = call.reshape(ends.value.mask, {Reshape::keep(0), 1, Reshape::keep(1)}, "value_mask");
  if (call.flag_option("use_causal_mask", -1, call.config().flag("causal", false)))
    mask = both(call, mask, causal_mask(call, ends), "mask");
  const ValueId weights = call.add(with(Softmax{}, &Softmax::axes, Sizes{2}), {scores, mask}, "weights");
  ValueId y = call.add(MatMul{}, {weights, ends.value.value});
  if (ends.query.mask != kNoValue) {
    const ValueId rows = call.reshape(ends.query.mask, {Reshape::keep(0), Reshape::keep(1), 1}, "query_mask");
    y = call.binary(Binary::Kind::multiply, y, call.cast(rows, DType::f32, "query_mask_float"), "masked");
  }
  call.output(y, ends.query.mask);
  if (call.flag_option("return_attention_scores", -1, false)) call.output(weights, kNoValue);
}

Ends bare_ends(Call& call) {
  Ends ends;
  ends.query = {call.float_input(0), call.mask(0)};
  ends.value = {call.float_input(1), call.mask(1)};
  ends.key = call.input_count() > 2 ? Flow{call.float_input(2), kNoValue} : Flow{ends.value.value, kNoValue};
  if (const Setting* masks = call.option("mask", 1); masks && masks->is(Setting::Kind::list))
    for (std::size_t i = 0; i < masks->items.size() && i < 2; ++i)
      if (masks->items[i].is(Setting::Kind::tensor))
        (i == 0 ? ends.query : ends.value).mask = masks->items[i].flow.value;
  for (const Flow* flow : {&ends.query, &ends.value, &ends.key}) call.want_rank(flow->value, 3);
  return ends;
}

void attention(Call& call) {
  const Ends ends = bare_ends(call);
  const ValueId scale =
      call.config().flag("use_scale", false) ? call.weight("scale", {}, "use_scale") : kNoValue;
  if (call.config().text("score_mode", "dot") == "concat") {
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
  const Ends ends = bare_ends(call);
  ValueId scale = kNoValue;
  if (call.config().flag("use_scale", true))
    scale = call.weight("scale", {call.size(ends.query.value, -1)}, "use_scale");
  weigh(call, ends, additive_scores(call, ends, kNoValue, scale));
}

constexpr std::string_view kProjections =
    "query_dense/kernel query_dense/bias?use_bias key_dense/kernel key_dense/bias?use_bias "
    "value_dense/kernel value_dense/bias?use_bias output_dense/kernel output_dense/bias?use_bias";

constexpr Rule kRules[] = {
    {"MultiHeadAttention", multi_head, kProjections, Masks::drop, special},
    {"GroupQueryAttention", grouped_query, kProjections, Masks::drop, special},
    {"GroupedQueryAttention", grouped_query, kProjections, Masks::drop, special},
    {"Attention", attention, "scale?use_scale concat_score_weight?score_mode=concat"},
    {"AdditiveAttention", additive_attention, "scale?use_scale"},
};

}  // namespace

std::span<const Rule> attention_rules() { return kRules; }

}  // namespace vivace::keras
