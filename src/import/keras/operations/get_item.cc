// x[1:3, ..., None, 0] as nodes: Python's subscripts with slices, numbers, new axes and an ellipsis.
#include <algorithm>

#include "base/text.h"
#include "import/keras/operations/operands.h"

namespace vivace::keras {
namespace {

using Kind = Setting::Kind;

// What the subscripts make of the axes: a Slice, then a Reshape that drops and adds axes of one.
struct Plan {
  Slice slice;
  Sizes target;
  bool reshapes = false;
};

std::int64_t part(const Setting& slice, std::size_t index, std::int64_t otherwise) {
  return index < slice.items.size() && slice.items[index].is(Kind::integer) ? slice.items[index].integer
                                                                            : otherwise;
}

void keep_range(Call& call, Plan& plan, const Setting& subscript, std::int64_t axis) {
  for (const Setting& bound : subscript.items)
    if (!bound.is(Kind::integer) && !bound.is(Kind::none))
      call.refuse(text("a slice to {}", to_text(bound)), "slice with whole numbers");
  const std::int64_t step = part(subscript, 2, 1);
  if (step == 0) call.mistake("slice_spec", "a slice whose step is not 0");
  const std::int64_t start = part(subscript, 0, step > 0 ? 0 : -1), stop = part(subscript, 1, Slice::kEnd);
  plan.target.push_back(Reshape::keep(axis));
  if (start == 0 && stop == Slice::kEnd && step == 1) return;
  plan.slice.axes.push_back(axis);
  plan.slice.starts.push_back(start);
  plan.slice.stops.push_back(stop);
  plan.slice.steps.push_back(step);
}

void take_one(Plan& plan, std::int64_t place, std::int64_t axis) {
  plan.slice.axes.push_back(axis);
  plan.slice.starts.push_back(place);
  plan.slice.stops.push_back(place == -1 ? Slice::kEnd : place + 1);
  plan.slice.steps.push_back(1);
  plan.reshapes = true;
}

Plan plan_of(Call& call, const std::vector<Setting>& subscripts, std::int64_t rank) {
  Plan plan;
  std::int64_t given = 0, axis = 0;
  for (const Setting& subscript : subscripts)
    given += !subscript.is(Kind::none) && !subscript.is(Kind::ellipsis);
  if (given > rank) call.mistake("slice_spec", "as many subscripts as the input has axes");
  if (call.failed()) return plan;
  for (const Setting& subscript : subscripts) {
    switch (subscript.kind) {
      case Kind::slice:
        keep_range(call, plan, subscript, axis++);
        break;
      case Kind::integer:
        take_one(plan, subscript.integer, axis++);
        break;
      case Kind::none:
        plan.target.push_back(1);
        plan.reshapes = true;
        break;
      case Kind::ellipsis:
        for (std::int64_t rest = rank - given; rest > 0; --rest) plan.target.push_back(Reshape::keep(axis++));
        break;
      default:
        call.refuse("a subscript that is a tensor", "use take() or slice with numbers");
        return plan;
    }
  }
  while (axis < rank) plan.target.push_back(Reshape::keep(axis++));
  return plan;
}

// Sizes out of what tf.shape gave.
void pick_content(Call& call, ValueId x, const std::vector<Setting>& subscripts, ValueId y) {
  const Dims* sizes = call.builder().shape_content(x);
  if (!sizes || subscripts.size() != 1 || call.failed()) return;
  const Setting& subscript = subscripts.front();
  const auto count = static_cast<std::int64_t>(sizes->size());
  const auto place = [&](std::int64_t index) { return index < 0 ? index + count : index; };
  if (subscript.is(Kind::integer)) {
    const std::int64_t index = place(subscript.integer);
    if (index >= 0 && index < count)
      call.builder().set_shape_content(y, {(*sizes)[static_cast<std::size_t>(index)]});
  } else if (subscript.is(Kind::slice) && part(subscript, 2, 1) == 1) {
    const std::int64_t from = std::max<std::int64_t>(place(part(subscript, 0, 0)), 0);
    const std::int64_t to = std::min(place(part(subscript, 1, count)), count);
    if (from <= to) call.builder().set_shape_content(y, {sizes->begin() + from, sizes->begin() + to});
  }
}

}  // namespace

void subscript(Call& call, ValueId x, const std::vector<Setting>& subscripts) {
  Plan plan = plan_of(call, subscripts, call.rank(x));
  ValueId y = x;
  if (!plan.slice.axes.empty()) y = call.add(plan.slice, {y}, plan.reshapes ? "cut" : "");
  if (plan.reshapes) y = call.reshape(y, std::move(plan.target));
  pick_content(call, x, subscripts, y);
  call.output(y);
}

void get_item(Call& call) {
  const ValueId x = operand(call);
  const Setting* given = call.option("slice_spec|key", 1);
  std::vector<Setting> subscripts;
  if (given && given->is(Kind::list))
    subscripts = given->items;
  else if (given)
    subscripts = {*given};
  subscript(call, x, subscripts);
}

// Bit i of a mask speaks of subscript i.
void strided_slice(Call& call) {
  const ValueId x = operand(call);
  const Sizes begin = call.integers_option("begin", 1), end = call.integers_option("end", 2);
  Sizes steps = call.integers_option("strides", 3);
  if (steps.empty()) steps.assign(begin.size(), 1);
  if (begin.size() != end.size() || begin.size() != steps.size() || begin.size() > 32)
    return call.mistake("begin", "as many numbers as end and strides", 1);
  const auto mask = [&](std::string_view name) {
    return static_cast<std::uint64_t>(call.integer_option(name, -1, 0));
  };
  const std::uint64_t no_begin = mask("begin_mask"), no_end = mask("end_mask"),
                      ellipsis = mask("ellipsis_mask"), new_axis = mask("new_axis_mask"),
                      shrink = mask("shrink_axis_mask");
  std::vector<Setting> subscripts;
  for (std::size_t i = 0; i < begin.size(); ++i) {
    const auto set = [&](std::uint64_t bits) { return (bits >> i & 1) != 0; };
    const auto number = [](std::int64_t value) {
      Setting setting(Kind::integer);
      setting.integer = value;
      setting.number = static_cast<double>(value);
      return setting;
    };
    if (set(ellipsis)) {
      subscripts.emplace_back(Kind::ellipsis);
    } else if (set(new_axis)) {
      subscripts.emplace_back(Kind::none);
    } else if (set(shrink)) {
      subscripts.push_back(number(begin[i]));
    } else {
      Setting slice(Kind::slice);
      slice.items = {set(no_begin) ? Setting() : number(begin[i]), set(no_end) ? Setting() : number(end[i]),
                     number(steps[i])};
      subscripts.push_back(std::move(slice));
    }
  }
  if (!call.failed()) subscript(call, x, subscripts);
}

}  // namespace vivace::keras
