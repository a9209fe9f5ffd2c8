// Formulas as nodes.
#include "import/keras/operations/term.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/text.h"
#include "import/keras/operations/promotion.h"

namespace vivace::keras {
namespace {

constexpr std::int64_t kMostElements = std::int64_t{1} << 26;

std::string_view name_of_kind(Binary::Kind kind) { return Binary::kKinds[static_cast<std::size_t>(kind)]; }

Sizes identity_order(std::int64_t rank) {
  Sizes order(static_cast<std::size_t>(rank));
  std::iota(order.begin(), order.end(), 0);
  return order;
}

Sizes kept(std::int64_t rank) {
  Sizes target;
  for (std::int64_t axis = 0; axis < rank; ++axis) target.push_back(Reshape::keep(axis));
  return target;
}

}  // namespace

Term Term::real() const { return as(float_type(dtype())); }

bool affordable(Call& call, std::int64_t rows, std::int64_t columns) {
  if (call.failed()) return false;
  if (rows >= 0 && columns >= 0 && (columns == 0 || rows <= kMostElements / columns)) return true;
  call.fail(Error("import.limit",
                  text("layer \"{}\" needs a constant of {} by {} numbers", call.layer().path, rows, columns))
                .why(text("an import makes none of more than {}", kMostElements)));
  return false;
}

Term number_like(Term x, double number) {
  const bool whole = std::floor(number) == number && std::isfinite(number) && std::fabs(number) < 9e15;
  DType type = x.dtype();
  if (type == DType::boolean) type = whole ? DType::i32 : DType::f32;
  return {x.call(), x.call().scalar(number, whole ? type : float_type(type))};
}

Term combine(Binary::Kind kind, Term a, Term b) {
  Call& call = a.call();
  if (call.failed()) return {call, kNoValue};
  const DType type = operand_type(kind, common_type({a.dtype()}, {b.dtype()}));
  return {call, call.binary(kind, a.as(type), b.as(type), name_of_kind(kind))};
}
Term combine(Binary::Kind kind, Term a, double b) { return combine(kind, a, number_like(a, b)); }
Term combine(Binary::Kind kind, double a, Term b) { return combine(kind, number_like(b, a), b); }

Term apply(UnaryKind kind, Term x, double alpha, double beta) {
  return {x.call(), x.call().unary(kind, x, kUnaryNames[static_cast<std::size_t>(kind)], alpha, beta)};
}

Term select(Term condition, Term a, Term b) {
  Call& call = condition.call();
  if (call.failed()) return {call, kNoValue};
  const DType type = common_type({a.dtype()}, {b.dtype()});
  return {call, call.add(Select{}, {condition.truth(), a.as(type), b.as(type)}, "select")};
}
Term select(Term condition, Term a, double b) { return select(condition, a, number_like(a, b)); }
Term select(Term condition, double a, Term b) { return select(condition, number_like(b, a), b); }

Term reduce(Reduce::Kind kind, Term x, Sizes axes, bool keep) {
  return {x.call(), x.call().add(with(Reduce{}, &Reduce::kind, kind, &Reduce::axes, std::move(axes),
                                      &Reduce::keep_dims, keep),
                                 {x}, Reduce::kKinds[static_cast<std::size_t>(kind)])};
}

Term shaped(Term x, Sizes target) { return {x.call(), x.call().reshape(x, std::move(target), "shaped")}; }

Term transposed(Term x, Sizes order) {
  return {x.call(), x.call().transpose(x, std::move(order), "transposed")};
}

Term part(Term x, std::int64_t axis, std::int64_t from, std::int64_t to, std::int64_t step) {
  const Slice slice = with(Slice{}, &Slice::axes, Sizes{axis}, &Slice::starts, Sizes{from}, &Slice::stops,
                           Sizes{to}, &Slice::steps, Sizes{step});
  return {x.call(), x.call().add(slice, {x}, "part")};
}

Term joined(Call& call, std::vector<Term> parts, std::int64_t axis) {
  if (call.failed() || parts.empty()) return {call, kNoValue};
  DType type = parts.front().dtype();
  for (const Term& term : parts) type = common_type({type}, {term.dtype()});
  std::vector<ValueId> values;
  for (const Term& term : parts) values.push_back(term.as(type));
  if (values.size() == 1) return {call, values.front()};
  return {call, call.add(with(Concat{}, &Concat::axis, axis), std::move(values), "joined")};
}

Term flat(Term x) { return x.rank() == 1 ? x : shaped(x, {Reshape::kInfer}); }

Term widened(Term x, std::int64_t axis) {
  Sizes target = kept(x.rank());
  target.insert(target.begin() + std::clamp<std::int64_t>(axis, 0, x.rank()), 1);
  return shaped(x, std::move(target));
}

Term narrowed(Term x, std::int64_t axis) {
  Sizes target = kept(x.rank());
  if (axis >= 0 && axis < x.rank()) target.erase(target.begin() + axis);
  return shaped(x, std::move(target));
}

Term axis_moved(Term x, std::int64_t from, std::int64_t to) {
  Sizes order = identity_order(x.rank());
  if (from < 0 || to < 0 || from >= x.rank() || to >= x.rank()) return x;
  order.erase(order.begin() + from);
  order.insert(order.begin() + to, from);
  return transposed(x, std::move(order));
}

Term places(Term x, std::int64_t axis, DType type) {
  Call& call = x.call();
  Sizes dims(static_cast<std::size_t>(x.rank()), 1);
  if (call.failed() || axis < 0 || axis >= x.rank()) return {call, kNoValue};
  const Dim& size = call.dim(x, axis);
  if (!size.known()) {  // counted when it runs
    dims[static_cast<std::size_t>(axis)] = Reshape::keep(axis);
    const Fill ones = with(Fill{}, &Fill::target, dims, &Fill::value, 1, &Fill::result, type);
    return {call, call.add(with(Cumulative{}, &Cumulative::axis, axis, &Cumulative::exclusive, true),
                           {call.add(ones, {x}, "ones")}, "places")};
  }
  if (!affordable(call, size.number())) return {call, kNoValue};
  dims[static_cast<std::size_t>(axis)] = size.number();
  const bool real = type == DType::f32;
  Tensor numbers(real ? type : DType::i32, dims);
  if (real)
    std::iota(numbers.as<float>(), numbers.as<float>() + size.number(), 0.0f);
  else
    std::iota(numbers.as<std::int32_t>(), numbers.as<std::int32_t>() + size.number(), 0);
  return Term(call, call.constant(std::move(numbers), "places")).as(type);
}

Term filled_like(Term x, double value, DType type) {
  const Fill op = with(Fill{}, &Fill::target, kept(x.rank()), &Fill::value, value, &Fill::result, type);
  return {x.call(), x.call().add(op, {x}, "filled")};
}

Term over_deviation(Term x, const Sizes& axes, double epsilon) {
  const Term apart = x - reduce(Reduce::Kind::mean, x, axes, true);
  const Term variance = reduce(Reduce::Kind::mean, square(apart), axes, true);
  return x * apply(UnaryKind::rsqrt, variance + epsilon);
}

}  // namespace vivace::keras
