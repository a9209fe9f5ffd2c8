// Parts of tensors, and blocks of pixels that become samples.
#include "base/text.h"
#include "import/tflite/operators/families.h"

namespace vivace::tflite {
namespace {

constexpr auto kEnd = Slice::kEnd;

void slice(Call& call) {
  const ValueId x = call.input();
  const Sizes begin = call.integers(1);
  const auto sizes = call.content(2);
  if (!call.failed() &&
      (!sizes || sizes->size() != begin.size() || static_cast<std::int64_t>(begin.size()) != call.rank(x)))
    return call.mistake(text("it begins at {} places of {} axes", begin.size(), call.rank(x)));
  Slice op;
  for (std::size_t i = 0; i < begin.size() && !call.failed(); ++i) {
    const Dim& size = (*sizes)[i];
    const bool rest = begin[i] == 0 && call.dims(x)[i].same(size);
    if (begin[i] < 0 || (size.known() && size.number() < -1))
      return call.mistake(text("{} elements from {}", to_text(Dims{size}), begin[i]));
    if (!size.known() && !rest)
      return call.refuse("its sizes are not known beforehand", "convert the model with fixed sizes");
    op.axes.push_back(static_cast<std::int64_t>(i));
    op.starts.push_back(begin[i]);
    op.stops.push_back(rest || size.number() == -1 ? kEnd : begin[i] + size.number());
    op.steps.push_back(1);
  }
  call.output(call.add(op, {x}));
}

struct Masks {
  int begin, end, ellipsis, new_axis, shrink;
  static bool set(int mask, std::size_t i) { return i < 31 && (mask >> i & 1) != 0; }
};

// One entry of a strided slice for one axis of x.
void add_range(Slice& op, std::int64_t axis, std::int64_t start, std::int64_t stop, std::int64_t step) {
  op.axes.push_back(axis);
  op.starts.push_back(start);
  op.stops.push_back(stop);
  op.steps.push_back(step);
}

void strided_slice(Call& call) {
  const auto& o = call.options<schema::StridedSliceOptions>();
  const Masks masks{o.begin_mask(), o.end_mask(), o.ellipsis_mask(), o.new_axis_mask(), o.shrink_axis_mask()};
  const ValueId x = call.input();
  const Sizes begin = call.integers(1), end = call.integers(2), steps = call.integers(3);
  const std::size_t entries = begin.size();
  if (!call.failed() && (end.size() != entries || steps.size() != entries || entries > 31))
    return call.mistake(text("{} beginnings, {} ends, {} steps", entries, end.size(), steps.size()));
  std::int64_t taken = 0;
  for (std::size_t i = 0; i < entries; ++i)
    taken += !Masks::set(masks.new_axis, i) && !Masks::set(masks.ellipsis, i);
  Slice op;
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
      add_range(op, axis, begin[i], begin[i] == -1 ? kEnd : begin[i] + 1, 1);
      dropped.push_back(axis++);
      continue;
    }
    const std::int64_t stop = o.offset() ? begin[i] + end[i] : end[i];
    const std::int64_t first = steps[i] < 0 ? kEnd : 0;
    add_range(op, axis++, Masks::set(masks.begin, i) ? first : begin[i],
              Masks::set(masks.end, i) ? kEnd : stop, steps[i]);
    ++place;
  }
  ValueId y = op.axes.empty() ? x : call.add(op, {x}, dropped.empty() && added.empty() ? "" : "part");
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
