// TensorFlow's functions that are formulas of others, and those that keras.ops has under another name.
#include <cmath>
#include <limits>
#include <numbers>

#include "base/text.h"
#include "import/keras/operations/families.h"
#include "import/keras/operations/promotion.h"
#include "import/keras/operations/term.h"

namespace vivace::keras {
namespace {

using Kind = Binary::Kind;

// 0 where x is 0, whatever the other gives.
Term x_log_y(Term x, Term y) { return select(x == 0.0, 0.0, x * log(y)); }
Term x_log1p_y(Term x, Term y) { return select(x == 0.0, 0.0, x * apply(UnaryKind::log1p, y)); }
Term x_over_y(Term x, Term y) { return select(x == 0.0, 0.0, x / y); }
Term reciprocal_or_zero(Term x) { return combine(Kind::divide_no_nan, number_like(x, 1), x); }
Term rounded(Term x) { return apply(UnaryKind::round, x); }
Term same(Term x) { return x; }
Term nothing(Term x) { return filled_like(x, 0, x.dtype()); }
Term angle(Term x) { return select(x < 0.0, std::numbers::pi, filled_like(x, 0, DType::f32)); }
Term half_sum_of_squares(Term x) { return sum(square(x), axes_or_all(x.call(), "", -1, x.rank())) * 0.5; }
Term share_of_zeros(Term x) {
  return reduce(Reduce::Kind::mean, (x == 0.0).as(DType::f32), axes_or_all(x.call(), "", -1, x.rank()));
}
Term both_signs(Term x) {
  return joined(x.call(), {apply(UnaryKind::relu, x), apply(UnaryKind::relu, -x)}, x.rank() - 1);
}
Term truncated_modulo(Term a, Term b) { return a - combine(Kind::truncate_divide, a, b) * b; }
Term ordered(Term x, bool strictly) {
  const Term step = part(flat(x), 0, 1) - part(flat(x), 0, 0, -1);
  return reduce(Reduce::Kind::all, strictly ? step > 0.0 : step >= 0.0, {0});
}
Term rises(Term x) { return ordered(x, true); }
Term never_falls(Term x) { return ordered(x, false); }

void add_all(Call& call) {
  const Setting* list = call.option("inputs", 0);
  std::vector<Term> terms;
  if (list && list->is(Setting::Kind::list))
    for (const Setting& item : list->items) terms.emplace_back(call, call.as_value(item));
  else if (list)
    terms.emplace_back(call, call.as_value(*list));
  if (terms.empty()) return call.mistake("inputs", "a tensor or more");
  Term y = terms.front();
  for (std::size_t i = 1; i < terms.size() && !call.failed(); ++i) y = y + terms[i];
  call.output(y);
}

// ((c0 x + c1) x + c2) ...
void polynomial(Call& call) {
  const Setting* coefficients = call.option("coeffs", 0);
  const Term x(call, call.tensor_option("x", 1));
  if (!coefficients || !coefficients->is(Setting::Kind::list) || coefficients->items.empty())
    return call.mistake("coeffs", "a list of numbers");
  Term y = filled_like(x, 0, x.dtype());
  for (const Setting& item : coefficients->items)
    if (!call.failed()) y = y * x + Term(call, as_type(call, item, x.dtype()));
  call.output(y);
}

void bias_add(Call& call) {
  const Term x(call, call.tensor_option("value|x", 0));
  Term bias(call, call.tensor_option("bias", 1));
  if (call.failed()) return;
  call.want_rank(bias, 1);
  if (call.text_option("data_format", -1, "NHWC").starts_with("NC") && x.rank() > 2) {
    Sizes target(static_cast<std::size_t>(x.rank()), 1);
    target[1] = Reshape::keep(0);
    bias = shaped(bias, std::move(target));
  }
  if (!call.failed()) call.output(call.binary(Kind::add, x, bias));
}

void clip_by_norm(Call& call) {
  const Term x(call, call.tensor_option("t|x", 0));
  const double most = call.number_option("clip_norm", 1);
  if (call.failed()) return;
  const Term norm = reduce(Reduce::Kind::l2, x, axes_or_all(call, "axes", 2, x.rank()), true);
  call.output(x * most / max(norm, {call, call.scalar(most)}));
}

void sequence_mask(Call& call) {
  const Term lengths(call, call.tensor_option("lengths", 0));
  if (!call.option("maxlen", 1)) return call.refuse("a mask as long as the longest sequence", "give maxlen");
  const std::int64_t most = call.integer_option("maxlen", 1);
  if (!affordable(call, most)) return;
  Tensor steps(DType::i32, {most});
  for (std::int64_t i = 0; i < most; ++i) steps.as<std::int32_t>()[i] = static_cast<std::int32_t>(i);
  const Term mask = Term(call, call.constant(std::move(steps), "steps")) < widened(lengths, lengths.rank());
  const std::string_view type = call.text_option("dtype", 2, "bool");
  call.output(type.starts_with("float") ? mask.as(DType::f32)
              : type.starts_with("int") ? mask.as(DType::i32)
                                        : mask);
}

// Neighbours among the channels; a window of 2 r + 1 with zeros around.
void local_response_normalization(Call& call) {
  const Term x = Term(call, operand(call)).real();
  const std::int64_t radius = call.integer_option("depth_radius", 1, 5);
  if (call.failed()) return;
  if (radius < 0 || radius > 1 << 20) return call.mistake("depth_radius", "a number of 0 or more");
  call.want_rank(x, 4);
  const std::int64_t width = 2 * radius + 1;
  Pool op = with(Pool{}, &Pool::kind, Pool::Kind::average, &Pool::window, Sizes{1, 1, width}, &Pool::strides,
                 Sizes{1, 1, 1}, &Pool::dilations, Sizes{1, 1, 1}, &Pool::count_padding, true);
  op.padding = Padding::valid(3);
  op.padding.before[2] = op.padding.after[2] = radius;
  const Term mean(call, call.add(op, {widened(square(x), 4)}, "neighbours"));
  const Term sums = narrowed(mean, 4) * static_cast<double>(width);
  const Term scale = sums * call.number_option("alpha", 3, 1) + call.number_option("bias", 2, 1);
  call.output(x * combine(Kind::power, scale, -call.number_option("beta", 4, 0.5)));
}

void embedding_lookup(Call& call) {
  const Term table(call, call.tensor_option("params", 0)), ids(call, call.tensor_option("ids", 1));
  if (!call.failed()) call.output(call.add(Gather{}, {table, ids}));
}

void silu(Call& call) {
  const Term x = Term(call, operand(call)).real();
  const double beta = call.number_option("beta", 1, 1);
  call.output(beta == 1 ? Term(call, call.unary(UnaryKind::silu, x))
                        : x * apply(UnaryKind::sigmoid, x * beta));
}

// Of y over x, in this order.
void arctangent(Call& call) {
  const auto [y, x] = operands(call, "y", "x");
  call.output(call.binary(Kind::atan2, y, x));
}

void scalar_mul(Call& call) {
  const auto [a, b] = operands(call, "scalar", "x");
  call.output(call.binary(Kind::multiply, a, b));
}

void fill(Call& call) {
  const Term value(call, call.tensor_option("value", 1));
  const auto sizes = content_of(call, call.option("dims", 0));
  if (!sizes) return call.refuse("sizes that are only known when it runs", "give the sizes as numbers");
  Broadcast op;
  for (const Dim& size : *sizes) {
    if (!size.known() || size.number() < 0) return call.refuse("a size that is open", "use tf.ones_like");
    op.sizes.push_back(size.number());
  }
  call.output(call.add(op, {value}));
}

void ensure_shape(Call& call) { call.output(operand(call)); }

void dropout(Call& call) {
  call.refuse("tf.nn.dropout, which drops at random whenever it runs", "use keras.layers.Dropout");
}

void broadcast_to(Call& call) {
  const auto sizes = content_of(call, call.option("shape", 1));
  const Term x(call, operand(call));
  if (!sizes) return call.refuse("sizes that are only known when it runs", "give the sizes as numbers");
  Broadcast op;
  for (std::size_t i = 0; i < sizes->size(); ++i) {
    const auto axis = static_cast<std::int64_t>(i + static_cast<std::size_t>(x.rank())) -
                      static_cast<std::int64_t>(sizes->size());
    const Dim& size = (*sizes)[i];
    const bool own = !size.known() && axis >= 0 && call.dim(x, axis).same(size);
    if (!size.known() && !own)
      return call.refuse("a size that is only known when it runs", "give it as a number");
    op.sizes.push_back(own ? -1 : size.number());
  }
  call.output(call.add(op, {x}));
}

constexpr Rule kRules[] = {
    {"math.add_n", add_all},
    {"add_n", add_all},
    {"math.accumulate_n", add_all},
    {"math.atan2", arctangent},
    {"math.polyval", polynomial},
    {"math.xlogy", formula<x_log_y>},
    {"math.xlog1py", formula<x_log1p_y>},
    {"math.xdivy", formula<x_over_y>},
    {"math.reciprocal_no_nan", formula<reciprocal_or_zero>},
    {"math.rint", formula<rounded>},
    {"math.conj", formula<same>},
    {"math.real", formula<same>},
    {"math.imag", formula<nothing>},
    {"math.angle", formula<angle>},
    {"nn.l2_loss", formula<half_sum_of_squares>},
    {"math.zero_fraction", formula<share_of_zeros>},
    {"nn.zero_fraction", formula<share_of_zeros>},
    {"nn.crelu", formula<both_signs>},
    {"compat.v1.nn.crelu", formula<both_signs>},
    {"truncatemod", formula<truncated_modulo>},
    {"truncatediv", binary_operation<Kind::truncate_divide>},
    {"math.is_strictly_increasing", formula<rises>},
    {"math.is_non_decreasing", formula<never_falls>},
    {"nn.bias_add", bias_add},
    {"compat.v1.nn.bias_add", bias_add},
    {"nn.silu", silu},
    {"nn.swish", silu},
    {"nn.local_response_normalization", local_response_normalization},
    {"nn.lrn", local_response_normalization},
    {"nn.embedding_lookup", embedding_lookup},
    {"nn.dropout", dropout},
    {"clip_by_norm", clip_by_norm},
    {"sequence_mask", sequence_mask},
    {"math.scalar_mul", scalar_mul},
    {"compat.v1.math.scalar_mul", scalar_mul},
    {"compat.v1.scalar_mul", scalar_mul},
    {"scalar_mul", scalar_mul},
    {"math.reduce_euclidean_norm", reduction<Reduce::Kind::l2>},
    {"saturate_cast", saturate_cast},
    {"dtypes.saturate_cast", saturate_cast},
    {"fill", fill},
    {"ensure_shape", ensure_shape},
    {"broadcast_to", broadcast_to},
    {"math.argmin", arg_reduce<true>},
    {"argmin", arg_reduce<true>},
};

}  // namespace

std::span<const Rule> math_functions() { return kRules; }

}  // namespace vivace::keras
