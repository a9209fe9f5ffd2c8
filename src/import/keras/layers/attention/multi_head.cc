// MultiHeadAttention and GroupQueryAttention: projections to heads, attention, and the way back.
#include <algorithm>
#include <cmath>

#include "base/checked.h"
#include "base/text.h"
#include "import/keras/build/dense_kernel.h"
#include "import/keras/build/rule.h"
#include "import/keras/layers/attention/ends.h"

namespace vivace::keras {
namespace {

struct Heads {
  std::int64_t queries, keys, key_width, value_width;
};

// The axes of query, value and key: the batch, free ones that attention treats like it, those attended along,
// and the features.
struct Axes {
  Sizes free, attended;
  std::int64_t rank = 3;

  bool plain() const { return free.empty() && attended.size() == 1; }
  /// Batch, free axes, attended axes, and `tail` more that stay behind.
  Sizes order(std::int64_t tail) const {
    Sizes order{0};
    order.insert(order.end(), free.begin(), free.end());
    order.insert(order.end(), attended.begin(), attended.end());
    for (std::int64_t i = 0; i < tail; ++i) order.push_back(rank - 1 + i);
    return order;
  }
};

constexpr std::string_view kBetween = "axes between batch and features, ascending and each once";

Axes axes_of_attention(Call& call, ValueId query) {
  Axes axes;
  axes.rank = call.rank(query);
  Sizes given = call.config().integers("attention_axes");
  for (std::int64_t& axis : given) {
    if (axis < 0) axis += axes.rank;
    if (axis < 1 || axis >= axes.rank - 1) call.config().mistake("attention_axes", kBetween);
  }
  for (std::int64_t axis = 1; axis + 1 < axes.rank; ++axis) {
    const bool attended = given.empty() || std::find(given.begin(), given.end(), axis) != given.end();
    (attended ? axes.attended : axes.free).push_back(axis);
  }
  const bool all = given.empty() || given == axes.attended;
  if (!all) call.config().mistake("attention_axes", kBetween);
  return axes;
}

// As the sizes broadcast against a tensor with so many axes before them.
Sizes behind_ones(std::int64_t ones, const Sizes& sizes) {
  Sizes dims(static_cast<std::size_t>(std::max<std::int64_t>(ones, 0)), 1);
  dims.insert(dims.end(), sizes.begin(), sizes.end());
  return dims;
}

// x [..., features] through the kernel [features, heads, width] to [..., heads, width].
ValueId heads_of(Call& call, ValueId x, std::string_view part, std::int64_t heads, std::int64_t width) {
  const std::string prefix = std::string(part) + "_dense/";
  const std::int64_t features = call.size(x, -1);
  const Sizes dims{features, heads, width}, scale = behind_ones(call.rank(x) - 1, {heads, width});
  const KernelPlace place{prefix, call.layer().mode(prefix), dims, features, "key_dim", scale};
  const DenseKernel kernel = dense_kernel(call, place);
  ValueId bias = kNoValue;
  if (call.config().flag("use_bias", true))
    bias = call.reshaped(call.weight(prefix + "bias", {heads, width}, "key_dim"), {heads * width});
  const ValueId flat = product(call, x, kernel, place, bias, part);
  Sizes target;
  for (std::int64_t axis = 0; axis + 1 < call.rank(x); ++axis) target.push_back(Reshape::keep(axis));
  target.insert(target.end(), {heads, width});
  return call.reshape(flat, std::move(target), std::string(part) + "_heads");
}

// y [..., heads, width] through the kernel [heads, width, out...] to [..., out...].
ValueId joined_heads(Call& call, ValueId y, std::int64_t heads, std::int64_t width, const Sizes& out) {
  Sizes dims{heads, width}, flat_target, target;
  dims.insert(dims.end(), out.begin(), out.end());
  const KernelPlace place{"output_dense/", call.layer().mode("output_dense/"), dims, heads * width,
                          "output_shape",  behind_ones(call.rank(y) - 2, out)};
  const DenseKernel kernel = dense_kernel(call, place);
  ValueId bias = kNoValue;
  if (call.config().flag("use_bias", true))
    bias = call.reshaped(call.weight("output_dense/bias", out, "output_shape"), {count_of(out)});
  for (std::int64_t axis = 0; axis + 2 < call.rank(y); ++axis) flat_target.push_back(Reshape::keep(axis));
  target = flat_target;
  flat_target.push_back(heads * width);
  const ValueId mixed = product(call, call.reshape(y, std::move(flat_target), "joined"), kernel, place, bias);
  if (out.size() == 1) return mixed;
  target.insert(target.end(), out.begin(), out.end());
  return call.reshape(mixed, std::move(target), "shaped");
}

// The product of the sizes of some axes, which must then be known.
std::int64_t extent(Call& call, ValueId x, const Sizes& axes) {
  Sizes sizes;
  for (const std::int64_t axis : axes) sizes.push_back(call.size(x, axis));
  const auto count = checked_count(sizes);
  if (!count) call.refuse("its axes have too many places", "use shorter axes");
  return count.value_or(1);
}

// [B, axes..., heads, width] as [B free, attended, heads, width].
ValueId on_one_axis(Call& call, ValueId x, const Axes& axes, std::string_view step) {
  if (axes.plain()) return x;
  const ValueId turned = call.transpose(x, axes.order(2), std::string(step) + "_turned");
  const std::int64_t rank = call.rank(x);
  const bool one = axes.free.empty();
  Sizes target{one ? Reshape::keep(0) : Reshape::kInfer,
               one ? Reshape::kInfer : extent(call, x, axes.attended), Reshape::keep(rank - 2),
               Reshape::keep(rank - 1)};
  return call.reshape(turned, std::move(target), std::string(step) + "_flat");
}

// The other way round: y [B free, attended, heads, width] gets the query's axes back.
ValueId on_own_axes(Call& call, ValueId y, ValueId query, const Axes& axes) {
  if (axes.plain()) return y;
  const Sizes order = axes.order(2);
  Sizes target{Reshape::kInfer}, back(order.size());
  for (std::size_t i = 1; i + 2 < order.size(); ++i) target.push_back(call.size(query, order[i]));
  target.insert(target.end(), {Reshape::keep(2), Reshape::keep(3)});
  for (std::size_t i = 0; i < order.size(); ++i)
    back[static_cast<std::size_t>(order[i])] = static_cast<std::int64_t>(i);
  return call.transpose(call.reshape(y, std::move(target), "unfolded"), std::move(back), "turned_back");
}

// Scores [B free, heads, queries, keys] as Keras gives them: [B, free..., heads, queries..., keys...].
ValueId own_scores(Call& call, ValueId scores, const Ends& ends, const Axes& axes) {
  if (axes.plain()) return scores;
  Sizes target{Reshape::kInfer};
  for (const std::int64_t axis : axes.free) target.push_back(call.size(ends.query.value, axis));
  target.push_back(Reshape::keep(1));
  for (const Flow* flow : {&ends.query, &ends.key})
    for (const std::int64_t axis : axes.attended) target.push_back(call.size(flow->value, axis));
  return call.reshape(scores, std::move(target), "scores");
}

// A mask of Keras's, [batch..., heads?, queries..., keys...] with what is missing before the queries, as
// [B free, heads, queries, keys].
ValueId spread_mask(Call& call, ValueId mask, const Ends& ends, const Axes& axes, std::string_view step) {
  if (mask == kNoValue || call.failed()) return mask;
  const auto pairs = static_cast<std::int64_t>(2 * axes.attended.size());
  const std::int64_t rank = call.rank(mask), whole = pairs + 2 + static_cast<std::int64_t>(axes.free.size());
  if (rank < pairs || rank > whole) {
    call.want_rank(mask, pairs + 1);
    return kNoValue;
  }
  mask = call.cast(mask, DType::boolean, std::string(step) + "_truth");
  if (axes.plain() && rank == whole) return mask;
  Sizes target;
  for (std::int64_t axis = 0; axis < rank - pairs; ++axis) target.push_back(Reshape::keep(axis));
  while (static_cast<std::int64_t>(target.size()) < whole - pairs) target.push_back(1);
  if (axes.plain()) {
    target.insert(target.end(), {Reshape::keep(rank - 2), Reshape::keep(rank - 1)});
    return call.reshape(mask, std::move(target), step);
  }
  target.insert(target.end(),
                {extent(call, ends.query.value, axes.attended), extent(call, ends.key.value, axes.attended)});
  mask = call.reshape(mask, target, std::string(step) + "_spread");
  if (axes.free.empty()) return mask;
  Sizes sizes{-1};
  for (const std::int64_t axis : axes.free) sizes.push_back(call.size(ends.query.value, axis));
  sizes.insert(sizes.end(), {-1, -1, -1});
  mask = call.add(with(Broadcast{}, &Broadcast::sizes, sizes), {mask}, std::string(step) + "_broadcast");
  const auto last = static_cast<std::int64_t>(sizes.size());
  return call.reshape(
      mask, {Reshape::kInfer, Reshape::keep(last - 3), Reshape::keep(last - 2), Reshape::keep(last - 1)},
      step);
}

// All masks that there are, as one [B,1,T,S] (or [B,H,T,S] where the caller's own has heads).
ValueId joined_mask(Call& call, const Ends& ends, const Axes& axes) {
  const Sizes row{Reshape::keep(0), 1, 1, Reshape::keep(1)}, column{Reshape::keep(0), 1, Reshape::keep(1), 1};
  ValueId mask = kNoValue;
  const auto join = [&](ValueId steps, const Sizes& target, const char* step) {
    if (steps == kNoValue || !axes.plain()) return;
    const ValueId truth = call.cast(steps, DType::boolean, std::string(step) + "_truth");
    mask = both(call, mask, call.reshape(truth, target, step), std::string(step) + "_too");
  };
  join(ends.query.mask, column, "query_mask");
  join(ends.value.mask, row, "value_mask");
  join(ends.key.mask, row, "key_mask");
  if (call.config().has("sliding_window")) {
    const std::int64_t reach = call.config().size("sliding_window");
    const ValueId seen = seen_keys(call, call.size(ends.query.value, 1), call.size(ends.key.value, 1),
                                   within_reach, reach, "sliding_window");
    mask = both(call, mask, spread_mask(call, seen, ends, axes, "window"), "window_too");
  }
  const ValueId own =
      spread_mask(call, call.tensor_option("attention_mask", -1), ends, axes, "attention_mask");
  return both(call, mask, own, "mask");
}

// Keras 3 leaves the fused path, and zeroes what is masked, for dropout, scores and further axes.
Attention operator_of(Call& call, const Heads& heads, const Axes& axes) {
  Attention op =
      with(Attention{}, &Attention::scale, 1 / std::sqrt(static_cast<double>(heads.key_width)),
           &Attention::causal, call.flag_option("use_causal_mask", -1, false), &Attention::return_scores,
           call.flag_option("return_attention_scores", -1, false), &Attention::additive_mask, call.era() < 3);
  op.zero_masked =
      call.era() >= 3 && (op.return_scores || axes.rank != 3 || call.config().number("dropout", 0) > 0);
  if (op.causal && (axes.attended.size() != 1 || axes.attended[0] != 1))
    call.refuse("a causal mask along another axis than the first", "attend along axis 1");
  return op;
}

void attend(Call& call, const Heads& heads, const Sizes& out) {
  const Ends ends = named_ends(call);
  const Axes axes = axes_of_attention(call, ends.query.value);
  if (call.failed()) return;
  const ValueId q = heads_of(call, ends.query.value, "query", heads.queries, heads.key_width);
  const ValueId k = heads_of(call, ends.key.value, "key", heads.keys, heads.key_width);
  const ValueId v = heads_of(call, ends.value.value, "value", heads.keys, heads.value_width);
  const Attention op = operator_of(call, heads, axes);
  const auto outputs = call.add_many(op,
                                     {on_one_axis(call, q, axes, "query"), on_one_axis(call, k, axes, "key"),
                                      on_one_axis(call, v, axes, "value"), joined_mask(call, ends, axes)},
                                     "attention");
  if (outputs.empty()) return;
  ValueId y = on_own_axes(call, outputs[0], ends.query.value, axes);
  if (call.config().flag("use_gate", false)) {
    const ValueId gate = heads_of(call, ends.query.value, "gate", heads.queries, heads.value_width);
    y = call.binary(Binary::Kind::multiply, y, call.unary(UnaryKind::sigmoid, gate, "gate"), "gated");
  }
  call.output(joined_heads(call, y, heads.queries, heads.value_width, out), ends.query.mask);
  if (op.return_scores) call.output(own_scores(call, outputs[1], ends, axes), kNoValue);
}

void multi_head(Call& call) {
  const Config& config = call.config();
  const std::int64_t heads = config.size("num_heads"), width = config.size("key_dim");
  Sizes out = config.integers("output_shape");
  if (out.empty()) out = {call.size(call.input(), -1)};
  for (const std::int64_t size : out)
    if (size < 1 || size > (std::int64_t{1} << 31)) config.mistake("output_shape", "sizes of 1 or more");
  if (!checked_count(out)) config.mistake("output_shape", "as many as there is memory for weights");
  if (!call.failed()) attend(call, {heads, heads, width, config.size("value_dim", width)}, out);
}

void grouped_query(Call& call) {
  const Config& config = call.config();
  const std::int64_t queries = config.size("num_query_heads"), keys = config.size("num_key_value_heads");
  const std::int64_t width = config.size("head_dim");
  if (queries % keys != 0) config.mistake("num_query_heads", "a multiple of num_key_value_heads");
  if (!call.failed()) attend(call, {queries, keys, width, width}, {call.size(call.input(), -1)});
}

constexpr std::string_view kProjections =
    "query_dense/kernel query_dense/bias?use_bias key_dense/kernel key_dense/bias?use_bias "
    "gate_dense/kernel?+use_gate gate_dense/bias?+use_gate&use_bias "
    "value_dense/kernel value_dense/bias?use_bias output_dense/kernel output_dense/bias?use_bias";

constexpr Rule kRules[] = {
    {"MultiHeadAttention", multi_head, kProjections},
    {"GroupQueryAttention", grouped_query, kProjections},
    {"GroupedQueryAttention", grouped_query, kProjections},
};

}  // namespace

std::span<const Rule> attention_rules() { return kRules; }

}  // namespace vivace::keras
