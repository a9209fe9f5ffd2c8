// keras.ops of networks: activations over axes, losses as formulas, normalisations, attention, hot encodings.
#include <cmath>
#include <limits>

#include "base/text.h"
#include "import/keras/operations/families.h"
#include "import/keras/operations/promotion.h"
#include "import/keras/operations/term.h"

namespace vivace::keras {
namespace {

constexpr double kEpsilon = 1e-7;  // keras.config.epsilon()

Term softmax_along(Term x, Sizes axes, bool log) {
  return {x.call(),
          x.call().add(with(Softmax{}, &Softmax::axes, std::move(axes), &Softmax::log, log), {x}, "softmax")};
}

// Over the whole tensor where the axis is None.
void softmax_of(Call& call, bool log) {
  const Term x(call, as_float(call, operand(call)));
  if (call.failed()) return;
  const bool whole = call.era() >= 3 && call.config().raw("axis") && !call.option("axis", 1);
  Sizes axes = whole ? axes_or_all(call, "", -1, x.rank()) : call.axes_option("axis|dim", 1, x.rank());
  call.output(call.add(with(Softmax{}, &Softmax::axes, std::move(axes), &Softmax::log, log), {x}));
}

void glu(Call& call) {
  const Term x = Term(call, operand(call)).real();
  const std::int64_t axis = call.axis_of(call.integer_option("axis", 1, -1), x.rank());
  const auto halves = call.add_many(with(Split{}, &Split::axis, axis, &Split::parts, 2), {x}, "halves");
  if (halves.size() != 2) return;
  call.output(Term(call, halves[0]) * apply(UnaryKind::sigmoid, {call, halves[1]}));
}

void threshold(Call& call) {
  const double bound = call.number_option("threshold", 1),
               otherwise = call.number_option("default_value|default", 2);
  call.output(call.unary(UnaryKind::threshold, as_float(call, operand(call)), {}, bound, otherwise));
}

// The two tensors of a loss, as floats.
struct Compared {
  Term target, output;
  Compared(Call& call, std::string_view first, std::string_view second)
      : target(Term(call, call.tensor_option(first, 0)).real()),
        output(Term(call, call.tensor_option(second, 1)).real()) {
    if (!call.failed() && target.rank() != output.rank()) call.want_rank(output, target.rank());
  }
};

Term sigmoid_loss(Term target, Term logits) {
  return apply(UnaryKind::relu, logits) - logits * target + apply(UnaryKind::softplus, -abs(logits));
}

void binary_crossentropy(Call& call) {
  const auto [target, output] = Compared(call, "target", "output");
  if (call.failed()) return;
  if (call.flag_option("from_logits", 2, false)) return call.output(sigmoid_loss(target, output));
  const Term p = clamp(output, kEpsilon, 1 - kEpsilon);
  call.output(-(target * log(p) + (1.0 - target) * log(1.0 - p)));
}

Term crossentropy(Term target, Term logits, std::int64_t axis) {
  return -sum(target * softmax_along(logits, {axis}, true), {axis});
}

void categorical_crossentropy(Call& call) {
  const auto [target, output] = Compared(call, "target", "output");
  const std::int64_t axis = call.axis_of(call.integer_option("axis", 3, -1), output.rank());
  if (call.failed()) return;
  if (call.flag_option("from_logits", 2, false)) return call.output(crossentropy(target, output, axis));
  const Term p = clamp(output / sum(output, {axis}, true), kEpsilon, 1 - kEpsilon);
  call.output(-sum(target * log(p), {axis}));
}

Term sparse_crossentropy(Term target, Term logits) {
  Call& call = target.call();
  const std::int64_t last = logits.rank() - 1;
  if (target.rank() < logits.rank()) target = widened(target, target.rank());
  const Term scores = softmax_along(logits, {last}, true);
  const GatherElements pick = with(GatherElements{}, &GatherElements::axis, last);
  return -narrowed({call, call.add(pick, {scores, target.as(DType::i64)}, "picked")}, last);
}

void sparse_categorical_crossentropy(Call& call) {
  const Term target(call, call.tensor_option("target", 0));
  const Term output = Term(call, call.tensor_option("output", 1)).real();
  if (call.failed()) return;
  const bool logits = call.flag_option("from_logits", 2, false);
  const std::int64_t axis = call.integer_option("axis", 3, -1);
  if (axis != -1 && axis != output.rank() - 1)
    return call.mistake("axis", "-1, the only one that Keras takes");
  call.output(sparse_crossentropy(target, logits ? output : log(clamp(output, kEpsilon, 1 - kEpsilon))));
}

// tf.nn's losses take logits.
void softmax_cross_entropy(Call& call) {
  const auto [labels, logits] = Compared(call, "labels", "logits");
  const std::int64_t axis = call.axis_of(call.integer_option("axis|dim", -1, -1), logits.rank());
  if (!call.failed()) call.output(crossentropy(labels, logits, axis));
}
void sparse_softmax_cross_entropy(Call& call) {
  const Term labels(call, call.tensor_option("labels", 0)), logits(call, call.tensor_option("logits", 1));
  if (!call.failed()) call.output(sparse_crossentropy(labels, logits.real()));
}
void sigmoid_cross_entropy(Call& call) {
  const auto [labels, logits] = Compared(call, "labels", "logits");
  if (!call.failed()) call.output(sigmoid_loss(labels, logits));
}

void signal_to_noise(Call& call) {
  const auto [a, b] = Compared(call, "x1", "x2");
  const double peak = call.number_option("max_val", 2);
  if (call.failed()) return;
  if (!(peak > 0)) return call.mistake("max_val", "a number above 0");
  const Term error = reduce(Reduce::Kind::mean, square(a - b), axes_or_all(call, "", -1, a.rank()));
  call.output(20 * std::log10(peak) - apply(UnaryKind::log10, error) * 10.0);
}

// A vector along one axis, or a tensor that broadcasts already.
Term along_axis(Term v, Term x, std::int64_t axis) {
  if (v.call().failed() || v.rank() != 1 || axis == x.rank() - 1) return v;
  Sizes target(static_cast<std::size_t>(x.rank()), 1);
  target[static_cast<std::size_t>(axis)] = Reshape::keep(0);
  return shaped(v, std::move(target));
}

void batch_normalization(Call& call) {
  const Term x = Term(call, operand(call)).real();
  const bool keras = call.era() >= 3;
  const std::int64_t axis = call.axis_of(keras ? call.integer_option("axis", -1, -1) : -1, x.rank());
  const auto given = [&](std::string_view name, int place) {
    const Term v(call, call.tensor_option(name, place));
    return v.value() == kNoValue || call.failed() ? v : along_axis(v.real(), x, axis);
  };
  const Term mean = given("mean", 1), variance = given("variance", 2), offset = given("offset", 3),
             scale = given("scale", 4);
  if (call.failed()) return;
  Term factor = apply(UnaryKind::rsqrt, variance + call.number_option("epsilon|variance_epsilon", 5, 1e-3));
  if (scale.value() != kNoValue) factor = factor * scale;
  const Term shift = offset.value() == kNoValue ? -(mean * factor) : offset - mean * factor;
  call.output(x * factor + shift);
}

// Scales, and shifts, the normal form of x along these axes.
template <class Normal>
void normalized(Call& call, Normal normal) {
  const Term x = Term(call, operand(call)).real();
  const Sizes axes = call.axes_option("axis", -1, x.rank());
  const Term scale(call, call.tensor_option("gamma|scale", 1)), shift(call, call.tensor_option("beta", 2));
  const double epsilon = call.number_option("epsilon", -1, kEpsilon);
  if (call.failed()) return;
  const bool alone = scale.value() == kNoValue && shift.value() == kNoValue;
  Term y = normal(x, axes, epsilon, alone ? "" : "normal");
  Sizes target(static_cast<std::size_t>(x.rank()), 1);
  std::int64_t next = 0;
  for (const std::int64_t axis : axes) target[static_cast<std::size_t>(axis)] = Reshape::keep(next++);
  const auto fitted = [&](Term v) {
    const bool bare = v.rank() == static_cast<std::int64_t>(axes.size()) && v.rank() != x.rank();
    return bare ? shaped(v.real(), target) : v.real();
  };
  if (scale.value() != kNoValue) y = y * fitted(scale);
  if (shift.value() != kNoValue) y = y + fitted(shift);
  call.output(y);
}

void layer_norm(Call& call, Norm::Kind kind) {
  normalized(call, [&](Term x, const Sizes& axes, double epsilon, std::string_view step) {
    const Norm op = with(Norm{}, &Norm::kind, kind, &Norm::axes, axes, &Norm::epsilon, epsilon);
    return Term(call, call.add(op, {x}, step));
  });
}

void layer_normalization(Call& call) {
  if (!call.flag_option("rms_scaling", -1, false)) return layer_norm(call, Norm::Kind::layer);
  normalized(call, [](Term x, const Sizes& axes, double epsilon, std::string_view) {
    return over_deviation(x, axes, epsilon);
  });
}
void rms_normalization(Call& call) { layer_norm(call, Norm::Kind::rms); }

// The mask says what stays; a bias is added to the scores.
Term scores_mask(Call& call, double masked) {
  const Term mask(call, call.tensor_option("mask", 4)), bias(call, call.tensor_option("bias", 3));
  if (call.failed() || bias.value() == kNoValue) return mask.value() == kNoValue ? mask : mask.truth();
  return mask.value() == kNoValue ? bias.real() : select(mask, bias.real(), masked);
}

void dot_product_attention(Call& call) {
  const Term q = Term(call, call.tensor_option("query", 0)).real(),
             k = Term(call, call.tensor_option("key", 1)).real(),
             v = Term(call, call.tensor_option("value", 2)).real();
  call.want_rank(q, 4);
  if (call.option("attn_logits_soft_cap", -1))
    return call.refuse("a soft cap, which TensorFlow ignores", "leave it out");
  const auto width = static_cast<double>(call.size(q, -1));
  constexpr double kMasked = -0.7 * 3.38953e38;  // what Keras puts in place of a score
  const Attention op =
      with(Attention{}, &Attention::scale, call.number_option("scale", 5, 1 / std::sqrt(width)),
           &Attention::causal, call.flag_option("is_causal", -1, false), &Attention::additive_mask, false,
           &Attention::masked_score, kMasked);
  call.output(call.add(op, {q, k, v, scores_mask(call, kMasked)}));
}

OneHot one_hot_option(Call& call, const Term& x) {
  OneHot op = with(OneHot{}, &OneHot::depth, call.integer_option("num_classes|depth", 1));
  if (op.depth < 1) call.mistake("num_classes", "a size of 1 or more");
  op.axis = call.axis_of(call.integer_option("axis", 4, -1), x.rank() + 1);
  op.on = call.number_option("on_value", 2, 1);
  op.off = call.number_option("off_value", 3, 0);
  const std::string_view type = call.text_option("dtype", 5, "float32");
  for (int i = 0; i < kDTypes; ++i)
    if (const auto known = static_cast<DType>(i); name_of(known) == type && known != DType::string)
      op.result = is_float(known) ? DType::f32 : known;
  if (call.flag_option("sparse", -1, false)) call.refuse("it makes a sparse tensor", "give it sparse=False");
  return op;
}

Term classes(Call& call) {
  const Term x(call, call.tensor_option("x|indices|inputs", 0));
  return is_float(x.dtype()) || x.dtype() == DType::boolean ? x.as(DType::i64) : x;
}

void multi_hot(Call& call) {
  const Term x = classes(call);
  const OneHot op = one_hot_option(call, x);
  const Term hits(call, call.add(op, {x}, "hits"));
  const auto kind = op.result == DType::boolean ? Reduce::Kind::any : Reduce::Kind::max;
  call.output(reduce(kind, hits, {x.rank() > 1 ? 1 : 0}));
}

constexpr Rule kRules[] = {
    {"Softmax", softmax_operation},
    {"LogSoftmax", log_softmax},
    {"Glu", glu},
    {"Threshold", threshold},
    {"BinaryCrossentropy", binary_crossentropy},
    {"CategoricalCrossentropy", categorical_crossentropy},
    {"SparseCategoricalCrossentropy", sparse_categorical_crossentropy},
    {"PSNR", signal_to_noise},
    {"BatchNorm", batch_normalization},
    {"LayerNorm", layer_normalization},
    {"RMSNorm", rms_normalization},
    {"DotProductAttention", dot_product_attention},
    {"OneHot", one_hot},
    {"MultiHot", multi_hot},
    {"Normalize", unit_normalize},
};

constexpr Rule kFunctions[] = {
    {"nn.batch_normalization", batch_normalization},
    {"nn.softmax_cross_entropy_with_logits", softmax_cross_entropy},
    {"nn.sparse_softmax_cross_entropy_with_logits", sparse_softmax_cross_entropy},
    {"nn.sigmoid_cross_entropy_with_logits", sigmoid_cross_entropy},
    {"compat.v1.nn.softmax_cross_entropy_with_logits_v2", softmax_cross_entropy},
    {"compat.v1.nn.sparse_softmax_cross_entropy_with_logits", sparse_softmax_cross_entropy},
    {"compat.v1.nn.sigmoid_cross_entropy_with_logits", sigmoid_cross_entropy},
};

}  // namespace

void softmax_operation(Call& call) { softmax_of(call, false); }
void log_softmax(Call& call) { softmax_of(call, true); }

void one_hot(Call& call) {
  const Term x = classes(call);
  call.output(call.add(one_hot_option(call, x), {x}));
}

void unit_normalize(Call& call) {
  const Term x = Term(call, operand(call)).real();
  const double order = call.number_option("order", -1, 2);
  const Sizes axes = call.axes_option("axis|dim", 1, x.rank());
  // Keras bounds the norm from below by epsilon, TensorFlow its square.
  const bool keras = call.era() >= 3;
  const double epsilon = call.number_option("epsilon", keras ? -1 : 2, keras ? kEpsilon : 1e-12);
  if (call.failed()) return;
  if (order == 2) {
    const Norm op = with(Norm{}, &Norm::kind, Norm::Kind::unit, &Norm::axes, axes, &Norm::epsilon,
                         keras ? epsilon * epsilon : epsilon);
    return call.output(call.add(op, {x}));
  }
  if (axes.size() != 1) return call.refuse("normalisation over several axes of another order", "use order 2");
  call.output(x / max(vector_norm(x, order, axes[0], true), {call, call.scalar(epsilon)}));
}

std::span<const Rule> network_operations() { return kRules; }
std::span<const Rule> network_functions() { return kFunctions; }

}  // namespace vivace::keras
