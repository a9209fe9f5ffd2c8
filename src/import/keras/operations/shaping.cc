// keras.ops that move elements, as nodes.
#include <algorithm>

#include "base/text.h"
#include "import/keras/operations/families.h"
#include "import/keras/operations/promotion.h"
#include "import/keras/operations/term.h"

namespace vivace::keras {

void shape_of(Call& call) {
  const ValueId x = operand(call);
  Dims sizes;
  for (std::int64_t axis = 0; axis < call.rank(x); ++axis) sizes.push_back(call.dim(x, axis));
  const ValueId y = call.add(ShapeOf{}, {x});
  call.builder().set_shape_content(y, std::move(sizes));
  call.output(y);
}

void reshape_operation(Call& call) {
  const ValueId x = operand(call);
  call.output(call.reshape(x, reshape_target(call, x, call.option("newshape|shape", 1))));
}

void transpose_operation(Call& call) {
  const ValueId x = operand(call);
  const std::int64_t rank = call.rank(x);
  Sizes order = call.integers_option("axes|perm", 1);
  if (order.empty())
    for (std::int64_t axis = rank - 1; axis >= 0; --axis) order.push_back(axis);
  for (std::int64_t& axis : order) axis = call.axis_of(axis, rank);
  call.output(call.add(with(Transpose{}, &Transpose::order, order), {x}));
}

void expand_dims(Call& call) {
  const ValueId x = operand(call);
  const Sizes given = call.integers_option("axis", 1);
  const std::int64_t rank = call.rank(x) + static_cast<std::int64_t>(given.size());
  const Sizes places = call.axes_of(given, rank);
  Sizes target;
  std::int64_t next = 0;
  for (std::int64_t axis = 0; axis < rank; ++axis) {
    const bool fresh = std::find(places.begin(), places.end(), axis) != places.end();
    target.push_back(fresh ? 1 : Reshape::keep(next++));
  }
  call.output(call.reshape(x, std::move(target)));
}

void squeeze(Call& call) {
  const ValueId x = operand(call);
  Sizes given;
  if (call.option("axis|squeeze_dims", 1)) given = call.axes_option("axis|squeeze_dims", 1, call.rank(x));
  Sizes target;
  for (std::int64_t axis = 0; axis < call.rank(x); ++axis) {
    const bool one = call.dim(x, axis).known() && call.dim(x, axis).number() == 1;
    const bool named = std::find(given.begin(), given.end(), axis) != given.end();
    if (named && !one) call.mistake("axis", "an axis of size 1");
    if (!(given.empty() ? one : named)) target.push_back(Reshape::keep(axis));
  }
  call.output(call.reshape(x, std::move(target)));
}

namespace {

std::vector<ValueId> parts_of(Call& call) {
  const Setting* list = call.option("xs|arrays|values|x", 0);
  std::vector<ValueId> parts;
  if (!list || !list->is(Setting::Kind::list)) {
    parts.push_back(operand(call));
    return parts;
  }
  Typed type = list->items.empty() ? Typed{DType::f32} : typed(call, list->items.front());
  for (const Setting& item : list->items) {
    const Typed other = typed(call, item);
    type = {common_type(type, other), type.weak && other.weak};
  }
  for (const Setting& item : list->items) parts.push_back(as_type(call, item, type.dtype));
  if (parts.empty()) {
    call.mistake("xs", "a tensor or more");
    parts.push_back(kNoValue);
  }
  return parts;
}

Sizes with_one(Call& call, ValueId x, std::int64_t place) {
  Sizes target;
  for (std::int64_t axis = 0; axis < call.rank(x); ++axis) {
    if (axis == place) target.push_back(1);
    target.push_back(Reshape::keep(axis));
  }
  if (place == call.rank(x)) target.push_back(1);
  return target;
}

Sizes without(Call& call, ValueId x, std::int64_t gone) {
  Sizes target;
  for (std::int64_t axis = 0; axis < call.rank(x); ++axis)
    if (axis != gone) target.push_back(Reshape::keep(axis));
  return target;
}

}  // namespace

namespace {

// Every element along an axis as often as its own number says.
Term repeated_each(Term x, std::int64_t axis, const Sizes& counts) {
  Call& call = x.call();
  if (call.size(x, axis) != static_cast<std::int64_t>(counts.size()))
    call.mistake("repeats", text("a number for each of the {} elements along its axis", call.size(x, axis)));
  std::int64_t total = 0;
  for (const std::int64_t count : counts)
    if (total < 1 << 30) total += count;
  if (!affordable(call, total)) return x;
  Tensor places(DType::i32, {total});
  std::int32_t* next = places.as<std::int32_t>();
  for (std::size_t i = 0; i < counts.size(); ++i)
    next = std::fill_n(next, counts[i], static_cast<std::int32_t>(i));
  return {call,
          call.add(with(Gather{}, &Gather::axis, axis), {x, call.constant(std::move(places), "places")})};
}

}  // namespace

void concatenate_operation(Call& call) {
  std::vector<ValueId> parts = parts_of(call);
  const std::int64_t axis = call.axis_of(call.integer_option("axis", 1, -1), call.rank(parts.front()));
  call.output(call.add(with(Concat{}, &Concat::axis, axis), std::move(parts)));
}

void stack(Call& call) {
  // tf.stack([tf.shape(x)[0], 3]) makes sizes, which reshape reads while the graph is built.
  const auto sizes = content_of(call, call.option("xs|arrays|values|x", 0));
  std::vector<ValueId> parts = parts_of(call);
  const std::int64_t axis = call.axis_of(call.integer_option("axis", 1, 0), call.rank(parts.front()) + 1);
  for (std::size_t i = 0; i < parts.size(); ++i)
    parts[i] = call.reshape(parts[i], with_one(call, parts[i], axis), text("part_{}", i));
  const ValueId y = call.add(with(Concat{}, &Concat::axis, axis), std::move(parts));
  if (sizes) call.builder().set_shape_content(y, *sizes);
  call.output(y);
}

void split_operation(Call& call) {
  const ValueId x = operand(call);
  Split op = with(Split{}, &Split::axis, call.axis_of(call.integer_option("axis", 2, 0), call.rank(x)));
  const Setting* cuts = call.option("indices_or_sections", 1);
  const Sizes numbers = call.integers_option("indices_or_sections|num_or_size_splits", 1);
  const Setting* any = call.option("indices_or_sections|num_or_size_splits", 1);
  if (!any) return call.mistake("num_or_size_splits", "a number of parts, or their sizes");
  if (!any->is(Setting::Kind::list)) {
    op.parts = numbers.empty() ? 0 : numbers.front();
  } else if (cuts && call.era() >= 3) {
    std::int64_t from = 0;
    for (const std::int64_t to : numbers) {
      op.sizes.push_back(to - from);
      from = to;
    }
    op.sizes.push_back(call.size(x, op.axis) - from);
  } else {
    op.sizes = numbers;
  }
  for (const ValueId part : call.add_many(op, {x})) call.output(part);
}

void unstack(Call& call) {
  const ValueId x = operand(call);
  const std::int64_t axis = call.axis_of(call.integer_option("axis", 2, 0), call.rank(x));
  const auto parts =
      call.add_many(with(Split{}, &Split::axis, axis, &Split::parts, call.size(x, axis)), {x}, "parts");
  for (std::size_t i = 0; i < parts.size(); ++i)
    call.output(call.reshape(parts[i], without(call, parts[i], axis), text("part_{}", i)));
}

void tile(Call& call) {
  ValueId x = operand(call);
  Sizes repeats = call.integers_option("repeats|multiples", 1);
  while (static_cast<std::int64_t>(repeats.size()) < call.rank(x)) repeats.insert(repeats.begin(), 1);
  while (!call.failed() && static_cast<std::int64_t>(repeats.size()) > call.rank(x))
    x = call.reshape(x, with_one(call, x, 0), "more_axes");
  for (const std::int64_t times : repeats)
    if (times < 0) call.mistake("repeats", "numbers of 0 or more");
  call.output(call.add(with(Tile{}, &Tile::repeats, repeats), {x}));
}

void repeat(Call& call) {
  Term x(call, operand(call));
  const Setting* times = call.option("repeats", 1);
  if (!call.option("axis", 2)) x = flat(x);
  const std::int64_t axis =
      call.option("axis", 2) ? call.axis_of(call.integer_option("axis", 2), x.rank()) : 0;
  const Sizes counts = call.integers_option("repeats", 1);
  const bool good =
      std::all_of(counts.begin(), counts.end(), [](std::int64_t n) { return n >= 0 && n < 1 << 30; });
  if (call.failed() || counts.empty() || !good) return call.mistake("repeats", "numbers of 0 or more");
  if (times->is(Setting::Kind::list) && counts.size() > 1) return call.output(repeated_each(x, axis, counts));
  Tile op =
      with(Tile{}, &Tile::repeats, Sizes(static_cast<std::size_t>(std::max<std::int64_t>(x.rank(), 1)), 1),
           &Tile::interleave, true);
  op.repeats[static_cast<std::size_t>(axis)] = counts.front();
  call.output(call.add(op, {x}));
}

void pad(Call& call) {
  const ValueId x = operand(call);
  Sizes pairs = call.integers_option("pad_width|paddings", 1);
  const auto rank = static_cast<std::size_t>(call.rank(x));
  if (pairs.size() == 1) pairs.push_back(pairs[0]);
  if (pairs.size() == 2 && call.era() >= 3)  // one pair for all axes
    for (std::size_t axis = 1; axis < rank; ++axis) pairs.push_back(pairs[0]), pairs.push_back(pairs[1]);
  if (pairs.size() != 2 * rank) return call.mistake("pad_width", "two sizes an axis");
  for (const std::int64_t size : pairs)
    if (size < 0 || size > 1 << 30) return call.mistake("pad_width", "sizes of 0 or more");
  Pad op;
  for (std::size_t i = 0; i + 1 < pairs.size(); i += 2) {
    op.before.push_back(pairs[i]);
    op.after.push_back(pairs[i + 1]);
  }
  std::string mode(call.text_option("mode", 2, "constant"));
  std::transform(mode.begin(), mode.end(), mode.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const auto* known = std::find(std::begin(Pad::kModes), std::end(Pad::kModes), mode);
  if (known == std::end(Pad::kModes))
    return call.refuse(text("padding mode {}", mode), "use constant or reflect");
  op.mode = static_cast<Pad::Mode>(known - std::begin(Pad::kModes));
  op.value = call.number_option("constant_values", 3, 0);
  call.output(call.add(op, {x}));
}

void flip(Call& call) {
  const ValueId x = operand(call);
  call.output(call.add(with(Reverse{}, &Reverse::axes, axes_or_all(call, "axis", 1, call.rank(x))), {x}));
}

namespace {

void swap_axes(Call& call) {
  const ValueId x = operand(call);
  const std::int64_t rank = call.rank(x);
  Sizes order;
  for (std::int64_t axis = 0; axis < rank; ++axis) order.push_back(axis);
  const std::int64_t a = call.axis_of(call.integer_option("axis1", 1), rank);
  const std::int64_t b = call.axis_of(call.integer_option("axis2", 2), rank);
  if (!call.failed()) std::swap(order[static_cast<std::size_t>(a)], order[static_cast<std::size_t>(b)]);
  call.output(call.add(with(Transpose{}, &Transpose::order, order), {x}));
}

void move_axis(Call& call) {
  const ValueId x = operand(call);
  const std::int64_t rank = call.rank(x);
  const Sizes from = call.integers_option("source", 1), to = call.integers_option("destination", 2);
  if (from.size() != to.size() || from.empty()) return call.mistake("source", "as many axes as destination");
  Sizes order(static_cast<std::size_t>(rank), -1);
  std::vector<bool> used(static_cast<std::size_t>(rank) + 1);
  for (std::size_t i = 0; i < from.size(); ++i) {
    const std::int64_t source = call.axis_of(from[i], rank), place = call.axis_of(to[i], rank);
    if (call.failed()) return;
    order[static_cast<std::size_t>(place)] = source;
    used[static_cast<std::size_t>(source)] = true;
  }
  std::int64_t next = 0;
  for (std::int64_t& axis : order) {
    while (axis < 0 && used[static_cast<std::size_t>(next)]) ++next;
    if (axis < 0) axis = next++;
  }
  call.output(call.add(with(Transpose{}, &Transpose::order, order), {x}));
}

void broadcast_to(Call& call) {
  Broadcast op = with(Broadcast{}, &Broadcast::sizes, call.integers_option("shape", 1));
  call.output(call.add(op, {operand(call)}));
}

Term rolled(Term x, std::int64_t axis, std::int64_t shift) {
  Call& call = x.call();
  const std::int64_t size = std::max<std::int64_t>(call.size(x, axis), 1);
  shift = ((shift % size) + size) % size;
  if (shift == 0 || call.failed()) return x;
  return joined(call, {part(x, axis, -shift), part(x, axis, 0, -shift)}, axis);
}

constexpr Rule kRules[] = {
    {"Reshape", reshape_operation},
    {"Transpose", transpose_operation},
    {"Swapaxes", swap_axes},
    {"Moveaxis", move_axis},
    {"ExpandDims", expand_dims},
    {"Squeeze", squeeze},
    {"Concatenate", concatenate_operation},
    {"Stack", stack},
    {"Split", split_operation},
    {"Unstack", unstack},
    {"Tile", tile},
    {"Repeat", repeat},
    {"Pad", pad},
    {"Flip", flip},
    {"Roll", roll},
    {"BroadcastTo", broadcast_to},
    {"Shape", shape_of},
    {"GetItem", get_item},
};

}  // namespace

void roll(Call& call) {
  const ValueId x = operand(call);
  const Sizes axes = call.integers_option("axis", 2), shifts = call.integers_option("shift", 1);
  if (call.failed() || shifts.size() != std::max<std::size_t>(axes.size(), 1))
    return call.mistake("shift", "a number for each axis");
  if (axes.empty()) {  // around the flattened tensor
    Sizes target;
    for (std::int64_t axis = 0; axis < call.rank(x); ++axis)
      target.push_back(call.dim(x, axis).known() ? call.dim(x, axis).number() : Reshape::kInfer);
    return call.output(shaped(rolled(flat({call, x}), 0, shifts[0]), std::move(target)));
  }
  Term y(call, x);
  for (std::size_t i = 0; i < axes.size(); ++i) y = rolled(y, call.axis_of(axes[i], y.rank()), shifts[i]);
  call.output(y);
}

std::span<const Rule> shape_operations() { return kRules; }

}  // namespace vivace::keras
