// Sizes: other ones for the same elements, as tensors, and tensors of a size.
#include <algorithm>
#include <cmath>

#include "base/checked.h"
#include "base/text.h"
#include "import/tflite/build/constants.h"
#include "import/tflite/operators/families.h"
#include "ops/common/reference.h"
#include "ops/common/shape_rules.h"

namespace vivace::tflite {

namespace {
constexpr std::int64_t kMostFilled = std::int64_t{1} << 26;  // elements of a constant that an operator makes
}

ValueId with_axes(Call& call, ValueId x, const Sizes& axes, std::string_view step) {
  Sizes target;
  std::int64_t next = 0;
  const std::int64_t rank = call.rank(x) + static_cast<std::int64_t>(axes.size());
  for (std::int64_t axis = 0; axis < rank; ++axis)
    target.push_back(std::find(axes.begin(), axes.end(), axis) != axes.end() ? 1 : Reshape::keep(next++));
  return call.reshape(x, target, step);
}

ValueId without_axes(Call& call, ValueId x, const Sizes& axes, std::string_view step) {
  Sizes target;
  for (std::int64_t axis = 0; axis < call.rank(x); ++axis)
    if (std::find(axes.begin(), axes.end(), axis) == axes.end())
      target.push_back(Reshape::keep(axis));
    else if (call.size(x, axis) != 1)
      call.mistake(text("axis {} of {} is not 1", axis, to_text(call.dims(x))));
  return call.failed() ? kNoValue : call.reshape(x, target, step);
}

ValueId counted(Call& call, std::int64_t count, DType dtype) {
  if (count > kMostFilled) call.mistake(text("it needs the numbers up to {}", count));
  if (call.failed()) return kNoValue;
  vivace::Tensor numbers(dtype, {count});
  for (std::int64_t i = 0; i < count; ++i) store_integer(numbers.view(), i, i);
  return call.constant(std::move(numbers), "numbers");
}

namespace {

void reshape(Call& call) {
  const ValueId x = call.input();
  Dims sizes;
  if (call.has(1)) {
    const auto known = call.content(1);
    if (!known)
      return call.refuse("its sizes are not known beforehand", "convert the model with fixed sizes");
    sizes = *known;
  } else if (const auto* shape = call.options<schema::ReshapeOptions>().new_shape()) {
    sizes.assign(shape->begin(), shape->end());
  }
  for (const Dim& size : sizes)
    if (size.known() && size.number() < -1) return call.mistake(text("a size of {}", size.number()));
  const ValueId imaginary =
      call.has(0) ? call.scope().imaginary[static_cast<std::size_t>(call.op().inputs[0])] : kNoValue;
  const ValueId y = call.reshape(x, sizes);
  if (imaginary == kNoValue) return call.output(y);
  call.output(y, call.reshape(imaginary, sizes, "imaginary"));
}

void squeeze(Call& call) {
  const ValueId x = call.input();
  const auto* given = call.options<schema::SqueezeOptions>().squeeze_dims();
  Sizes axes;
  if (given && given->size() != 0) {
    axes = call.axes_of(Sizes(given->begin(), given->end()), call.rank(x));
  } else {
    for (std::int64_t axis = 0; axis < call.rank(x); ++axis)
      if (call.dims(x)[static_cast<std::size_t>(axis)] == Dim(1)) axes.push_back(axis);
  }
  call.output(without_axes(call, x, axes));
}

void expand_dims(Call& call) {
  const ValueId x = call.input();
  call.output(with_axes(call, x, {call.axis_of(call.integer(1), call.rank(x) + 1)}));
}

ValueId constant_of(Call& call, DType dtype, const Sizes& numbers, Shape dims) {
  vivace::Tensor tensor(dtype, std::move(dims));
  for (std::size_t i = 0; i < numbers.size(); ++i)
    store_integer(tensor.view(), static_cast<std::int64_t>(i), numbers[i]);
  return call.constant(std::move(tensor));
}

void shape(Call& call) {
  const ValueId x = call.input();
  if (call.failed()) return;
  const DType type = call.output_tensor().type == Type::i64 ? DType::i64 : DType::i32;
  if (const auto known = numbers(call.dims(x)))
    return call.output(constant_of(call, type, *known, {static_cast<std::int64_t>(known->size())}));
  const ValueId y = call.add(with(ShapeOf{}, &ShapeOf::result, type), {x});
  call.builder().set_content(y, call.dims(x));
  call.output(y);
}

void rank(Call& call) {
  const ValueId x = call.input();
  if (!call.failed()) call.output(constant_of(call, DType::i32, {call.rank(x)}, {}));
}

// A value of the graph with an axis of this unknown size.
ValueId holder_of(Call& call, const Dim& size, std::int64_t& axis) {
  const Graph& graph = call.builder().graph();
  for (const ValueId input : graph.inputs())
    for (axis = 0; axis < call.rank(input); ++axis)
      if (graph.value(input).dims[static_cast<std::size_t>(axis)].same(size)) return input;
  return kNoValue;
}

void want_count(Call& call, const Shape& dims) {
  const auto count = checked_count(dims);
  if (!count || *count > kMostFilled) call.mistake(text("it makes {} elements", to_text(dims)));
}

ValueId filled(Call& call, const Dims& sizes, double value, DType type) {
  if (const auto known = numbers(sizes)) {
    want_count(call, *known);
    if (call.failed()) return kNoValue;
    vivace::Tensor tensor(type, *known);
    for (std::int64_t i = 0; i < tensor.count(); ++i) store(tensor.view(), i, value);
    return call.constant(std::move(tensor));
  }
  Sizes target;
  ValueId like = kNoValue;
  for (const Dim& size : sizes) {
    std::int64_t axis = 0;
    if (size.known()) {
      target.push_back(size.number());
      continue;
    }
    const ValueId holder = holder_of(call, size, axis);
    if (holder == kNoValue || (like != kNoValue && like != holder)) {
      call.refuse("its sizes are not known beforehand", "convert the model with fixed sizes");
      return kNoValue;
    }
    like = holder;
    target.push_back(Reshape::keep(axis));
  }
  return call.add(with(Fill{}, &Fill::target, target, &Fill::value, value, &Fill::result, type), {like});
}

void fill(Call& call) {
  const auto sizes = call.content(0);
  const ValueId given = call.input(1);
  if (!sizes && !call.failed())
    return call.refuse("its sizes are not known beforehand", "convert the model with fixed sizes");
  for (const Dim& size : sizes.value_or(Dims()))
    if (size.known() && (size.number() < 0 || size.number() > kMostFilled))
      return call.mistake(text("a size of {}", size.number()));
  if (call.failed()) return;
  if (call.stored(1)) return call.output(filled(call, *sizes, call.number(1), call.dtype(given)));
  const auto known = numbers(*sizes);
  if (!known)
    return call.refuse("its sizes and its number are known only when it runs",
                       "convert the model with fixed sizes");
  want_count(call, *known);
  call.output(call.add(with(Broadcast{}, &Broadcast::sizes, *known), {given}));
}

void zeros_like(Call& call) {
  const ValueId x = call.input();
  Sizes target;
  for (std::int64_t axis = 0; axis < call.rank(x); ++axis) target.push_back(Reshape::keep(axis));
  call.output(call.add(with(Fill{}, &Fill::target, target, &Fill::result, call.dtype(x)), {x}));
}

void range(Call& call) {
  const double start = call.number(0), limit = call.number(1), step = call.number(2);
  const auto type = dtype_of(call.output_tensor().type);
  if (call.failed() || !type) return;
  const double count = step == 0 ? -1 : std::max(0.0, std::ceil((limit - start) / step));
  if (!(count >= 0) || count > static_cast<double>(kMostFilled))
    return call.mistake(text("it counts from {} to {} by {}", start, limit, step));
  vivace::Tensor numbers(*type, {static_cast<std::int64_t>(count)});
  for (std::int64_t i = 0; i < numbers.count(); ++i)
    store(numbers.view(), i, start + static_cast<double>(i) * step);
  call.output(call.constant(std::move(numbers)));
}

void broadcast_args(Call& call) {
  const auto a = call.content(0), b = call.content(1);
  if (!a || !b) return call.output(call.add(BroadcastSizes{}, {call.input(0), call.input(1)}));
  const auto both = broadcast_dims("broadcast_args", *a, *b);
  if (!both.ok()) return call.mistake(both.error().what());
  if (const auto known = numbers(*both))
    return call.output(
        constant_of(call, call.dtype(call.input(0)), *known, {static_cast<std::int64_t>(known->size())}));
  const ValueId y = call.add(BroadcastSizes{}, {call.input(0), call.input(1)});
  call.builder().set_content(y, *both);
  call.output(y);
}

constexpr auto kMoved = Quantised::moved;

constexpr Rule kRules[] = {
    {Code::RESHAPE, reshape, OptionsKind::ReshapeOptions, kMoved},
    {Code::SQUEEZE, squeeze, OptionsKind::SqueezeOptions, kMoved},
    {Code::EXPAND_DIMS, expand_dims, OptionsKind::ExpandDimsOptions, kMoved},
    {Code::SHAPE, shape, OptionsKind::ShapeOptions, kMoved},
    {Code::RANK, rank, OptionsKind::RankOptions, kMoved},
    {Code::FILL, fill, OptionsKind::FillOptions, kMoved},
    {Code::ZEROS_LIKE, zeros_like, OptionsKind::ZerosLikeOptions},
    {Code::RANGE, range, OptionsKind::RangeOptions},
    {Code::BROADCAST_ARGS, broadcast_args},
};

}  // namespace

std::span<const Rule> shaping_rules() { return kRules; }

}  // namespace vivace::tflite
