// Operators that put elements elsewhere.
#include <algorithm>

#include "base/text.h"
#include "import/tflite/operators/families.h"

namespace vivace::tflite {
namespace {

constexpr std::int64_t kMostDilated = std::int64_t{1} << 26;  // places along an axis

// [before, after] of each axis, from an input [axes, 2].
bool read_pairs(Call& call, std::size_t i, std::size_t axes, Sizes& before, Sizes& after) {
  const Sizes pairs = call.integers(i);
  if (!call.failed() && pairs.size() != 2 * axes)
    call.mistake(text("{} numbers before and after {} axes", pairs.size(), axes));
  for (std::size_t axis = 0; axis < axes && !call.failed(); ++axis) {
    before.push_back(pairs[2 * axis]);
    after.push_back(pairs[2 * axis + 1]);
  }
  return !call.failed();
}

void pad_with(Call& call, Pad op) {
  const ValueId x = call.input();
  if (read_pairs(call, 1, static_cast<std::size_t>(call.rank(x)), op.before, op.after))
    call.output(call.add(op, {x}));
}

// Quantised ones are padded with what stands for 0.
void pad(Call& call) {
  const double zero = call.is_quantised(0) ? static_cast<double>(call.quantisation(0).zero_point()) : 0;
  pad_with(call, with(Pad{}, &Pad::value, zero));
}
void pad_v2(Call& call) { pad_with(call, with(Pad{}, &Pad::value, call.has(2) ? call.number(2) : 0)); }
void mirror_pad(Call& call) {
  const auto mode = call.options<schema::MirrorPadOptions>().mode();
  if (mode != 0 && mode != 1) return call.mistake(text("its mode has the number {}", mode));
  pad_with(call, with(Pad{}, &Pad::mode, mode == 0 ? Pad::Mode::reflect : Pad::Mode::symmetric));
}

// A value between elements: each axis that is dilated gets one of 1 behind it, which is padded and joined
// with it; what is left behind the last element goes.
void dilate(Call& call) {
  const ValueId x = call.input();
  const Sizes steps = call.integers(1);
  Pad pad = with(Pad{}, &Pad::value, call.number(2));
  if (!call.failed() && static_cast<std::int64_t>(steps.size()) != call.rank(x))
    call.mistake(text("{} steps for {} axes", steps.size(), call.rank(x)));
  Sizes apart, joined;
  Slice part;
  for (std::int64_t axis = 0; axis < call.rank(x) && !call.failed(); ++axis) {
    const std::int64_t step = steps[static_cast<std::size_t>(axis)];
    joined.push_back(Reshape::keep(static_cast<std::int64_t>(apart.size())));
    apart.push_back(Reshape::keep(axis));
    pad.after.push_back(0);
    if (step == 1) continue;
    const std::int64_t size = call.size(x, axis);
    if (!call.failed() && (size < 1 || step < 1 || step > kMostDilated / size))
      call.mistake(text("steps of {} between {} elements", step, size));
    if (call.failed()) return;
    apart.push_back(1);
    pad.after.push_back(step - 1);
    joined.back() = size * step;
    part.axes.push_back(axis);
    part.stops.push_back((size - 1) * step + 1);
  }
  if (part.axes.empty()) return call.output(x);
  pad.before.resize(pad.after.size());
  part.starts.resize(part.axes.size());
  part.steps.assign(part.axes.size(), 1);
  const ValueId padded = call.add(pad, {call.reshape(x, apart, "apart")}, "padded");
  call.output(call.add(part, {call.reshape(padded, joined, "joined")}));
}

void concatenation(Call& call) {
  const auto& o = call.options<schema::ConcatenationOptions>();
  if (const ValueId y = replaced_rows(call); y != kNoValue)
    return call.output(activated(call, y, o.fused_activation_function()));
  std::vector<ValueId> parts;
  for (std::size_t i = 0; i < call.input_count(); ++i) parts.push_back(call.input(i));
  if (parts.empty()) return call.mistake("it has no inputs");
  const std::int64_t axis = call.axis_of(o.axis(), call.rank(parts[0]));
  call.output(
      activated(call, call.add(with(Concat{}, &Concat::axis, axis), parts), o.fused_activation_function()));
}

void pack(Call& call) {
  const auto& o = call.options<schema::PackOptions>();
  std::vector<ValueId> parts;
  if (call.input_count() == 0) return call.mistake("it has no inputs");
  const std::int64_t axis = call.axis_of(o.axis(), call.rank(call.input(0)) + 1);
  for (std::size_t i = 0; i < call.input_count(); ++i)
    parts.push_back(with_axes(call, call.input(i), {axis}, text("{}", i)));
  call.output(parts.size() == 1 ? parts[0] : call.add(with(Concat{}, &Concat::axis, axis), parts));
}

void unpack(Call& call) {
  const auto& o = call.options<schema::UnpackOptions>();
  const ValueId x = call.input();
  const std::int64_t axis = call.axis_of(o.axis(), call.rank(x));
  const std::int64_t parts = call.size(x, axis);
  if (!call.failed() && static_cast<std::size_t>(parts) != call.output_count())
    return call.mistake(text("{} parts for {} outputs", parts, call.output_count()));
  for (const ValueId part :
       call.add_many(with(Split{}, &Split::axis, axis, &Split::parts, parts), {x}, "parts"))
    call.output(without_axes(call, part, {axis}));
}

void split(Call& call) {
  const ValueId x = call.input(1);
  const std::int64_t axis = call.axis_of(call.integer(0), call.rank(x));
  const auto parts = static_cast<std::int64_t>(call.output_count());
  call.output(call.add_many(with(Split{}, &Split::axis, axis, &Split::parts, parts), {x}));
}

void split_v(Call& call) {
  const ValueId x = call.input(0);
  Sizes sizes = call.integers(1);
  const std::int64_t axis = call.axis_of(call.integer(2), call.rank(x));
  std::int64_t given = 0;
  for (const std::int64_t size : sizes) given += std::clamp<std::int64_t>(size, 0, 1 << 30);
  for (std::int64_t& size : sizes)
    if (size == -1) size = call.size(x, axis) - given;
  call.output(call.add_many(with(Split{}, &Split::axis, axis, &Split::sizes, sizes), {x}));
}

void transpose(Call& call) {
  const ValueId x = call.input();
  Sizes order = call.integers(1);
  for (std::int64_t& axis : order) axis = call.axis_of(axis, call.rank(x));
  call.output(call.add(with(Transpose{}, &Transpose::order, order), {x}));
}

void tile(Call& call) {
  call.output(call.add(with(Tile{}, &Tile::repeats, call.integers(1)), {call.input()}));
}

void broadcast_to(Call& call) {
  const ValueId x = call.input();
  const auto wanted = call.content(1);
  if (!wanted) return call.refuse("its sizes are not known beforehand", "convert the model with fixed sizes");
  Sizes sizes;
  for (std::size_t i = 0; i < wanted->size(); ++i) {
    const std::size_t skipped = wanted->size() - static_cast<std::size_t>(call.rank(x));
    const bool kept = i >= skipped && call.dims(x)[i - skipped].same((*wanted)[i]);
    if (!kept && !(*wanted)[i].known())
      return call.refuse("its sizes are not known beforehand", "convert the model with fixed sizes");
    sizes.push_back(kept ? -1 : (*wanted)[i].number());
  }
  call.output(call.add(with(Broadcast{}, &Broadcast::sizes, sizes), {x}));
}

void reverse_v2(Call& call) {
  const ValueId x = call.input();
  call.output(call.add(with(Reverse{}, &Reverse::axes, call.axes_of(call.integers(1), call.rank(x))), {x}));
}

// Step t of row b is step length[b] - 1 - t, and itself behind the length.
void reverse_sequence(Call& call) {
  const auto& o = call.options<schema::ReverseSequenceOptions>();
  const ValueId x = call.input();
  const std::int64_t steps = call.axis_of(o.seq_dim(), call.rank(x)),
                     batch = call.axis_of(o.batch_dim(), call.rank(x));
  if (!call.failed() && steps == batch) return call.mistake("its steps and its rows are the same axis");
  Sizes times, rows;
  for (std::int64_t axis = 0; axis < call.rank(x); ++axis) {
    if (axis != steps) times.push_back(axis);
    if (axis != batch) rows.push_back(axis);
  }
  const ValueId time = with_axes(call, counted(call, call.size(x, steps), DType::i64), times, "times");
  const ValueId length = with_axes(call, call.cast(call.input(1), DType::i64), rows, "lengths");
  const ValueId last = call.binary(Binary::Kind::subtract, length, call.scalar(1, DType::i64), "last");
  const ValueId turned = call.binary(Binary::Kind::subtract, last, time, "turned");
  const ValueId within = call.binary(Binary::Kind::less, time, length, "within");
  const ValueId places = call.add(Select{}, {within, turned, time}, "places");
  call.output(call.add(with(GatherElements{}, &GatherElements::axis, steps), {x, places}));
}

template <bool kInverse, class Options>
void depth_to_space(Call& call) {
  const std::int64_t block = call.options<Options>().block_size();
  call.output(call.add(with(DepthToSpace{}, &DepthToSpace::block, block, &DepthToSpace::inverse, kInverse),
                       {call.input()}));
}

constexpr auto kMoved = Quantised::moved;

constexpr Rule kRules[] = {
    {Code::PAD, pad, OptionsKind::PadOptions, kMoved},
    {Code::PADV2, pad_v2, OptionsKind::PadV2Options, kMoved},
    {Code::MIRROR_PAD, mirror_pad, OptionsKind::MirrorPadOptions, kMoved},
    {Code::DILATE, dilate, OptionsKind::NONE, kMoved},
    {Code::CONCATENATION, concatenation, OptionsKind::ConcatenationOptions},
    {Code::PACK, pack, OptionsKind::PackOptions, kMoved},
    {Code::UNPACK, unpack, OptionsKind::UnpackOptions, kMoved},
    {Code::SPLIT, split, OptionsKind::SplitOptions, kMoved},
    {Code::SPLIT_V, split_v, OptionsKind::SplitVOptions, kMoved},
    {Code::TRANSPOSE, transpose, OptionsKind::TransposeOptions, kMoved},
    {Code::TILE, tile, OptionsKind::TileOptions, kMoved},
    {Code::BROADCAST_TO, broadcast_to, OptionsKind::BroadcastToOptions, kMoved},
    {Code::REVERSE_V2, reverse_v2, OptionsKind::ReverseV2Options, kMoved},
    {Code::REVERSE_SEQUENCE, reverse_sequence, OptionsKind::ReverseSequenceOptions, kMoved},
    {Code::DEPTH_TO_SPACE, depth_to_space<false, schema::DepthToSpaceOptions>,
     OptionsKind::DepthToSpaceOptions, kMoved},
    {Code::SPACE_TO_DEPTH, depth_to_space<true, schema::SpaceToDepthOptions>,
     OptionsKind::SpaceToDepthOptions, kMoved},
};

}  // namespace

std::span<const Rule> movement_rules() { return kRules; }

}  // namespace vivace::tflite
