// keras.ops that order elements: sort, quantiles, searchsorted, histogram, in_top_k, sparsemax.
#include <algorithm>
#include <cmath>
#include <limits>

#include "base/text.h"
#include "import/keras/operations/families.h"
#include "import/keras/operations/promotion.h"
#include "import/keras/operations/term.h"

namespace vivace::keras {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

// Turns the order of numbers round, and back; integers without overflow.
Term turned(Term x) { return is_float(x.dtype()) ? -x : number_like(x, -1) - x; }

struct Ordered {
  Term values, places;
};

// Along the last axis; equals keep their order.
Ordered ordered(Term x, bool falling) {
  Call& call = x.call();
  if (call.failed()) return {x, x};
  if (x.dtype() == DType::boolean) x = x.as(DType::u8);
  const auto best =
      call.add_many(with(TopK{}, &TopK::k, call.size(x, -1)), {falling ? x : turned(x)}, "order");
  if (best.size() != 2) return {x, x};
  const Term values(call, best[0]);
  return {falling ? values : turned(values), {call, best[1]}};
}

// The axis of a sort: the last of a flattened tensor where it is None.
struct Sortable {
  Term x;
  std::int64_t axis;
};
Sortable sortable(Call& call, Term x) {
  if (call.failed()) return {x, 0};
  const bool flattens = call.era() >= 3 && call.config().raw("axis") && !call.option("axis", 1);
  if (flattens) return {flat(x), 0};
  const std::int64_t axis = call.axis_of(call.integer_option("axis", 1, -1), x.rank());
  return {axis_moved(x, axis, x.rank() - 1), axis};
}

bool falls(Call& call) {
  const std::string_view direction = call.text_option("direction", -1, "ASCENDING");
  if (direction != "ASCENDING" && direction != "DESCENDING")
    call.mistake("direction", "ASCENDING or DESCENDING");
  return direction == "DESCENDING";
}

// The axes of a quantile as one, behind all others.
Term gathered_behind(Term x, const Sizes& axes) {
  Sizes order;
  for (std::int64_t axis = 0; axis < x.rank(); ++axis)
    if (std::find(axes.begin(), axes.end(), axis) == axes.end()) order.push_back(axis);
  const auto kept = static_cast<std::int64_t>(order.size());
  order.insert(order.end(), axes.begin(), axes.end());
  x = transposed(x, order);
  if (axes.size() == 1) return x;
  Sizes target;
  for (std::int64_t axis = 0; axis < kept; ++axis) target.push_back(Reshape::keep(axis));
  target.push_back(Reshape::kInfer);
  return shaped(x, std::move(target));
}

// Quantiles as numbers, and whether they came as a list.
struct Quantiles {
  std::vector<double> q;
  bool list;
};
Quantiles quantiles(Call& call, float whole) {
  const Setting* given = call.option("q", 1);
  Quantiles result{{}, given && given->is(Setting::Kind::list)};
  if (!given) return {{0.5}, false};
  const std::vector<Setting> one{*given};
  for (const Setting& item : result.list ? given->items : one) {
    const auto q = static_cast<double>(static_cast<float>(item.number) / whole);
    if (!item.is_number() || !(q >= 0 && q <= 1)) call.mistake("q", "numbers, each a part of the whole");
    result.q.push_back(q);
  }
  if (result.q.empty()) call.mistake("q", "a number or more");
  return result;
}

// Between which two elements of n sorted ones a quantile lies, and how much of the lower one it takes.
struct Between {
  double lower, upper, of_lower;
};
std::optional<Between> between(std::string_view method, double place, double last) {
  const auto bounded = [&](double at) { return std::clamp(at, 0.0, last); };
  const double low = bounded(std::floor(place)), high = bounded(std::ceil(place));
  if (method == "lower") return Between{low, low, 1};
  if (method == "higher") return Between{high, high, 1};
  if (method == "nearest") return Between{bounded(std::nearbyint(place)), bounded(std::nearbyint(place)), 1};
  if (method == "midpoint") return Between{low, high, 0.5};
  if (method != "linear") return std::nullopt;
  const double below = std::max(high - 1, 0.0), above = std::min(below + 1, last);
  return Between{below, above, above - place};
}

// One quantile of rows sorted along the last axis.
Term quantile_of(Term rows, double q, std::int64_t count, std::string_view method) {
  Call& call = rows.call();
  const auto last = static_cast<double>(count - 1);
  const auto lies = between(method, last * q, last);
  if (!lies || call.failed()) return rows;
  const auto element = [&](double at) {
    const auto place = static_cast<std::int64_t>(at);
    return narrowed(part(rows, rows.rank() - 1, place, place + 1), rows.rank() - 1);
  };
  if (lies->of_lower == 1) return element(lies->lower);
  return element(lies->upper) * (1 - lies->of_lower) + element(lies->lower) * lies->of_lower;
}

// NaN stands last in the sorted rows, and each row counts its own.
Term quantile_without_nan(Term rows, Term missing, double q, std::string_view method) {
  Call& call = rows.call();
  const std::int64_t axis = rows.rank() - 1;
  const Term last = sum((!missing).as(DType::f32), {axis}, true) - 1.0;
  const Term place = last * q;
  const auto bounded = [&](Term at) { return max(min(at, last), {call, call.scalar(0)}); };
  const auto element = [&](Term at) {
    return Term(call, call.add(with(GatherElements{}, &GatherElements::axis, axis), {rows, at.as(DType::i32)},
                               "element"));
  };
  const auto answer = [&](Term y) { return narrowed(select(last < 0.0, kNan, y), axis); };
  const Term low = apply(UnaryKind::floor, place), high = apply(UnaryKind::ceil, place);
  if (method == "lower") return answer(element(bounded(low)));
  if (method == "higher") return answer(element(bounded(high)));
  if (method == "nearest") return answer(element(bounded(apply(UnaryKind::round, place))));
  if (method == "midpoint") return answer((element(bounded(low)) + element(bounded(high))) * 0.5);
  if (method != "linear") {
    call.mistake("method", "\"linear\", \"lower\", \"higher\", \"nearest\" or \"midpoint\"");
    return rows;
  }
  const Term below = max(high - 1.0, {call, call.scalar(0)}), above = bounded(below + 1.0);
  const Term of_lower = above - place;
  return answer(element(above) * (1.0 - of_lower) + element(below) * of_lower);
}

template <bool kSkipsNan>
Term one_quantile(Term x, Term missing, double q, std::string_view method) {
  Call& call = x.call();
  if (kSkipsNan)
    return quantile_without_nan(ordered(select(missing, kInfinity, x), false).values, missing, q, method);
  const std::int64_t axis = x.rank() - 1, count = call.size(x, axis);
  if (count < 1 && !call.failed()) call.refuse("a quantile of nothing", "give it elements");
  const Term y = quantile_of(ordered(x, false).values, q, count, method);
  return select(reduce(Reduce::Kind::any, missing, {axis}), kNan, y);
}

template <bool kSkipsNan>
void quantile(Call& call, float whole) {
  Term x = Term(call, operand(call)).real();
  const std::int64_t rank = x.rank();
  const Sizes axes = axes_or_all(call, "axis", -1, rank);
  const Quantiles wanted = quantiles(call, whole);
  std::string_view method = call.text_option("method", -1, "linear");
  if (!between(method, 0, 0)) call.mistake("method", "linear, lower, higher, midpoint or nearest");
  if (call.layer().class_name == "Quantile") method = "linear";  // as a node, Keras forgets it
  if (call.failed()) return;
  if (axes.empty()) return call.mistake("axis", "an axis or more");
  x = gathered_behind(x, axes);
  const Term missing = apply(UnaryKind::is_nan, x);
  std::vector<Term> answers;
  for (const double q : wanted.q) {
    Term y = one_quantile<kSkipsNan>(x, missing, q, method);
    if (call.flag_option("keepdims", -1, false))
      for (const std::int64_t axis : axes) y = widened(y, axis);
    answers.push_back(wanted.list ? widened(y, 0) : y);
  }
  call.output(joined(call, answers, 0));
}

template <bool kSkipsNan>
void plain_quantile(Call& call) {
  quantile<kSkipsNan>(call, 1);
}
template <bool kSkipsNan>
void percentile(Call& call) {
  quantile<kSkipsNan>(call, 100);
}

// How many of `edges` (sorted, one axis) lie before each element.
Term count_before(Term edges, Term x, bool right) {
  const Term wide = widened(x, x.rank());
  return sum((right ? edges <= wide : edges < wide).as(DType::i32), {x.rank()});
}

void search_sorted(Call& call) {
  const auto [sequence, values] = operands(call, "sorted_sequence", "values");
  const std::string_view side = call.text_option("side", 2, "left");
  if (side != "left" && side != "right") call.mistake("side", "left or right");
  if (call.failed()) return;
  if (call.rank(sequence) != 1) return call.refuse("a search in several sequences", "search in one");
  call.output(count_before({call, sequence}, {call, values}, side == "right"));
}

void digitize(Call& call) {
  const Term x = Term(call, operand(call)).real();
  const Term bins(call, call.tensor_option("bins", 1));
  if (!call.failed()) call.output(count_before(bins.real(), x, true));
}

Sizes steps_of(std::int64_t count) {
  Sizes numbers;
  for (std::int64_t i = 0; i < count; ++i) numbers.push_back(i);
  return numbers;
}

void histogram(Call& call) {
  const Term x = flat(Term(call, operand(call)).real());
  const std::int64_t bins = call.integer_option("bins", 1, 10);
  if (call.failed()) return;
  if (bins < 1 || bins > 1'000'000) return call.mistake("bins", "a size from 1 to a million");
  const Setting* range = call.option("range", 2);
  Term low(call, kNoValue), high(call, kNoValue);
  if (range) {
    if (range->items.size() != 2 || !range->items[0].is_number() || !range->items[1].is_number())
      return call.mistake("range", "two numbers");
    low = {call, call.scalar(range->items[0].number)}, high = {call, call.scalar(range->items[1].number)};
  } else {
    low = reduce(Reduce::Kind::min, x, {0}), high = reduce(Reduce::Kind::max, x, {0});
  }
  std::vector<float> shares;
  for (const std::int64_t step : steps_of(bins)) shares.push_back(static_cast<float>(step));
  const Term step = (high - low) / static_cast<double>(bins);
  const Term starts = Term(call, call.constant(shares, {bins})) * step + low;
  const Term edges = joined(call, {starts, widened(high, 0)}, 0);
  const Term bin = sum((widened(part(edges, 0, 1, -1), 0) <= widened(x, 1)).as(DType::i32), {1});
  const Term kept = select(x >= low && x <= high, bin, -1.0);
  const Term hits(call, call.add(with(OneHot{}, &OneHot::depth, bins, &OneHot::axis, 1), {kept}, "hits"));
  call.output(sum(hits, {0}));
  call.output(edges);
}

// Whether the score of the right class is among the k best; ties count as in. TensorFlow 1 has them first.
template <bool kScoresFirst = false>
void in_top_k(Call& call) {
  const Term targets(call, call.tensor_option("targets", kScoresFirst ? 1 : 0)),
      scores(call, call.tensor_option("predictions", kScoresFirst ? 0 : 1));
  const double k = static_cast<double>(call.integer_option("k", 2));
  if (call.failed()) return;
  const Term right = Term(call, call.add(with(GatherElements{}, &GatherElements::axis, 1),
                                         {scores, widened(targets, 1)}, "right"));
  const Term better = sum((scores > right).as(DType::i32), {1});
  call.output(better < k && narrowed(apply(UnaryKind::is_finite, right), 1));
}

void sparsemax(Call& call) {
  const Term given = Term(call, operand(call)).real();
  if (call.failed()) return;
  const std::int64_t axis = call.axis_of(call.integer_option("axis", 1, -1), given.rank()),
                     last = given.rank() - 1;
  const Term x = axis_moved(given, axis, last);
  const Term falling = ordered(x, true).values;
  const Term sums(call, call.add(with(Cumulative{}, &Cumulative::axis, last), {falling}, "sums"));
  const Term supported = falling - (sums - 1.0) / (places(falling, last, DType::f32) + 1.0) > 0.0;
  // The definition wants the last running sum of the support; Keras adds them all, and so does its model.
  const Term size = sum(supported.as(DType::f32), {last}, true);
  const Term threshold = (sum(select(supported, sums, 0.0), {last}, true) - 1.0) / size;
  call.output(axis_moved(apply(UnaryKind::relu, x - threshold), last, axis));
}

void sort(Call& call) {
  const Term x(call, operand(call));
  const bool falling = falls(call);
  const auto [rows, axis] = sortable(call, x);
  if (call.failed()) return;
  call.output(axis_moved(ordered(rows, falling).values.as(x.dtype()), rows.rank() - 1, axis));
}

void argsort(Call& call) {
  const bool falling = falls(call);
  const auto [rows, axis] = sortable(call, {call, operand(call)});
  if (call.failed()) return;
  call.output(axis_moved(ordered(rows, falling).places, rows.rank() - 1, axis));
}

constexpr Rule kRules[] = {
    {"Sort", sort},
    {"Argsort", argsort},
    {"Median", plain_quantile<false>},
    {"Quantile", plain_quantile<false>},
    {"Percentile", percentile<false>},
    {"Nanmedian", plain_quantile<true>},
    {"Nanquantile", plain_quantile<true>},
    {"Nanpercentile", percentile<true>},
    {"SearchSorted", search_sorted},
    {"Digitize", digitize},
    {"Histogram", histogram},
    {"InTopK", in_top_k<>},
    {"Sparsemax", sparsemax},
};

// The same under TensorFlow's names.
constexpr Rule kFunctions[] = {
    {"sort", sort},
    {"argsort", argsort},
    {"math.in_top_k", in_top_k<>},
    {"nn.in_top_k", in_top_k<>},
    {"compat.v1.math.in_top_k", in_top_k<true>},
    {"compat.v1.nn.in_top_k", in_top_k<true>},
    {"searchsorted", search_sorted},
    {"sparsemax", sparsemax},
};

}  // namespace

std::span<const Rule> sorting_operations() { return kRules; }
std::span<const Rule> sorting_functions() { return kFunctions; }

}  // namespace vivace::keras
