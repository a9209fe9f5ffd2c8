// Another type for each element; one of two elements.
#include "cpu/common/chunks.h"
#include "cpu/common/layout.h"
#include "cpu/emitter.h"
#include "kernels/movement/copy.h"
#include "ops/common/elements/integers.h"
#include "ops/elementwise/cast.h"
#include "ops/elementwise/select.h"

namespace vivace::cpu {
namespace {

using CastFunction = void (*)(const void* x, void* y, std::int64_t begin, std::int64_t end);

template <class From>
void cast_to_float(const void* x, void* y, std::int64_t begin, std::int64_t end) {
  const auto* from = static_cast<const From*>(x);
  auto* to = static_cast<float*>(y);
  for (std::int64_t i = begin; i < end; ++i) to[i] = static_cast<float>(from[i]);
}

// What models do with whole images and sequences; other pairs go by way of the reference's element rules.
CastFunction find_cast_to_float(DType from) {
  switch (from) {
    case DType::f64:
      return cast_to_float<double>;
    case DType::i8:
      return cast_to_float<std::int8_t>;
    case DType::i16:
      return cast_to_float<std::int16_t>;
    case DType::i32:
      return cast_to_float<std::int32_t>;
    case DType::i64:
      return cast_to_float<std::int64_t>;
    case DType::u8:
      return cast_to_float<std::uint8_t>;
    case DType::u16:
      return cast_to_float<std::uint16_t>;
    case DType::u32:
      return cast_to_float<std::uint32_t>;
    case DType::u64:
      return cast_to_float<std::uint64_t>;
    default:
      return nullptr;
  }
}

std::optional<Choice> choose_cast(const NodeView&, const Processor&, const NumericOptions&) {
  Choice choice;
  choice.algorithm = "cast";
  return choice;
}

Result<Step> emit_cast(const NodeView& node, const Choice&, const Processor&) {
  const DType from = node.inputs[0].dtype, to = node.outputs[0].dtype;
  const Chunks chunks{node.inputs[0].count(), kGrain};
  const CastFunction fast = to == DType::f32 ? find_cast_to_float(from) : nullptr;
  Step step;
  step.kernel = "cast";
  step.chunks = chunks.count();
  step.work = make_work([=, x_address = node.inputs[0].address, y_address = node.outputs[0].address](
                            const Frame& frame, Share share) noexcept {
    const TensorView x{frame.at<void>(x_address), from, {}};
    const MutableTensorView y{frame.at<void>(y_address), to, {}};
    const std::int64_t begin = chunks.begin(share), end = chunks.end(share);
    if (fast) return fast(x.data, y.data, begin, end);
    const bool by_number = is_float(from) || is_float(to);
    for (std::int64_t i = begin; i < end; ++i)
      by_number ? store(y, i, load(x, i)) : store_integer(y, i, load_integer(x, i));
  });
  return step;
}

std::optional<Choice> choose_select(const NodeView&, const Processor&, const NumericOptions&) {
  Choice choice;
  choice.algorithm = "select";
  return choice;
}

Result<Step> emit_select(const NodeView& node, const Choice&, const Processor&) {
  const Operand& y = node.outputs[0];
  Loops<3> lines = make_loops<3>(
      y.dims, {broadcast_strides(node.inputs[0].dims, y.dims), broadcast_strides(node.inputs[1].dims, y.dims),
               broadcast_strides(node.inputs[2].dims, y.dims)});
  // One long line is cut like many short ones.
  constexpr std::int64_t kPiece = 1024;
  const auto columns = lines.pop();
  const std::int64_t pieces = (columns.size + kPiece - 1) / kPiece;
  const Chunks chunks = Chunks::of(lines.count() * pieces, std::min(columns.size, kPiece));
  Step step;
  step.kernel = "select";
  step.chunks = chunks.count();
  step.work =
      make_work([=, size = size_of(y.dtype), condition = node.inputs[0].address, a = node.inputs[1].address,
                 b = node.inputs[2].address, to = y.address](const Frame& frame, Share share) noexcept {
        const auto bytes = static_cast<std::int64_t>(size);
        for (std::int64_t i = chunks.begin(share); i < chunks.end(share); ++i) {
          const Cursor<3> cursor(lines, i / pieces);
          const std::int64_t first = i % pieces * kPiece, count = std::min(kPiece, columns.size - first);
          const auto& step_of = columns.strides;
          kernels::select_line({frame.at<const std::byte>(condition) + cursor[0] + first * step_of[0],
                                frame.at<const std::byte>(a) + (cursor[1] + first * step_of[1]) * bytes,
                                frame.at<const std::byte>(b) + (cursor[2] + first * step_of[2]) * bytes,
                                step_of[0], step_of[1], step_of[2],
                                frame.at<std::byte>(to) + (i / pieces * columns.size + first) * bytes,
                                static_cast<std::size_t>(count), size});
        }
      });
  return step;
}

}  // namespace

extern const Emitter k_cast, k_select;
constinit const Emitter k_cast{"cast", choose_cast, emit_cast};
constinit const Emitter k_select{"select", choose_select, emit_select};

}  // namespace vivace::cpu
