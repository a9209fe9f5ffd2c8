// Layers that join several inputs.
#include <algorithm>
#include <string>

#include "base/text.h"
#include "import/keras/build/rule.h"

namespace vivace::keras {
namespace {

// Keras widens the input of fewer axes right behind the batch: [B,6] beside [B,4,4,6] becomes [B,1,1,6].
ValueId widened(Call& call, ValueId x, std::int64_t rank, std::size_t index) {
  const std::int64_t own = call.rank(x);
  if (own == rank || own == 0) return x;
  Sizes target{Reshape::keep(0)};
  for (std::int64_t axis = own; axis < rank; ++axis) target.push_back(1);
  for (std::int64_t axis = 1; axis < own; ++axis) target.push_back(Reshape::keep(axis));
  return call.reshape(x, std::move(target), text("widened_{}", index));
}

// Keras 2 joins the masks that there are by "and"; Keras 3 by "or", and only where all inputs have one.
ValueId joined_mask(Call& call) {
  ValueId joined = kNoValue;
  for (std::size_t i = 0; i < call.input_count(); ++i) {
    const ValueId mask = call.mask(i);
    if (mask == kNoValue && call.era() >= 3) return kNoValue;
    if (mask == kNoValue) continue;
    const auto kind = call.era() >= 3 ? Binary::Kind::logical_or : Binary::Kind::logical_and;
    joined = joined == kNoValue ? mask : call.binary(kind, joined, mask, text("mask_{}", i));
  }
  return joined;
}

bool any_float(Call& call) {
  for (std::size_t i = 0; i < call.input_count(); ++i)
    if (is_float(call.dtype(call.input(i)))) return true;
  return false;
}

// The inputs, of one type and of one number of axes.
std::vector<ValueId> operands(Call& call) {
  std::int64_t rank = 0;
  for (std::size_t i = 0; i < call.input_count(); ++i) rank = std::max(rank, call.rank(call.input(i)));
  const bool floats = any_float(call);
  std::vector<ValueId> values;
  for (std::size_t i = 0; i < call.input_count(); ++i)
    values.push_back(widened(call, floats ? call.float_input(i) : call.input(i), rank, i));
  return values;
}

ValueId folded(Call& call, Binary::Kind kind, const std::vector<ValueId>& values) {
  ValueId sum = kNoValue;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const bool last = i + 1 == values.size();
    sum = i == 0 ? values[i] : call.binary(kind, sum, values[i], last ? std::string() : text("part_{}", i));
  }
  return sum == kNoValue ? call.input() : sum;
}

ValueId folded(Call& call, Binary::Kind kind) { return folded(call, kind, operands(call)); }

// x where the mask is true, else `other`; x itself where there is no mask.
ValueId where_counted(Call& call, ValueId mask, ValueId x, ValueId other) {
  if (mask == kNoValue || call.failed()) return x;
  Sizes target;
  for (std::int64_t axis = 0; axis < call.rank(x); ++axis)
    target.push_back(axis < call.rank(mask) ? Reshape::keep(axis) : 1);
  return call.add(Select{}, {call.reshape(mask, target, "mask_aligned"), x, other}, "counted");
}

bool any_mask(Call& call) {
  for (std::size_t i = 0; i < call.input_count(); ++i)
    if (call.mask(i) != kNoValue) return true;
  return false;
}

// In Keras 3 a masked step of one input leaves the product to the others; one masked in all gives zero.
ValueId masked_product(Call& call) {
  std::vector<ValueId> values = operands(call);
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = where_counted(call, call.mask(i), values[i], call.scalar(1, call.dtype(values[i])));
  const ValueId y = folded(call, Binary::Kind::multiply, values);
  return where_counted(call, joined_mask(call), y, call.scalar(0, call.dtype(y)));
}

// In Keras 3 the greater (or smaller) of two is the one that counts, where only one does.
ValueId masked_choice(Call& call, Binary::Kind kind) {
  const std::vector<ValueId> values = operands(call);
  ValueId y = values.front(), mask = call.mask(0);
  for (std::size_t i = 1; i < values.size(); ++i) {
    const ValueId x = where_counted(call, call.mask(i), values[i], y);
    y = call.binary(kind, where_counted(call, mask, y, x), x, text("part_{}", i));
    const bool both = mask != kNoValue && call.mask(i) != kNoValue;
    mask = both ? call.binary(Binary::Kind::logical_or, mask, call.mask(i), text("mask_of_{}", i)) : kNoValue;
  }
  return y;
}

template <Binary::Kind kKind>
void merge(Call& call) {
  if (kKind == Binary::Kind::add || call.era() < 3 || call.input_count() < 2 || !any_mask(call))
    return call.output(folded(call, kKind), joined_mask(call));
  const ValueId y = kKind == Binary::Kind::multiply ? masked_product(call) : masked_choice(call, kKind);
  call.output(y, joined_mask(call));
}

// What keras.applications' InceptionResNetV2 ends a block with: y = a + scale b.
void custom_scale(Call& call) {
  const ValueId a = call.float_input(0), b = call.float_input(1);
  const ValueId scaled =
      call.binary(Binary::Kind::multiply, b, call.scalar(call.config().number("scale")), "scaled");
  call.output(call.binary(Binary::Kind::add, a, scaled));
}

void average(Call& call) {
  const ValueId sum = folded(call, Binary::Kind::add);
  const double share = 1.0 / static_cast<double>(std::max<std::size_t>(call.input_count(), 1));
  call.output(call.binary(Binary::Kind::multiply, sum, call.scalar(share), "mean"), joined_mask(call));
}

void subtract(Call& call) {
  if (call.input_count() != 2)
    return call.fail(Error("import.config", text("layer \"{}\" subtracts {} inputs, not 2", call.layer().path,
                                                 call.input_count())));
  call.output(folded(call, Binary::Kind::subtract), joined_mask(call));
}

// A mask of one truth for each step of input i.
ValueId whole_mask(Call& call, std::size_t i) {
  const Fill ones = with(Fill{}, &Fill::target, Sizes{Reshape::keep(0), Reshape::keep(1)}, &Fill::value, 1,
                         &Fill::result, DType::boolean);
  return call.add(ones, {call.input(i)}, text("mask_{}", i));
}

// Along the time axis the masks themselves are joined. Elsewhere a step counts in Keras 2 where it counts in
// every input that has a mask, in Keras 3 where it counts in any input; an input without a mask counts whole.
ValueId concatenated_mask(Call& call, std::int64_t axis) {
  std::vector<ValueId> masks;
  std::size_t given = 0;
  for (std::size_t i = 0; i < call.input_count(); ++i) given += call.mask(i) != kNoValue;
  if (given == 0) return kNoValue;
  if (axis != 1 && call.era() >= 3 && given < call.input_count()) return whole_mask(call, 0);
  for (std::size_t i = 0; i < call.input_count(); ++i)
    if (axis == 1 || call.mask(i) != kNoValue)
      masks.push_back(call.mask(i) != kNoValue ? call.mask(i) : whole_mask(call, i));
  if (axis == 1) return call.add(with(Concat{}, &Concat::axis, 1), std::move(masks), "mask");
  const auto kind = call.era() >= 3 ? Binary::Kind::logical_or : Binary::Kind::logical_and;
  ValueId joined = masks.front();
  for (std::size_t i = 1; i < masks.size(); ++i)
    joined = call.binary(kind, joined, masks[i], text("mask_{}", i));
  return joined;
}

void concatenate(Call& call) {
  const std::int64_t axis = call.axis_of(call.config().integer("axis", -1), call.rank(call.input()));
  const bool floats = any_float(call);
  std::vector<ValueId> parts;
  for (std::size_t i = 0; i < call.input_count(); ++i)
    parts.push_back(floats ? call.float_input(i) : call.input(i));
  const ValueId joined =
      parts.size() == 1 ? parts.front() : call.add(with(Concat{}, &Concat::axis, axis), std::move(parts));
  call.output(joined, concatenated_mask(call, axis));
}

// Axis `reduced` last (or first behind the batch), so that a matrix product sums over it.
ValueId arranged(Call& call, ValueId x, std::int64_t reduced, bool last, std::string_view step) {
  const std::int64_t rank = call.rank(x);
  Sizes order{0};
  if (!last) order.push_back(reduced);
  for (std::int64_t axis = 1; axis < rank; ++axis)
    if (axis != reduced) order.push_back(axis);
  if (last) order.push_back(reduced);
  return call.transpose(x, std::move(order), step);
}

// Tensors of many axes: all but the batch and the reduced ones follow one another.
ValueId batched_dot(Call& call, ValueId a, ValueId b, std::int64_t first, std::int64_t second) {
  constexpr std::string_view kLetters = "bcdefghijklmnopqrstuvwxyzBCDEFGHIJKLMNOPQRSTUVWXYZ";
  if (call.rank(a) + call.rank(b) > static_cast<std::int64_t>(kLetters.size()) || first == 0 || second == 0) {
    call.config().mistake("axes", "axes behind the batch");
    return kNoValue;
  }
  std::string left, right, output(1, kLetters[0]);
  std::size_t next = 1;
  const auto name = [&](std::string& term, std::int64_t rank, std::int64_t reduced) {
    term = kLetters[0];
    for (std::int64_t axis = 1; axis < rank; ++axis) {
      term += axis == reduced ? 'a' : kLetters[next++];
      if (axis != reduced) output += term.back();
    }
  };
  name(left, call.rank(a), first), name(right, call.rank(b), second);
  return call.add(with(Einsum{}, &Einsum::equation, left + "," + right + "->" + output), {a, b});
}

void dot(Call& call) {
  ValueId a = call.float_input(0), b = call.float_input(1);
  Sizes axes = call.config().integers("axes");
  if (axes.size() == 1) axes.push_back(axes.front());
  if (axes.size() != 2) return call.config().mistake("axes", "one axis, or one for each input");
  const std::int64_t first = call.axis_of(axes[0], call.rank(a)),
                     second = call.axis_of(axes[1], call.rank(b));
  if (call.config().flag("normalize", false)) {
    a = call.add(
        with(Norm{}, &Norm::kind, Norm::Kind::unit, &Norm::axes, Sizes{first}, &Norm::epsilon, 1e-12), {a},
        "unit_a");
    b = call.add(
        with(Norm{}, &Norm::kind, Norm::Kind::unit, &Norm::axes, Sizes{second}, &Norm::epsilon, 1e-12), {b},
        "unit_b");
  }
  if (call.rank(a) > 3 || call.rank(b) > 3)
    return call.output(batched_dot(call, a, b, first, second), kNoValue);
  a = arranged(call, a, first, true, "left");
  b = arranged(call, b, second, false, "right");
  const bool flat_a = call.rank(a) == 2, flat_b = call.rank(b) == 2;
  if (flat_a) a = call.reshape(a, {Reshape::keep(0), 1, Reshape::keep(1)}, "left_row");
  if (flat_b) b = call.reshape(b, {Reshape::keep(0), Reshape::keep(1), 1}, "right_column");
  ValueId y = call.add(MatMul{}, {a, b});
  if (flat_b) y = call.reshape(y, {Reshape::keep(0), Reshape::keep(1)}, "flat");
  if (flat_a && !flat_b) y = call.reshape(y, {Reshape::keep(0), Reshape::keep(2)}, "flat");
  call.output(y, kNoValue);
}

constexpr Rule kRules[] = {
    {"CustomScaleLayer", custom_scale},
    {"Add", merge<Binary::Kind::add>},
    {"Subtract", subtract},
    {"Multiply", merge<Binary::Kind::multiply>},
    {"Average", average},
    {"Maximum", merge<Binary::Kind::maximum>},
    {"Minimum", merge<Binary::Kind::minimum>},
    {"Concatenate", concatenate},
    {"TFDConcat", concatenate},  // of a FeatureSpace
    {"Dot", dot},
};

}  // namespace

std::span<const Rule> merging_rules() { return kRules; }

}  // namespace vivace::keras
