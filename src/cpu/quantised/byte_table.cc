#include "cpu/quantised/byte_table.h"

#include <array>
#include <optional>

#include "base/try.h"
#include "cpu/common/chunks.h"
#include "cpu/quantised/bytes.h"

namespace vivace::cpu {
namespace {

constexpr std::int64_t kBytes = 256;

// The operator's answers for all bytes, in the order of their bits.
template <class T>
Result<std::array<T, kBytes>> table_of(const NodeView& node) {
  std::array<std::uint8_t, kBytes> bytes;
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(i);
  std::array<T, kBytes> table{};
  const Shape dims{kBytes};
  const TensorView x{bytes.data(), node.inputs[0].dtype, dims};
  const MutableTensorView y{table.data(), node.outputs[0].dtype, dims};
  VIVACE_CHECK_OK(node.op().evaluate(std::span(&x, 1), std::span(&y, 1)));
  return table;
}

// What a table adds to every byte, if it does no more: uint8 as int8, and back.
std::optional<std::uint8_t> offset_of(const std::array<std::uint8_t, kBytes>& table) {
  for (std::size_t i = 0; i < table.size(); ++i)
    if (table[i] != static_cast<std::uint8_t>(table[0] + i)) return std::nullopt;
  return table[0];
}
std::optional<std::uint8_t> offset_of(const std::array<float, kBytes>&) { return std::nullopt; }

template <class T>
Result<Step> emit_table_of(const NodeView& node) {
  VIVACE_TRY(const auto table, table_of<T>(node));
  const Chunks chunks{node.outputs[0].count(), kGrain};
  Step step;
  step.kernel = "byte_table";
  step.chunks = chunks.count();
  if (const auto offset = offset_of(table)) {
    step.work = make_work([add = *offset, chunks, from = node.inputs[0].address,
                           to = node.outputs[0].address](const Frame& frame, Share share) noexcept {
      const auto* const x = frame.at<const std::uint8_t>(from);
      auto* const y = frame.at<std::uint8_t>(to);
      for (std::int64_t i = chunks.begin(share), end = chunks.end(share); i < end; ++i)
        y[i] = static_cast<std::uint8_t>(x[i] + add);
    });
    return step;
  }
  step.work = make_work([table, chunks, from = node.inputs[0].address, to = node.outputs[0].address](
                            const Frame& frame, Share share) noexcept {
    const auto* const x = frame.at<const std::uint8_t>(from);
    T* const y = frame.at<T>(to);
    for (std::int64_t i = chunks.begin(share), end = chunks.end(share); i < end; ++i) y[i] = table[x[i]];
  });
  return step;
}

}  // namespace

bool is_byte_function(const NodeView& node) {
  return is_byte(node.inputs[0].dtype) &&
         (is_byte(node.outputs[0].dtype) || node.outputs[0].dtype == DType::f32);
}

Result<Step> emit_byte_table(const NodeView& node) {
  return size_of(node.outputs[0].dtype) == 1 ? emit_table_of<std::uint8_t>(node) : emit_table_of<float>(node);
}

}  // namespace vivace::cpu
