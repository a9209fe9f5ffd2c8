// Parts of tensors, and blocks of pixels that become samples.
#include <algorithm>

#include "base/text.h"
#include "import/tflite/operators/families.h"

namespace vivace::tflite {
namespace {

// Neighbouring places from one that is known only when it runs.
ValueId places_from(Call& call, ValueId place, std::int64_t count) {
  if (count == 1) return place;
  if (count < 0 || count > (1 << 20)) call.mistake(text("{} rows from a place that the run finds", count));
  return call.binary(Binary::Kind::add, place, counted(call, count, call.dtype(place)), "places");
}

}  // namespace

// TensorListSetItem, as TensorFlow's converter writes it.
ValueId replaced_rows(Call& call) {
  const auto& o = call.options<schema::ConcatenationOptions>();
  const auto& open = call.scope().open_slices;
  if (o.axis() != 0 || call.input_count() != 3 || !call.has(0) || !call.has(2)) return kNoValue;
  const auto before = open.find(call.op().inputs[0]), behind = open.find(call.op().inputs[2]);
  if (before == open.end() || behind == open.end() || before->second.x != behind->second.x) return kNoValue;
  const ValueId rows = call.input(1), x = before->second.x;
  const auto count = call.rank(rows) == call.rank(x) ? call.dims(rows)[0] : Dim::unknown();
  const Dim from = before->second.to;
  if (before->second.to_end || !count.known() || !(from + count).same(behind->second.from)) return kNoValue;
  ValueId places = call.builder().named_number(from);
  if (places == kNoValue) return kNoValue;
  places = places_from(call, places, count.number());
  return call.add(ScatterNd{}, {x, call.reshape(places, Sizes{count.number(), 1}, "rows"), rows});
}

namespace {

constexpr auto kEnd = Slice::kEnd;

// One entry of a slice, for one axis of x.
void add_range(Slice& op, std::int64_t axis, std::int64_t start, std::int64_t stop, std::int64_t step) {
  op.axes.push_back(axis);
  op.starts.push_back(start);
  op.stops.push_back(stop);
  op.steps.push_back(step);
}

// Numbers of a tensor of places or sizes, as far as they are known; nothing known of those of unknown number.
Dims entries_of(Call& call, std::size_t i) {
  const ValueId value = call.input(i);
  if (auto known = call.failed() ? std::nullopt : call.builder().content(value)) return *std::move(known);
  const std::int64_t count = call.rank(value) == 1 ? call.size(value, 0) : 0;
  return Dims(static_cast<std::size_t>(std::clamp<std::int64_t>(count, 0, 32)), Dim::unknown());
}

// Entry k of a tensor of places, as a value of one axis and one element.
ValueId entry(Call& call, std::size_t i, std::size_t k) {
  if (const auto known = call.content(i))
    if (const ValueId number = call.builder().named_number((*known)[k]); number != kNoValue)
      return call.reshape(number, Sizes{1}, "place");
  Slice op;
  add_range(op, 0, static_cast<std::int64_t>(k), static_cast<std::int64_t>(k) + 1, 1);
  return call.add(op, {call.input(i)}, "place");
}

// `count` neighbouring places along an axis of x, from one that is known only when it runs.
ValueId rows_from(Call& call, ValueId x, std::int64_t axis, ValueId place, std::int64_t count, bool wrap) {
  place = places_from(call, place, count);
  return call.add(with(Gather{}, &Gather::axis, axis, &Gather::wrap_negative, wrap), {x, place}, "rows");
}

// The rows before a number that is known only when it runs, or those from it on. They are no tensor by
// themselves: CONCATENATION puts them together again.
std::optional<OpenSlice> open_slice(Call& call, ValueId x, const Dims& begin, const Dims& sizes) {
  for (std::size_t i = 1; i < begin.size(); ++i)
    if (begin[i] != Dim(0) || (sizes[i] != Dim(-1) && !sizes[i].same(call.dims(x)[i]))) return std::nullopt;
  if (begin.empty() || call.op().outputs.size() != 1 || call.op().outputs[0] < 0) return std::nullopt;
  const bool to_end = sizes[0] == Dim(-1);
  if (begin[0] == Dim(0) ? sizes[0].symbol_id() <= 0 : begin[0].symbol_id() <= 0 || !to_end)
    return std::nullopt;
  return OpenSlice{x, begin[0], sizes[0], to_end};
}

void slice(Call& call) {
  const ValueId x = call.input();
  const Dims begin = entries_of(call, 1), sizes = entries_of(call, 2);
  if (!call.failed() &&
      (sizes.size() != begin.size() || static_cast<std::int64_t>(begin.size()) != call.rank(x)))
    return call.mistake(text("it begins at {} places of {} axes", begin.size(), call.rank(x)));
  if (call.failed()) return;
  Slice op;
  std::vector<std::size_t> moving;  // axes whose beginning is known only when it runs
  for (std::size_t i = 0; i < begin.size() && !call.failed(); ++i) {
    const Dim& size = sizes[i];
    const bool rest = begin[i] == Dim(0) && call.dims(x)[i].same(size);
    if ((begin[i].known() && begin[i].number() < 0) || (size.known() && size.number() < -1))
      return call.mistake(text("{} elements from {}", to_text(Dims{size}), to_text(Dims{begin[i]})));
    if ((!size.known() && !rest) || (!begin[i].known() && size == Dim(-1))) {
      if (const auto open = open_slice(call, x, begin, sizes)) {
        call.scope().open_slices.try_emplace(call.op().outputs[0], *open);
        return call.output(kNoValue);
      }
      return call.refuse("its sizes are not known beforehand", "convert the model with fixed sizes");
    }
    if (!begin[i].known()) {
      moving.push_back(i);
      continue;
    }
    const Dim stop = rest || size == Dim(-1) ? Dim(kEnd) : begin[i] + size;
    if (!stop.known()) return call.mistake(text("{} elements from {}", size.number(), begin[i].number()));
    add_range(op, static_cast<std::int64_t>(i), begin[i].number(), stop.number(), 1);
  }
  ValueId y = op.axes.empty() ? x : call.add(op, {x}, moving.empty() ? "" : "part");
  for (const std::size_t axis : moving)
    y = rows_from(call, y, static_cast<std::int64_t>(axis), entry(call, 1, axis), sizes[axis].number(),
                  false);
  call.output(y);
}

struct Masks {
  int begin, end, ellipsis, new_axis, shrink;
  static bool set(int mask, std::size_t i) { return i < 31 && (mask >> i & 1) != 0; }
};

// An axis whose part begins where only the run knows.
struct Moving {
  std::int64_t axis;
  std::size_t entry;
  std::int64_t size;
};

// Where a part of this length ends: it is counted from its beginning after that was brought within the axis.
Dim end_behind(Call& call, ValueId x, std::int64_t axis, const Dim& start, const Dim& length,
               std::int64_t step) {
  if (!start.known() || (start.number() >= 0 && step > 0)) return start + length;
  const std::int64_t size = call.size(x, axis), last = step > 0 ? size : size - 1;
  const std::int64_t from = start.number() < 0 ? start.number() + size : start.number();
  return Dim(std::clamp(from, last - size, last)) + length;
}

void strided_slice(Call& call) {
  const auto& o = call.options<schema::StridedSliceOptions>();
  const Masks masks{o.begin_mask(), o.end_mask(), o.ellipsis_mask(), o.new_axis_mask(), o.shrink_axis_mask()};
  const ValueId x = call.input();
  const Dims begin = entries_of(call, 1), end = entries_of(call, 2);
  const Sizes steps = call.integers(3);
  const std::size_t entries = begin.size();
  if (!call.failed() && (end.size() != entries || steps.size() != entries || entries > 31))
    return call.mistake(text("{} beginnings, {} ends, {} steps", entries, end.size(), steps.size()));
  std::int64_t taken = 0;
  for (std::size_t i = 0; i < entries; ++i)
    taken += !Masks::set(masks.new_axis, i) && !Masks::set(masks.ellipsis, i);
  Slice op;
  std::vector<Moving> moving;
  Sizes added, dropped;  // axes of the result, of x
  std::int64_t axis = 0, place = 0;
  for (std::size_t i = 0; i < entries && !call.failed(); ++i) {
    if (Masks::set(masks.ellipsis, i)) {
      const std::int64_t skipped = call.rank(x) - taken;
      axis += skipped, place += skipped;
      continue;
    }
    if (Masks::set(masks.new_axis, i)) {
      added.push_back(place++);
      continue;
    }
    if (axis < 0 || axis >= call.rank(x))
      return call.mistake(text("it slices {} axes of {}", taken, to_text(call.dims(x))));
    if (Masks::set(masks.shrink, i)) {
      if (begin[i].known())
        add_range(op, axis, begin[i].number(), begin[i] == Dim(-1) ? kEnd : begin[i].number() + 1, 1);
      else
        moving.push_back({axis, i, 1});
      dropped.push_back(axis++);
      continue;
    }
    const Dim start = Masks::set(masks.begin, i) ? Dim(steps[i] < 0 ? kEnd : 0) : begin[i];
    const Dim stop = Masks::set(masks.end, i) ? Dim(kEnd)
                     : o.offset()             ? end_behind(call, x, axis, start, end[i], steps[i])
                                              : end[i];
    ++place;
    if (const Dim size = stop - start; !start.known() && steps[i] == 1 && size.known() && size.number() > 0) {
      moving.push_back({axis++, i, size.number()});
      continue;
    }
    if (!start.known() || !stop.known()) return (void)call.integers(start.known() ? 2 : 1);
    add_range(op, axis++, start.number(), stop.number(), steps[i]);
  }
  const bool last = dropped.empty() && added.empty() && moving.empty();
  ValueId y = op.axes.empty() ? x : call.add(op, {x}, last ? "" : "part");
  for (const Moving& one : moving)
    y = rows_from(call, y, one.axis, entry(call, 1, one.entry), one.size, true);
  if (!dropped.empty()) y = without_axes(call, y, dropped, added.empty() ? "" : "dropped");
  if (!added.empty()) y = with_axes(call, y, added);
  call.output(y);
}

struct Blocks {
  Sizes sizes, before, after;
  std::size_t axes() const { return sizes.size(); }
};

// The sizes of blocks, and what is added or cut off around the axes behind the batch.
Blocks blocks_of(Call& call, ValueId x) {
  Blocks blocks{call.integers(1), {}, {}};
  const Sizes pairs = call.integers(2);
  if (call.failed()) return blocks;
  if (pairs.size() != 2 * blocks.axes() || call.rank(x) < static_cast<std::int64_t>(blocks.axes()) + 1)
    call.mistake(text("blocks of {} axes of {}, {} numbers around them", blocks.axes(), to_text(call.dims(x)),
                      pairs.size()));
  for (std::size_t i = 0; i < blocks.axes() && !call.failed(); ++i) {
    blocks.before.push_back(pairs[2 * i]);
    blocks.after.push_back(pairs[2 * i + 1]);
    if (blocks.sizes[i] < 1 || blocks.sizes[i] > (1 << 20) || pairs[2 * i] < 0 || pairs[2 * i + 1] < 0)
      call.mistake(
          text("blocks of {} with {} and {} around", blocks.sizes[i], pairs[2 * i], pairs[2 * i + 1]));
  }
  return blocks;
}

void space_to_batch(Call& call) {
  ValueId x = call.input();
  const Blocks blocks = blocks_of(call, x);
  if (call.failed()) return;
  const auto m = static_cast<std::int64_t>(blocks.axes()), rank = call.rank(x);
  Pad pad = with(Pad{}, &Pad::before, Sizes(static_cast<std::size_t>(rank)), &Pad::after,
                 Sizes(static_cast<std::size_t>(rank)), &Pad::value,
                 call.is_quantised(0) ? static_cast<double>(call.quantisation(0).zero_point()) : 0.0);
  for (std::size_t i = 0; i < blocks.axes(); ++i)
    pad.before[i + 1] = blocks.before[i], pad.after[i + 1] = blocks.after[i];
  x = call.add(pad, {x}, "padded");
  Dims cut{call.failed() ? Dim(1) : call.dims(x)[0]}, whole{Dim::unknown()};
  Sizes order;
  for (std::int64_t i = 0; i < m; ++i) order.push_back(2 * i + 2);
  order.push_back(0);
  for (std::int64_t i = 0; i < m && !call.failed(); ++i) {
    const std::int64_t block = blocks.sizes[static_cast<std::size_t>(i)];
    const std::int64_t size = call.size(x, i + 1);
    if (size % block != 0) return call.mistake(text("blocks of {} along {}", block, size));
    cut.insert(cut.end(), {Dim(size / block), Dim(block)});
    whole.push_back(size / block);
    order.push_back(2 * i + 1);
  }
  for (std::int64_t axis = m + 1; axis < rank && !call.failed(); ++axis) {
    cut.push_back(call.dims(x)[static_cast<std::size_t>(axis)]);
    whole.push_back(cut.back());
    order.push_back(m + axis);
  }
  call.output(call.reshape(call.transpose(call.reshape(x, cut, "cut"), order, "turned"), whole));
}

void batch_to_space(Call& call) {
  const ValueId x = call.input();
  const Blocks blocks = blocks_of(call, x);
  if (call.failed()) return;
  const auto m = static_cast<std::int64_t>(blocks.axes()), rank = call.rank(x);
  Dims cut(blocks.sizes.begin(), blocks.sizes.end()), whole{Dim::unknown()};
  std::int64_t product = 1;
  for (const std::int64_t block : blocks.sizes) product = std::min<std::int64_t>(product * block, 1 << 30);
  cut.push_back(floor_div(call.dims(x)[0], product));
  whole[0] = cut.back();
  Sizes order{m};
  for (std::int64_t i = 0; i < m; ++i) {
    cut.push_back(call.size(x, i + 1));
    whole.push_back(call.size(x, i + 1) * blocks.sizes[static_cast<std::size_t>(i)]);
    order.insert(order.end(), {m + 1 + i, i});
  }
  for (std::int64_t axis = m + 1; axis < rank; ++axis) {
    cut.push_back(call.dims(x)[static_cast<std::size_t>(axis)]);
    whole.push_back(cut.back());
    order.push_back(m + axis);
  }
  const ValueId y =
      call.reshape(call.transpose(call.reshape(x, cut, "cut"), order, "turned"), whole, "whole");
  Slice op;
  for (std::size_t i = 0; i < blocks.axes(); ++i)
    add_range(op, static_cast<std::int64_t>(i) + 1, blocks.before[i],
              blocks.after[i] == 0 ? kEnd : -blocks.after[i], 1);
  call.output(call.add(op, {y}));
}

constexpr auto kMoved = Quantised::moved;

constexpr Rule kRules[] = {
    {Code::SLICE, slice, OptionsKind::SliceOptions, kMoved},
    {Code::STRIDED_SLICE, strided_slice, OptionsKind::StridedSliceOptions, kMoved},
    {Code::SPACE_TO_BATCH_ND, space_to_batch, OptionsKind::SpaceToBatchNDOptions, kMoved},
    {Code::BATCH_TO_SPACE_ND, batch_to_space, OptionsKind::BatchToSpaceNDOptions, kMoved},
};

}  // namespace

std::span<const Rule> slicing_rules() { return kRules; }

}  // namespace vivace::tflite
