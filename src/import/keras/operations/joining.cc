// keras.ops that join, cut and turn arrays, and those that make numbers along an axis.
#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "import/keras/operations/families.h"
#include "import/keras/operations/promotion.h"
#include "import/keras/operations/term.h"

namespace vivace::keras {
namespace {

// The arrays of the first argument, of one type.
std::vector<Term> arrays(Call& call) {
  const Setting* list = call.option("xs|arrays|x|tensors", 0);
  std::vector<Term> terms;
  if (!list || !list->is(Setting::Kind::list) || list->items.empty()) {
    call.mistake("xs", "a list of tensors");
    return terms;
  }
  for (const Setting& item : list->items) terms.emplace_back(call, call.as_value(item));
  return terms;
}

void append(Call& call) {
  const auto [left, right] = operands(call, "x1", "x2");
  const Term a(call, left), b(call, right);
  if (!call.option("axis", 2)) return call.output(joined(call, {flat(a), flat(b)}, 0));
  call.output(joined(call, {a, b}, call.axis_of(call.integer_option("axis", 2), a.rank())));
}

void horizontal(Call& call) {
  const std::vector<Term> parts = arrays(call);
  if (!call.failed()) call.output(joined(call, parts, parts.front().rank() == 1 ? 0 : 1));
}

void vertical(Call& call) {
  const std::vector<Term> parts = arrays(call);
  if (!call.failed()) call.output(joined(call, parts, 0));
}

void in_depth(Call& call) {
  std::vector<Term> parts = arrays(call);
  for (Term& x : parts) {
    if (x.rank() < 2) x = widened(x, 0);
    if (x.rank() < 2) x = widened(x, 0);
    if (x.rank() < 3) x = widened(x, x.rank());
  }
  if (!call.failed()) call.output(joined(call, parts, 2));
}

// Pieces along an axis: a number of equal ones, or the places where to cut.
void cut(Call& call, Term x, std::int64_t axis) {
  axis = call.axis_of(axis, x.rank());
  const Setting* where = call.option("indices_or_sections", 1);
  const Sizes numbers = call.integers_option("indices_or_sections", 1);
  if (call.failed() || numbers.empty()) return call.mistake("indices_or_sections", "a number, or places");
  Split op = with(Split{}, &Split::axis, axis);
  if (where->is(Setting::Kind::list)) {
    std::int64_t from = 0;
    for (const std::int64_t to : numbers) op.sizes.push_back(to - std::exchange(from, to));
    op.sizes.push_back(call.size(x, axis) - from);
  } else {
    op.parts = numbers.front();
  }
  for (const ValueId piece : call.add_many(op, {x})) call.output(piece);
}

template <std::int64_t kAxis>
void cut_along(Call& call) {
  const Term x(call, operand(call));
  cut(call, x, kAxis == 1 && x.rank() == 1 ? 0 : kAxis);
}

// As equal as can be: the first ones have one more.
void array_split(Call& call) {
  const Term x(call, operand(call));
  const std::int64_t axis = call.axis_of(call.integer_option("axis", 2, 0), x.rank());
  const Setting* where = call.option("indices_or_sections", 1);
  if (where && where->is(Setting::Kind::list)) return cut(call, x, axis);
  const std::int64_t count = call.integer_option("indices_or_sections", 1), size = call.size(x, axis);
  if (count < 1 || count > 65536) return call.mistake("indices_or_sections", "a number from 1 to 65536");
  Split op = with(Split{}, &Split::axis, axis);
  for (std::int64_t i = 0; i < count; ++i) op.sizes.push_back(size / count + (i < size % count));
  for (const ValueId piece : call.add_many(op, {x})) call.output(piece);
}

void meshgrid(Call& call) {
  std::vector<Term> axes;
  for (int i = 0; call.option("", i); ++i) axes.push_back(flat({call, call.tensor_option("", i)}));
  const bool xy = call.text_option("indexing", -1, "xy") == "xy";
  for (std::size_t i = 0; i < axes.size() && !call.failed(); ++i) {
    // With "xy" the first two change places.
    const std::size_t at = xy && axes.size() > 1 && i < 2 ? 1 - i : i;
    Term x = axes[i];
    for (std::size_t before = 0; before < at; ++before) x = widened(x, 0);
    while (x.rank() < static_cast<std::int64_t>(axes.size())) x = widened(x, x.rank());
    for (std::size_t j = 0; j < axes.size(); ++j) {
      if (j == i) continue;
      const std::size_t place = xy && axes.size() > 1 && j < 2 ? 1 - j : j;
      Term other = axes[j];
      for (std::size_t before = 0; before < place; ++before) other = widened(other, 0);
      while (other.rank() < static_cast<std::int64_t>(axes.size())) other = widened(other, other.rank());
      x = {call, call.add(Broadcast{}, {x, other}, "grid")};
    }
    call.output(x);
  }
}

void ravel(Call& call) { call.output(flat({call, operand(call)})); }

Term reversed(Term x, std::int64_t axis) {
  return {x.call(), x.call().add(with(Reverse{}, &Reverse::axes, Sizes{axis}), {x}, "reversed")};
}

template <std::int64_t kAxis>
void flip_along(Call& call) {
  const Term x(call, operand(call));
  call.output(reversed(x, call.axis_of(kAxis, x.rank())));
}

void rotate(Call& call) {
  const Term x(call, call.tensor_option("array|x", 0));
  const std::int64_t turns = ((call.integer_option("k", 1, 1) % 4) + 4) % 4;
  Sizes axes = call.integers_option("axes", 2);
  if (axes.empty()) axes = {0, 1};
  if (axes.size() != 2) return call.mistake("axes", "two axes");
  const std::int64_t a = call.axis_of(axes[0], x.rank()), b = call.axis_of(axes[1], x.rank());
  if (a == b && !call.failed()) return call.mistake("axes", "two different axes");
  if (call.failed() || turns == 0) return call.output(x);
  if (turns == 2) return call.output(reversed(reversed(x, a), b));
  Sizes order;
  for (std::int64_t axis = 0; axis < x.rank(); ++axis) order.push_back(axis == a ? b : axis == b ? a : axis);
  call.output(turns == 1 ? transposed(reversed(x, b), order) : reversed(transposed(x, order), b));
}

// The type that an option names, or `otherwise`.
DType named_type(Call& call, std::string_view option, int place, DType otherwise) {
  const std::string_view name = call.text_option(option, place, "");
  if (name.empty()) return otherwise;
  for (int i = 0; i < kDTypes; ++i)
    if (const auto type = static_cast<DType>(i); name_of(type) == name && type != DType::string)
      return is_float(type) ? DType::f32 : type;
  call.mistake(option, "a type of numbers");
  return otherwise;
}

template <int kValue>
void filled(Call& call) {
  const Term x(call, operand(call));
  call.output(filled_like(x, kValue, named_type(call, "dtype", 1, x.dtype())));
}

void full_like(Call& call) {
  const Term x(call, operand(call));
  const Setting* value = call.option("fill_value", 1);
  const DType type = named_type(call, "dtype", 2, x.dtype());
  if (!value) return call.mistake("fill_value", "a number");
  if (value->is_number()) return call.output(filled_like(x, value->number, type));
  const Term number(call, as_type(call, *value, type));
  call.output(call.add(Broadcast{}, {number, x}));
}

void full(Call& call) {
  const Term value = Term(call, call.tensor_option("fill_value|value", 0));
  const Term typed = value.as(named_type(call, "dtype", -1, DType::f32));
  call.output(call.add(with(Broadcast{}, &Broadcast::sizes, call.integers_option("shape", -1)), {typed}));
}

void as_array(Call& call) {
  const Term x(call, operand(call));
  call.output(x.as(named_type(call, "dtype", 1, x.dtype())));
}

void viewed(Call& call) {
  const Term x(call, operand(call));
  if (named_type(call, "dtype", 1, x.dtype()) != x.dtype())
    return call.refuse("it reads numbers as another type's bits", "use cast()");
  call.output(x);
}

struct Ends {
  Term start, stop;
};
Ends ends(Call& call) {
  const auto [start, stop] = operands(call, "start", "stop");
  return {Term(call, start).real(), Term(call, stop).real()};
}

// The places between two ends stand along `axis`.
Term spaced(const Ends& between) {
  const auto& [start, stop] = between;
  Call& call = start.call();
  const std::int64_t count = call.integer_option("num", 2, 50);
  const bool whole = call.flag_option("endpoint", 3, true);
  if (count < 1 && !call.failed()) call.mistake("num", "a number of 1 or more", 2);
  const std::int64_t rank = std::max(start.rank(), stop.rank()) + 1;
  const std::int64_t axis = call.axis_of(call.integer_option("axis", -1, 0), rank);
  if (!affordable(call, count)) return start;
  Sizes dims(static_cast<std::size_t>(rank), 1);
  dims[static_cast<std::size_t>(axis)] = count;
  Tensor shares(DType::f32, dims);
  const auto steps = static_cast<double>(whole ? std::max<std::int64_t>(count - 1, 1) : count);
  for (std::int64_t i = 0; i < count; ++i)
    shares.as<float>()[i] = static_cast<float>(static_cast<double>(i) / steps);
  const Term share(call, call.constant(std::move(shares), "shares"));
  const Term from = start.rank() == rank - 1 ? widened(start, axis) : start;
  const Term to = stop.rank() == rank - 1 ? widened(stop, axis) : stop;
  return from * (1.0 - share) + to * share;
}

Term typed_result(Call& call, Term y) {
  const DType type = named_type(call, "dtype", -1, DType::f32);
  return is_float(type) ? y : apply(UnaryKind::floor, y).as(type);
}

void linspace(Call& call) {
  if (call.flag_option("retstep", -1, false)) return call.refuse("retstep=True", "leave it out");
  call.output(typed_result(call, spaced(ends(call))));
}

void logspace(Call& call) {
  const double base = call.number_option("base", -1, 10);
  const Term exponents = typed_result(call, spaced(ends(call)));
  call.output(power(number_like(exponents, base), exponents));
}

// Evenly in the exponent, with the sign of the start.
void geomspace(Call& call) {
  const auto [start, stop] = ends(call);
  const auto exponent = [](Term x) { return apply(UnaryKind::log10, abs(x)); };
  const Term y = spaced({exponent(start), exponent(stop)});
  const Term sizes = power(number_like(y, 10), y);
  call.output(typed_result(call, sizes * apply(UnaryKind::sign, start)));
}

void size_of(Call& call) {
  const Term x(call, operand(call));
  const Term sizes(call, call.add(ShapeOf{}, {x}, "sizes"));
  call.output(reduce(Reduce::Kind::product, sizes, {0}));
}

void rank_of(Call& call) {
  const Term x(call, operand(call));
  call.output(call.scalar(static_cast<double>(x.rank()), DType::i32));
}

constexpr Rule kRules[] = {
    {"Append", append},
    {"Hstack", horizontal},
    {"Vstack", vertical},
    {"Dstack", in_depth},
    {"Hsplit", cut_along<1>},
    {"Vsplit", cut_along<0>},
    {"Dsplit", cut_along<2>},
    {"ArraySplit", array_split},
    {"Meshgrid", meshgrid},
    {"Ravel", ravel},
    {"Rearrange", rearrange},
    {"Fliplr", flip_along<1>},
    {"Flipud", flip_along<0>},
    {"Rot90", rotate},
    {"OnesLike", filled<1>},
    {"ZerosLike", filled<0>},
    {"EmptyLike", filled<0>},
    {"FullLike", full_like},
    {"Full", full},
    {"Array", as_array},
    {"ConvertToTensor", as_array},
    {"View", viewed},
    {"Linspace", linspace},
    {"Logspace", logspace},
    {"Geomspace", geomspace},
    {"Size", size_of},
    {"Ndim", rank_of},
};

constexpr Rule kFunctions[] = {
    {"ones_like", filled<1>},
    {"zeros_like", filled<0>},
    {"compat.v1.ones_like", filled<1>},
    {"compat.v1.zeros_like", filled<0>},
    {"size", size_of},
    {"compat.v1.size", size_of},
    {"rank", rank_of},
    {"linspace", linspace},
    {"meshgrid", meshgrid},
    {"convert_to_tensor", as_array},
    {"image.flip_left_right", flip_along<-2>},
    {"image.flip_up_down", flip_along<-3>},
};

}  // namespace

std::span<const Rule> joining_operations() { return kRules; }
std::span<const Rule> joining_functions() { return kFunctions; }

}  // namespace vivace::keras
