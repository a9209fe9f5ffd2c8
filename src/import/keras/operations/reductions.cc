// keras.ops that reduce axes: sums and their kin, those that skip NaN, norms, weighted means.
#include <cmath>
#include <limits>

#include "base/text.h"
#include "import/keras/operations/families.h"
#include "import/keras/operations/promotion.h"
#include "import/keras/operations/term.h"

namespace vivace::keras {
namespace {

using Kind = Reduce::Kind;
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

Term is_nan(Term x) { return apply(UnaryKind::is_nan, x.real()); }

// What a reduction works on: Keras 3 widens small integers before it adds, and takes the largest of booleans
// as whether any is true.
struct Reduced {
  Kind kind;
  DType type;
};
Reduced reduced(Call& call, Kind kind, DType type) {
  const bool truth = type == DType::boolean;
  switch (kind) {
    case Kind::any:
    case Kind::all:
      return {kind, DType::boolean};
    case Kind::max:
      return {truth ? Kind::any : kind, type};
    case Kind::min:
      return {truth ? Kind::all : kind, type};
    case Kind::sum:
    case Kind::product:
      return {kind, call.era() >= 3 ? sum_type(type) : type};
    default:
      return {kind, float_type(type)};
  }
}

// The axes of the option, all of them where there is none.
struct Along {
  Sizes axes;
  bool keep;
  Along(Call& call, const Term& x)
      : axes(axes_or_all(call, "axis", 1, x.rank())), keep(call.flag_option("keepdims", 2, false)) {}
};

void nan_sum(Call& call) {
  const Term x(call, operand(call));
  const Along along(call, x);
  const DType type = sum_type(x.dtype());
  call.output(sum(is_float(type) ? select(is_nan(x), 0.0, x) : x.as(type), along.axes, along.keep));
}

void nan_product(Call& call) {
  const Term x(call, operand(call));
  const Along along(call, x);
  const DType type = sum_type(x.dtype());
  call.output(
      reduce(Kind::product, is_float(type) ? select(is_nan(x), 1.0, x) : x.as(type), along.axes, along.keep));
}

Term nan_mean_of(Term x, const Along& along, bool keep) {
  const Term missing = is_nan(x);
  return sum(select(missing, 0.0, x), along.axes, keep) / sum((!missing).as(DType::f32), along.axes, keep);
}

void nan_mean(Call& call) {
  const Term x = Term(call, operand(call)).real();
  const Along along(call, x);
  call.output(nan_mean_of(x, along, along.keep));
}

Term nan_variance_of(Term x, const Along& along) {
  const Term missing = is_nan(x);
  const Term apart = select(missing, 0.0, x - nan_mean_of(x, along, true));
  return sum(square(apart), along.axes, along.keep) / sum((!missing).as(DType::f32), along.axes, along.keep);
}

template <bool kRoot>
void nan_variance(Call& call) {
  const Term x = Term(call, operand(call)).real();
  const Term variance = nan_variance_of(x, Along(call, x));
  call.output(kRoot ? sqrt(variance) : variance);
}

template <Kind kKind>
void nan_extreme(Call& call) {
  const Term x(call, operand(call));
  if (call.failed()) return;
  if (!is_float(x.dtype())) return reduce_by(call, kKind);
  const Along along(call, x);
  const Term missing = is_nan(x);
  const Term best =
      reduce(kKind, select(missing, kKind == Kind::max ? -kInfinity : kInfinity, x), along.axes, along.keep);
  call.output(select(reduce(Kind::all, missing, along.axes, along.keep), kNan, best));
}

void spread(Call& call) {
  const Term x(call, operand(call));
  const Along along(call, x);
  call.output(reduce(Kind::max, x, along.axes, along.keep) - reduce(Kind::min, x, along.axes, along.keep));
}

void count_nonzero(Call& call) {
  const Term x(call, operand(call));
  const Along along(call, x);
  const bool wide = call.era() < 3 && call.text_option("dtype", -1, "int64") == "int64";
  call.output(sum((x != 0.0).as(wide ? DType::i64 : DType::i32), along.axes, along.keep));
}

void average(Call& call) {
  const Term x = Term(call, operand(call)).real();
  const Sizes axes = axes_or_all(call, "axis", -1, x.rank());
  const Term weights(call, call.tensor_option("weights", 1));
  if (call.failed()) return;
  if (weights.value() == kNoValue) return call.output(reduce(Kind::mean, x, axes));
  Term share = weights.real();
  if (share.rank() == 1 && axes.size() == 1 && x.rank() > 1) {  // one weight a place along the axis
    Sizes target(static_cast<std::size_t>(x.rank()), 1);
    target[static_cast<std::size_t>(axes[0])] = Reshape::keep(0);
    share = shaped(share, std::move(target));
    return call.output(sum(x * share, axes) / sum(weights.real(), {0}));
  }
  if (share.rank() != x.rank()) return call.mistake("weights", "a weight an element, or one along an axis");
  call.output(sum(x * share, axes) / sum(share, axes));
}

void moments(Call& call) {
  const Term x = Term(call, operand(call)).real();
  const Sizes axes = axes_or_all(call, "axes|axis", 1, x.rank());
  const bool keep = call.flag_option("keepdims|keep_dims", -1, false);
  call.output(reduce(Kind::mean, x, axes, keep));
  call.output(reduce(Kind::variance, x, axes, keep));
}

// Largest or smallest sum of absolute values along rows or columns.
Term matrix_norm(Term x, double order, std::int64_t row, std::int64_t column, bool keep) {
  const std::int64_t summed = std::fabs(order) == 1 ? row : column;
  std::int64_t compared = std::fabs(order) == 1 ? column : row;
  const Term sums = sum(abs(x), {summed}, keep);
  if (!keep && compared > summed) --compared;
  return reduce(order > 0 ? Kind::max : Kind::min, sums, {compared}, keep);
}

constexpr Rule kRules[] = {
    {"Sum", reduction<Kind::sum>},
    {"Mean", reduction<Kind::mean>},
    {"Max", reduction<Kind::max>},
    {"Amax", reduction<Kind::max>},
    {"Min", reduction<Kind::min>},
    {"Amin", reduction<Kind::min>},
    {"Prod", reduction<Kind::product>},
    {"Var", reduction<Kind::variance>},
    {"Std", reduction<Kind::stddev>},
    {"Any", reduction<Kind::any>},
    {"All", reduction<Kind::all>},
    {"Logsumexp", reduction<Kind::log_sum_exp>},
    {"Nansum", nan_sum},
    {"Nanprod", nan_product},
    {"Nanmean", nan_mean},
    {"Nanvar", nan_variance<false>},
    {"Nanstd", nan_variance<true>},
    {"Nanmax", nan_extreme<Kind::max>},
    {"Nanmin", nan_extreme<Kind::min>},
    {"Ptp", spread},
    {"CountNonzero", count_nonzero},
    {"Average", average},
    {"Moments", moments},
    {"Norm", norm},
};

// The same under TensorFlow's names.
constexpr Rule kFunctions[] = {
    {"math.count_nonzero", count_nonzero},
    {"nn.moments", moments},
    {"compat.v1.nn.moments", moments},
};

}  // namespace

void reduce_by(Call& call, Kind kind) {
  const Term x(call, operand(call));
  if (call.failed()) return;
  if (call.era() < 3 && !is_float(x.dtype()) && kind == Kind::mean)
    return call.refuse("a mean of integers, which TensorFlow cuts to an integer",
                       "cast to float32 before it");
  const Reduced how = reduced(call, kind, x.dtype());
  const Setting* initial = call.option("initial", -1);
  const Reduce op =
      with(Reduce{}, &Reduce::kind, how.kind, &Reduce::axes, axes_or_all(call, "axis", 1, x.rank()),
           &Reduce::keep_dims, call.flag_option("keepdims|keep_dims", 2, false));
  const Term y(call, call.add(op, {x.as(how.type)}, initial ? "reduced" : ""));
  if (!initial) return call.output(y);
  const auto pair = kind == Kind::max ? Binary::Kind::maximum : Binary::Kind::minimum;
  call.output(combine(pair, y, call.number_option("initial", -1)));
}

Term vector_norm(Term x, double order, std::int64_t axis, bool keep) {
  const Sizes along{axis};
  if (order == kInfinity) return reduce(Kind::max, abs(x), along, keep);
  if (order == -kInfinity) return reduce(Kind::min, abs(x), along, keep);
  if (order == 0) return sum((x != 0.0).as(DType::f32), along, keep);
  if (order == 2) return reduce(Kind::l2, x, along, keep);
  if (order == 1) return sum(abs(x), along, keep);
  return combine(Binary::Kind::power, sum(combine(Binary::Kind::power, abs(x), order), along, keep),
                 1 / order);
}

void norm(Call& call) {
  const Term x = Term(call, operand(call)).real();
  const Setting* order = call.option("ord", 1);
  const bool keep = call.flag_option("keepdims", 3, false);
  const Sizes given = call.integers_option("axis", 2);
  const Sizes axes = axes_or_all(call, "axis", 2, x.rank());
  if (call.failed()) return;
  const bool plain = !order || order->text == "euclidean" || order->text == "fro" ||
                     (order->is_number() && order->number == 2 && (axes.size() == 1 || call.era() < 3));
  if (plain) return call.output(reduce(Kind::l2, x, axes, keep));
  if (order->is_number() && axes.size() == 1)
    return call.output(vector_norm(x, order->number, axes[0], keep));
  const bool sums = order->is_number() && (std::fabs(order->number) == 1 || std::isinf(order->number));
  if (!sums || axes.size() != 2) return spectral_norm(call, x, *order, axes, keep);
  const std::int64_t row = given.size() == 2 ? call.axis_of(given[0], x.rank()) : 0;
  const std::int64_t column = given.size() == 2 ? call.axis_of(given[1], x.rank()) : 1;
  call.output(matrix_norm(x, order->number, row, column, keep));
}

std::span<const Rule> reductions() { return kRules; }
std::span<const Rule> reduction_functions() { return kFunctions; }

}  // namespace vivace::keras
