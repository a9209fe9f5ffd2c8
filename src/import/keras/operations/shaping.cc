// keras.ops that move elements, as nodes.
#include <algorithm>

#include "base/text.h"
#include "import/keras/build/rule.h"
#include "import/keras/operations/operands.h"

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
    if (named && !one) call.config().mistake("axis", "an axis of size 1");
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
  ValueId like = kNoValue;
  for (const Setting& item : list->items)
    if (item.is(Setting::Kind::tensor)) like = item.flow.value;
  for (const Setting& item : list->items) parts.push_back(call.as_value(item, like));
  for (ValueId& part : parts)
    if (call.dtype(part) != call.dtype(parts.front())) part = as_float(call, part);
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
  if (!any) return call.config().mistake("num_or_size_splits", "a number of parts, or their sizes");
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
    if (times < 0) call.config().mistake("repeats", "numbers of 0 or more");
  call.output(call.add(with(Tile{}, &Tile::repeats, repeats), {x}));
}

void repeat(Call& call) {
  const ValueId x = operand(call);
  if (!call.option("axis", 2)) return call.refuse("it repeats a flattened tensor", "give repeat() an axis");
  const std::int64_t axis = call.axis_of(call.integer_option("axis", 2), call.rank(x));
  Tile op = with(Tile{}, &Tile::repeats,
                 Sizes(static_cast<std::size_t>(std::max<std::int64_t>(call.rank(x), 1)), 1),
                 &Tile::interleave, true);
  op.repeats[static_cast<std::size_t>(axis)] = call.integer_option("repeats", 1);
  if (op.repeats[static_cast<std::size_t>(axis)] < 0)
    call.config().mistake("repeats", "a number of 0 or more");
  call.output(call.add(op, {x}));
}

void pad(Call& call) {
  const ValueId x = operand(call);
  const Sizes pairs = call.integers_option("pad_width|paddings", 1);
  if (static_cast<std::int64_t>(pairs.size()) != 2 * call.rank(x))
    return call.config().mistake("pad_width", "two sizes an axis");
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
  if (from.size() != to.size() || from.empty())
    return call.config().mistake("source", "as many axes as destination");
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

void roll(Call& call) {
  const ValueId x = operand(call);
  if (!call.option("axis", 2)) return call.refuse("it rolls a flattened tensor", "give roll() an axis");
  const std::int64_t axis = call.axis_of(call.integer_option("axis", 2), call.rank(x));
  const std::int64_t size = std::max<std::int64_t>(call.size(x, axis), 1);
  const std::int64_t shift = ((call.integer_option("shift", 1) % size) + size) % size;
  if (shift == 0) return call.output(x);
  Slice head = with(Slice{}, &Slice::axes, Sizes{axis}, &Slice::starts, Sizes{0}, &Slice::stops,
                    Sizes{-shift}, &Slice::steps, Sizes{1});
  Slice tail = with(Slice{}, &Slice::axes, Sizes{axis}, &Slice::starts, Sizes{-shift}, &Slice::stops,
                    Sizes{Slice::kEnd}, &Slice::steps, Sizes{1});
  const ValueId first = call.add(head, {x}, "head"), last = call.add(tail, {x}, "tail");
  call.output(call.add(with(Concat{}, &Concat::axis, axis), {last, first}));
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

std::span<const Rule> shape_operations() { return kRules; }

}  // namespace vivace::keras
