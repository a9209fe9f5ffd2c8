// Rows of a table by number, and numbers as rows.
#include <cstring>

#include "ops/indexing/gather.h"

#include "cpu/common/chunks.h"
#include "cpu/movement/copies.h"
#include "kernels/movement/copy.h"
#include "ops/common/elements/integers.h"
#include "ops/indexing/one_hot.h"

namespace vivace::cpu {
namespace {

Result<Step> emit_gather(const NodeView& node, const Choice&, const Processor&) {
  const auto& op = node.as<Gather>();
  const Shape& table_dims = node.inputs[0].dims;
  const auto axis = static_cast<std::size_t>(op.axis);
  const std::int64_t length = table_dims[axis], count = node.inputs[1].count();
  const std::int64_t outer = count_of(std::span(table_dims).first(axis));
  const std::int64_t row = count_of(std::span(table_dims).subspan(axis + 1));
  const auto bytes = row * static_cast<std::int64_t>(size_of(node.inputs[0].dtype));
  const DType index_type = node.inputs[1].dtype;
  const bool wraps = op.wrap_negative && !is_unsigned(index_type);
  const Chunks chunks = Chunks::of(outer * count, row);
  Step step;
  step.kernel = "gather";
  step.chunks = chunks.count();
  step.work = make_work([=, from = node.inputs[0].address, indices = node.inputs[1].address,
                         to = node.outputs[0].address](const Frame& frame, Share share) noexcept {
    const auto* table = frame.at<const std::byte>(from);
    auto* y = frame.at<std::byte>(to);
    const TensorView numbers{frame.at<void>(indices), index_type, {}};
    Fault fault = Fault::none;
    for (std::int64_t i = chunks.begin(share); i < chunks.end(share); ++i) {
      std::int64_t index = load_integer(numbers, i % count);
      if (wraps && index < 0) index += length;
      if (index < 0 || index >= length) {
        fault = Fault::index_out_of_range;
        continue;
      }
      if (bytes != 0)
        std::memcpy(y + i * bytes, table + (i / count * length + index) * bytes,
                    static_cast<std::size_t>(bytes));
    }
    return fault;
  });
  return step;
}

Result<Step> emit_one_hot(const NodeView& node, const Choice&, const Processor&) {
  const auto& op = node.as<OneHot>();
  const Shape& dims = node.inputs[0].dims;
  const std::int64_t inner = count_of(std::span(dims).subspan(static_cast<std::size_t>(op.axis)));
  const std::int64_t outer = count_of(std::span(dims).first(static_cast<std::size_t>(op.axis)));
  const std::int64_t block = op.depth * inner;
  const Chunks chunks = Chunks::of(outer, block);
  const auto size = static_cast<std::int64_t>(size_of(op.result));
  std::array<std::uint64_t, 2> cells{};  // off, on
  store({&cells[0], op.result, {}}, 0, op.off);
  store({&cells[1], op.result, {}}, 0, op.on);
  Step step;
  step.kernel = "one_hot";
  step.chunks = chunks.count();
  step.work = make_work([=, depth = op.depth, dtype = node.inputs[0].dtype, from = node.inputs[0].address,
                         to = node.outputs[0].address](const Frame& frame, Share share) noexcept {
    const TensorView numbers{frame.at<void>(from), dtype, {}};
    for (std::int64_t o = chunks.begin(share); o < chunks.end(share); ++o) {
      std::byte* const y = frame.at<std::byte>(to) + o * block * size;
      kernels::fill(y, reinterpret_cast<const std::byte*>(&cells[0]), static_cast<std::size_t>(block),
                    static_cast<std::size_t>(size));
      for (std::int64_t i = 0; i < inner; ++i) {
        const std::int64_t number = load_integer(numbers, o * inner + i);
        if (number >= 0 && number < depth)
          std::memcpy(y + (number * inner + i) * size, &cells[1], static_cast<std::size_t>(size));
      }
    }
  });
  return step;
}

}  // namespace

extern const Emitter k_gather, k_one_hot;
constinit const Emitter k_gather{"gather", choose_copy, emit_gather};
constinit const Emitter k_one_hot{"one_hot", choose_copy, emit_one_hot};

}  // namespace vivace::cpu
