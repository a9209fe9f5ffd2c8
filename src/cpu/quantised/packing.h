// How weights of bytes are arranged for the kernels of quantised operators.
#pragma once

#include <span>

#include "cpu/emitter.h"

namespace vivace::cpu {

/// "q_bytes": signed bytes, without zero point, four at a time (VNNI). "q_words": 16-bit numbers less the
/// zero point, two at a time. Panels of 16 columns (kernels/quantised/q_conv.h), then the sum of each column.
/// "q_tiles": bytes too, each tap filled up to whole steps of AMX (kernels/quantised/q_conv_tiles.h).
/// "q_byte_rows", "q_word_rows", "q_tile_rows": those of a kernel whose rows are one tap each.
enum class Factors : std::uint8_t { words, bytes, tiles };
std::string_view q_layout(const NodeView& node, std::size_t input, Factors factors);

/// The weights of a q_conv, q_mat_mul, hybrid_conv or hybrid_mat_mul as columns: element (tap, input,
/// output). The columns of a kernel without groups and dilation along its rows count as inputs, since they
/// lie together in the image too.
struct QMatrix {
  std::size_t taps = 1, inputs = 0, outputs = 0;
  std::size_t tap_step = 0, input_step = 0, output_step = 0;
  std::int32_t zero = 0;
  bool is_signed = true;
  const std::uint8_t* data = nullptr;  // null while only sizes matter
};
QMatrix q_matrix(const NodeView& node, std::size_t input);
/// No column's product with bytes, less their zero point, is larger than this.
double most_of_sums(const QMatrix& matrix);

/// "q_channel_bytes", "q_channel_words": a depthwise kernel [groups of kernel rows, kernel columns, channels
/// to a multiple of 16], 32 bits each (kernels/quantised/q_depthwise.h), then the sum of each channel.
std::string_view q_channels_layout(Factors factors);
std::span<const std::int32_t> q_channel_sums(const NodeView& node, std::size_t input, Factors factors);

/// The column sums behind packed panels.
std::span<const std::int32_t> q_column_sums(const QMatrix& matrix, Factors factors, const std::byte* packed);

}  // namespace vivace::cpu
