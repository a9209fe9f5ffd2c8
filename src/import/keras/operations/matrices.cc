// keras.ops on matrices and products: triangles, diagonals, dot and its kin, differences, integrals.
#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "import/keras/operations/families.h"
#include "import/keras/operations/promotion.h"
#include "import/keras/operations/term.h"

namespace vivace::keras {
namespace {

// Rows and columns, as two axes named anyhow, behind all others.
Term with_matrices_last(Term x, std::int64_t rows, std::int64_t columns) {
  const std::int64_t rank = x.rank();
  rows = x.call().axis_of(rows, rank), columns = x.call().axis_of(columns, rank);
  if (rows == columns && !x.call().failed()) x.call().mistake("axis2", "another axis than axis1");
  if (x.call().failed()) return x;
  x = axis_moved(x, rows, rank - 1);
  if (columns > rows) --columns;
  return axis_moved(x, columns, rank - 1);
}

// Column less row, for every place of the last two axes.
Term offsets(Term x) { return places(x, x.rank() - 1, DType::i32) - places(x, x.rank() - 2, DType::i32); }

bool is_matrix(Call& call, const Term& x) {
  if (!call.failed() && x.rank() < 2) call.want_rank(x, 2);
  return !call.failed();
}

template <bool kUpper>
void triangle(Call& call) {
  const Term x(call, operand(call));
  const auto k = static_cast<double>(call.integer_option("k", 1, 0));
  if (!is_matrix(call, x)) return;
  call.output(select(kUpper ? offsets(x) >= k : offsets(x) <= k, x, filled_like(x, 0, x.dtype())));
}

// The elements whose column is `offset` more than their row, in a last axis. Requires known sizes.
Term diagonal_of(Term x, std::int64_t offset) {
  Call& call = x.call();
  const std::int64_t rank = x.rank(), rows = call.size(x, rank - 2), columns = call.size(x, rank - 1);
  if (call.failed()) return x;
  const std::int64_t top = std::clamp<std::int64_t>(-offset, 0, rows),
                     left = std::clamp<std::int64_t>(offset, 0, columns);
  const std::int64_t length = std::max<std::int64_t>(std::min(rows - top, columns - left), 0);
  x = part(part(x, rank - 2, top, top + length), rank - 1, left, left + length);
  const Term on = offsets(x) == 0.0;
  return reduce(Reduce::Kind::sum, select(on, x.dtype() == DType::boolean ? x.as(DType::i32) : x, 0.0),
                {rank - 2})
      .as(x.dtype());
}

void diagonal(Call& call) {
  const Term x(call, operand(call));
  if (!is_matrix(call, x)) return;
  const Term matrices =
      with_matrices_last(x, call.integer_option("axis1", 2, 0), call.integer_option("axis2", 3, 1));
  call.output(diagonal_of(matrices, call.integer_option("offset", 1, 0)));
}

void trace(Call& call) {
  const Term x(call, operand(call));
  if (!is_matrix(call, x)) return;
  const auto offset = static_cast<double>(call.integer_option("offset", 1, 0));
  const Term matrices =
      with_matrices_last(x, call.integer_option("axis1", 2, 0), call.integer_option("axis2", 3, 1))
          .as(sum_type(x.dtype()));
  const std::int64_t rank = x.rank();
  call.output(sum(select(offsets(matrices) == offset, matrices, 0.0), {rank - 2, rank - 1}));
}

// A matrix with x on a diagonal, zeros elsewhere.
Term diagonal_matrix(Term x, std::int64_t offset) {
  Call& call = x.call();
  const std::int64_t size = call.size(x, -1), side = size + std::abs(offset);
  if (!affordable(call, side, side)) return x;
  Pad pad = with(Pad{}, &Pad::before, Sizes(static_cast<std::size_t>(x.rank()), 0));
  pad.after = pad.before;
  pad.before.back() = std::max<std::int64_t>(offset, 0),
  pad.after.back() = std::max<std::int64_t>(-offset, 0);
  const Term row = widened({call, call.add(pad, {x}, "padded")}, x.rank() - 1);
  Tensor on(DType::boolean, {side, side});
  for (std::int64_t i = 0; i < size; ++i)
    on.as<std::uint8_t>()[(i + std::max<std::int64_t>(-offset, 0)) * side + i +
                          std::max<std::int64_t>(offset, 0)] = 1;
  return select({call, call.constant(std::move(on), "diagonal")}, row, number_like(x, 0).as(x.dtype()));
}

constexpr std::int64_t kFarthest = 1 << 20;

std::int64_t offset_option(Call& call) {
  const std::int64_t offset = call.integer_option("k", 1, 0);
  if (offset < -kFarthest || offset > kFarthest) call.mistake("k", "a diagonal of the matrix");
  return call.failed() ? 0 : offset;
}

void diag(Call& call) {
  const Term x(call, operand(call));
  const std::int64_t offset = offset_option(call);
  if (call.failed()) return;
  if (x.rank() == 1) return call.output(diagonal_matrix(x, offset));
  call.want_rank(x, 2);
  call.output(diagonal_of(x, offset));
}

void diag_flat(Call& call) {
  const Term x = flat({call, operand(call)});
  call.output(diagonal_matrix(x, offset_option(call)));
}

// Sums over pairs of axes: the axes of each that are left over follow one another.
Term contracted(Term a, Term b, const Sizes& of_a, const Sizes& of_b) {
  Call& call = a.call();
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  if (call.failed() || a.rank() + b.rank() > static_cast<std::int64_t>(kLetters.size())) return a;
  std::string left(kLetters.substr(0, static_cast<std::size_t>(a.rank())));
  std::string right(kLetters.substr(left.size(), static_cast<std::size_t>(b.rank()))), output;
  for (std::size_t i = 0; i < of_a.size(); ++i)
    right[static_cast<std::size_t>(of_b[i])] = left[static_cast<std::size_t>(of_a[i])];
  for (const std::string& term : {left, right})
    for (const char letter : term)
      if ((left + right).find(letter) == (left + right).rfind(letter)) output += letter;
  return {call, call.add(with(Einsum{}, &Einsum::equation, left + "," + right + "->" + output), {a, b})};
}

// Two operands as Keras multiplies them: in float32, and back.
struct Factors {
  Term a, b;
  DType type;
  Factors(Call& call, std::string_view first, std::string_view second)
      : a(call, kNoValue), b(a), type(DType::f32) {
    const auto [left, right] = operands(call, first, second);
    type = call.dtype(left);
    a = Term(call, left).real(), b = Term(call, right).real();
  }
};

void dot(Call& call) {
  const auto [a, b, type] = Factors(call, "x1", "x2");
  if (call.failed()) return;
  if (a.rank() == 0 || b.rank() == 0) return call.output((a * b).as(type));
  const std::int64_t other = b.rank() == 1 ? 0 : b.rank() - 2;
  call.output(contracted(a, b, {a.rank() - 1}, {other}).as(type));
}

void inner(Call& call) {
  const auto [a, b, type] = Factors(call, "x1", "x2");
  if (call.failed()) return;
  if (a.rank() == 0 || b.rank() == 0) return call.output((a * b).as(type));
  call.output(contracted(a, b, {a.rank() - 1}, {b.rank() - 1}).as(type));
}

void vdot(Call& call) {
  const auto [a, b, type] = Factors(call, "x1", "x2");
  call.output(sum(flat(a) * flat(b), {0}).as(type));
}

void outer(Call& call) {
  const auto [a, b] = operands(call, "x1", "x2");
  if (!call.failed()) call.output(widened(flat({call, a}), 1) * flat({call, b}));
}

// axes: how many of the last and the first, or which of each.
void tensordot(Call& call) {
  const auto [a, b, type] = Factors(call, "x1|a", "x2|b");
  const Setting* axes = call.option("axes", 2);
  if (call.failed()) return;
  Sizes of_a, of_b;
  const auto numbers = [&](const Setting& setting, std::int64_t rank, Sizes& into) {
    const std::vector<Setting> one{setting};
    for (const Setting& item : setting.is(Setting::Kind::list) ? setting.items : one) {
      if (!item.is(Setting::Kind::integer)) call.mistake("axes", "whole numbers");
      into.push_back(call.axis_of(item.integer, rank));
    }
  };
  if (axes && axes->is(Setting::Kind::list) && axes->items.size() == 2) {
    numbers(axes->items[0], a.rank(), of_a), numbers(axes->items[1], b.rank(), of_b);
  } else {
    const std::int64_t count = call.integer_option("axes", 2, 2);
    if (count < 0 || count > std::min(a.rank(), b.rank())) return call.mistake("axes", "axes that both have");
    for (std::int64_t i = 0; i < count; ++i) of_a.push_back(a.rank() - count + i), of_b.push_back(i);
  }
  if (of_a.size() != of_b.size()) return call.mistake("axes", "as many axes of one as of the other");
  call.output(contracted(a, b, of_a, of_b).as(type));
}

void kron(Call& call) {
  const auto [left, right] = operands(call, "x1", "x2");
  Term a(call, left), b(call, right);
  if (call.failed()) return;
  while (a.rank() < b.rank()) a = widened(a, 0);
  while (b.rank() < a.rank()) b = widened(b, 0);
  Sizes target;
  const std::int64_t rank = a.rank();
  for (std::int64_t axis = 0; axis < rank; ++axis) {
    const Dim size = call.dim(a, axis) * (call.dim(b, axis).known() ? call.dim(b, axis) : Dim(1));
    const bool infers = !size.known() || !call.dim(b, axis).known();
    target.push_back(infers ? Reshape::kInfer : size.number());
  }
  for (std::int64_t axis = 0; axis < rank; ++axis) a = widened(a, 2 * axis + 1), b = widened(b, 2 * axis);
  call.output(shaped(a * b, std::move(target)));
}

Term with_three(Term x, std::int64_t axis) {
  Call& call = x.call();
  axis = call.axis_of(axis, x.rank());
  const std::int64_t size = call.size(x, axis);
  if (call.failed()) return x;
  if (size != 2 && size != 3) call.mistake("axis", "an axis of 2 or 3");
  x = axis_moved(x, axis, x.rank() - 1);
  if (size == 3 || call.failed()) return x;
  Pad pad = with(Pad{}, &Pad::before, Sizes(static_cast<std::size_t>(x.rank()), 0));
  pad.after = pad.before;
  pad.after.back() = 1;
  return {call, call.add(pad, {x}, "padded")};
}

void cross(Call& call) {
  const auto [left, right] = operands(call, "x1|a", "x2|b");
  const Term a(call, left), b(call, right);
  const Setting* axis = call.option("axis", 5);
  const auto of = [&](std::string_view name) {
    const std::int64_t own = call.integer_option(name, -1, -1);
    return axis ? call.integer_option("axis", 5, -1) : own;
  };
  (void)of("axisc");
  if (call.failed()) return;
  const bool flat_vectors = call.dim(a, of("axisa")) == Dim(2) && call.dim(b, of("axisb")) == Dim(2);
  const Term p = with_three(a, of("axisa")), q = with_three(b, of("axisb"));
  if (call.failed()) return;
  const auto at = [&](Term x, std::int64_t i) { return part(x, x.rank() - 1, i, i + 1); };
  const auto component = [&](std::int64_t i, std::int64_t j) {
    return at(p, i) * at(q, j) - at(p, j) * at(q, i);
  };
  const Term last = component(0, 1);
  if (flat_vectors) return call.output(narrowed(last, last.rank() - 1));
  const Term y = joined(call, {component(1, 2), component(2, 0), last}, last.rank() - 1);
  call.output(axis_moved(y, y.rank() - 1, call.axis_of(of("axisc"), y.rank())));
}

void difference(Call& call) {
  Term x(call, operand(call));
  const std::int64_t times = call.integer_option("n", 1, 1);
  const std::int64_t axis = call.axis_of(call.integer_option("axis", 2, -1), x.rank());
  if (times < 0 || times > 1000) return call.mistake("n", "a number from 0 to 1000");
  for (std::int64_t i = 0; i < times && !call.failed(); ++i) {
    const Term later = part(x, axis, 1), earlier = part(x, axis, 0, -1);
    x = x.dtype() == DType::boolean ? later != earlier : later - earlier;
  }
  call.output(x);
}

void trapezoid(Call& call) {
  Term y = Term(call, call.tensor_option("y", 0)).real();
  const std::int64_t axis = call.axis_of(call.integer_option("axis", -1, -1), y.rank()), last = y.rank() - 1;
  y = axis_moved(y, axis, last);
  const Term heights = (part(y, last, 1) + part(y, last, 0, -1)) * 0.5;
  const Setting* x = call.option("x", -1);
  if (!x) return call.output(sum(heights * call.number_option("dx", -1, 1), {last}));
  Term at = Term(call, call.as_value(*x)).real();
  if (at.rank() > 1)
    at = axis_moved(at, call.axis_of(call.integer_option("axis", -1, -1), at.rank()), at.rank() - 1);
  const std::int64_t end = at.rank() - 1;
  call.output(sum(heights * (part(at, end, 1) - part(at, end, 0, -1)), {last}));
}

void vandermonde(Call& call) {
  const Term x(call, operand(call));
  call.want_rank(x, 1);
  const std::int64_t columns = call.option("N", 1) ? call.integer_option("N", 1) : call.size(x, 0);
  if (!affordable(call, columns)) return;
  std::vector<float> powers;
  for (std::int64_t i = 0; i < columns; ++i) powers.push_back(static_cast<float>(i));
  if (!call.flag_option("increasing", 2, false)) std::reverse(powers.begin(), powers.end());
  const Term exponents(call, call.constant(powers, {columns}));
  call.output(power(widened(x.real(), 1), exponents).as(x.dtype()));
}

void correlation_coefficients(Call& call) {
  const Term x = Term(call, operand(call)).real();
  call.want_rank(x, 2);
  if (call.failed()) return;
  const Term apart = x - reduce(Reduce::Kind::mean, x, {1}, true);
  const Term products(call, call.add(with(MatMul{}, &MatMul::transpose_b, true), {apart, apart}, "products"));
  const Term deviations = sqrt(sum(square(apart), {1}, true));
  call.output(clamp(products / (deviations * transposed(deviations, {1, 0})), -1, 1));
}

void correlate(Call& call) {
  const auto [a, b, type] = Factors(call, "x1", "x2");
  call.want_rank(a, 1), call.want_rank(b, 1);
  const std::int64_t n = call.size(a, 0), m = call.size(b, 0);
  const std::string_view mode = call.text_option("mode", 2, "valid");
  if (mode != "valid" && mode != "same" && mode != "full") call.mistake("mode", "valid, same or full");
  if (call.failed() || n < 1 || m < 1) return call.mistake("x2", "numbers");
  Conv conv = with(Conv{}, &Conv::strides, Sizes{1}, &Conv::dilations, Sizes{1});
  conv.padding = Padding::valid(1);
  if (mode != "valid") conv.padding.before = conv.padding.after = {m - 1};
  Term y = flat({call, call.add(conv, {shaped(a, {1, n, 1}), shaped(b, {m, 1, 1})}, "correlated")});
  const std::int64_t whole = n + m - 1, length = std::max(n, m), start = (whole - length) / 2;
  if (mode == "same") y = part(y, 0, start, start + length);
  call.output(y);
}

void pairwise_distance(Call& call) {
  const Term a = Term(call, call.tensor_option("x", 0)).real(),
             b = Term(call, call.tensor_option("y", 1)).real();
  if (!is_matrix(call, a) || !is_matrix(call, b)) return;
  const Term apart = widened(a, a.rank() - 1) - widened(b, b.rank() - 2);
  call.output(reduce(Reduce::Kind::l2, apart, {apart.rank() - 1}));
}

constexpr Rule kRules[] = {
    {"Tril", triangle<false>},
    {"Triu", triangle<true>},
    {"Diagonal", diagonal},
    {"Trace", trace},
    {"Diag", diag},
    {"Diagflat", diag_flat},
    {"Dot", dot},
    {"Inner", inner},
    {"Vdot", vdot},
    {"Outer", outer},
    {"Tensordot", tensordot},
    {"Kron", kron},
    {"Cross", cross},
    {"Diff", difference},
    {"Trapezoid", trapezoid},
    {"Vander", vandermonde},
    {"Corrcoef", correlation_coefficients},
    {"Correlate", correlate},
    {"CDist", pairwise_distance},
};

constexpr Rule kFunctions[] = {
    {"tensordot", tensordot},
    {"linalg.tensordot", tensordot},
    {"linalg.cross", cross},
};

}  // namespace

std::span<const Rule> matrix_operations() { return kRules; }
std::span<const Rule> matrix_functions() { return kFunctions; }

}  // namespace vivace::keras
