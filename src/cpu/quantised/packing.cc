#include "cpu/quantised/packing.h"

#include "kernels/matrix/tile.h"
#include "kernels/quantised/q_conv_tiles.h"
#include "kernels/quantised/q_depthwise.h"
#include "ops/hybrid/hybrid_conv.h"
#include "ops/hybrid/hybrid_mat_mul.h"
#include "ops/quantised/q_conv.h"
#include "ops/quantised/q_mat_mul.h"

namespace vivace::cpu {
namespace {

using kernels::kPanel;

std::size_t padded_columns(const QMatrix& m) { return (m.outputs + kPanel - 1) / kPanel * kPanel; }

// Of a tap, in the layout.
std::size_t padded_inputs(const QMatrix& m, Factors factors) {
  return factors == Factors::tiles ? kernels::q_tile_depth(m.inputs)
                                   : kernels::q_padded_channels(m.inputs, factors == Factors::words);
}

std::size_t panels_bytes(const QMatrix& m, Factors factors) {
  return m.taps * padded_inputs(m, factors) * padded_columns(m) * (factors == Factors::words ? 2 : 1);
}

template <Factors kFactors>
std::size_t packed_bytes(const NodeView& node, std::size_t input) {
  const QMatrix m = q_matrix(node, input);
  return panels_bytes(m, kFactors) + padded_columns(m) * sizeof(std::int32_t);
}

std::int32_t element(const QMatrix& m, std::size_t at) {
  return (m.is_signed ? static_cast<std::int8_t>(m.data[at]) : m.data[at]) - m.zero;
}

// One panel: groups of 4 bytes of k, 16 columns in each. Gives each column's sum.
template <class T>
void pack_panel(const QMatrix& m, std::size_t padded, std::size_t first, T* to, std::int32_t* sums) {
  constexpr std::size_t kUnit = 4 / sizeof(T);
  const std::size_t columns = m.outputs - first < kPanel ? m.outputs - first : kPanel;
  for (std::size_t tap = 0; tap < m.taps; ++tap, to += padded * kPanel)
    for (std::size_t i = 0; i < m.inputs; ++i)
      for (std::size_t j = 0; j < columns; ++j) {
        const std::int32_t w = element(m, tap * m.tap_step + i * m.input_step + (first + j) * m.output_step);
        to[i / kUnit * kUnit * kPanel + j * kUnit + i % kUnit] = static_cast<T>(w);
        sums[j] += w;
      }
}

template <Factors kFactors>
void pack(const NodeView& node, std::size_t input, std::byte* into) {
  using T = std::conditional_t<kFactors == Factors::words, std::int16_t, std::int8_t>;
  const QMatrix m = q_matrix(node, input);
  auto* const sums = reinterpret_cast<std::int32_t*>(into + panels_bytes(m, kFactors));
  const std::size_t padded = padded_inputs(m, kFactors);
  auto* to = reinterpret_cast<T*>(into);
  for (std::size_t first = 0; first < m.outputs; first += kPanel, to += m.taps * padded * kPanel)
    pack_panel(m, padded, first, to, sums + first);
}

QMatrix matrix_of(const Operand& weights, std::int64_t zero) {
  QMatrix m;
  m.is_signed = weights.dtype == DType::i8;
  m.zero = static_cast<std::int32_t>(zero);
  if (weights.constant) m.data = static_cast<const std::uint8_t*>(weights.constant->data);
  return m;
}

template <class Conv>
bool lies_in_rows(const Conv& op) {
  return op.groups == 1 && op.dilations.back() == 1;
}

// A kernel [taps..., inputs, outputs].
QMatrix kernel_matrix(const Operand& weights, bool in_rows, std::int64_t zero) {
  QMatrix m = matrix_of(weights, zero);
  const std::size_t rank = weights.dims.size(), axes = rank - (in_rows ? 3 : 2);
  m.taps = static_cast<std::size_t>(count_of(std::span(weights.dims).first(axes)));
  m.inputs = static_cast<std::size_t>(count_of(std::span(weights.dims).subspan(axes, rank - 1 - axes)));
  m.outputs = static_cast<std::size_t>(weights.dims[rank - 1]);
  m.tap_step = m.inputs * m.outputs;
  m.input_step = m.outputs;
  m.output_step = 1;
  return m;
}

QMatrix plain_matrix(const Operand& weights, bool transposed, std::int64_t zero) {
  QMatrix m = matrix_of(weights, zero);
  const auto rows = static_cast<std::size_t>(weights.dims[0]),
             columns = static_cast<std::size_t>(weights.dims[1]);
  m.inputs = transposed ? columns : rows;
  m.outputs = transposed ? rows : columns;
  m.input_step = transposed ? 1 : columns;
  m.output_step = transposed ? columns : 1;
  return m;
}

// A depthwise kernel, whose taps are [rows, columns].
struct QChannels {
  QMatrix matrix;
  std::size_t rows, columns, together;  // rows that one number holds

  // Numbers of all groups of rows.
  std::size_t numbers() const { return (rows + together - 1) / together * columns * padded_columns(matrix); }
};

QChannels channels_of(const NodeView& node, std::size_t input, Factors factors) {
  const Shape& dims = node.inputs[input].dims;
  const QMatrix m = q_matrix(node, input);
  const auto columns = static_cast<std::size_t>(dims[dims.size() - 3]);
  return {m, columns == 0 ? 0 : m.taps / columns, columns,
          kernels::q_depthwise_rows(factors == Factors::words)};
}

template <Factors kFactors>
std::size_t channels_bytes(const NodeView& node, std::size_t input) {
  const QChannels c = channels_of(node, input, kFactors);
  return (c.numbers() + padded_columns(c.matrix)) * sizeof(std::int32_t);
}

template <Factors kFactors>
void pack_channels(const NodeView& node, std::size_t input, std::byte* into) {
  using T = std::conditional_t<kFactors == Factors::words, std::int16_t, std::int8_t>;
  const QChannels c = channels_of(node, input, kFactors);
  const QMatrix& m = c.matrix;
  auto* const to = reinterpret_cast<T*>(into);
  auto* const sums = reinterpret_cast<std::int32_t*>(into) + c.numbers();
  for (std::size_t tap = 0; tap < m.taps; ++tap) {
    const std::size_t row = tap / c.columns, column = tap % c.columns;
    const std::size_t first = (row / c.together * c.columns + column) * padded_columns(m);
    for (std::size_t j = 0; j < m.outputs; ++j) {
      const std::int32_t w = element(m, tap * m.tap_step + j * m.output_step);
      to[(first + j) * c.together + row % c.together] = static_cast<T>(w);
      sums[j] += w;
    }
  }
}

}  // namespace

std::string_view q_layout(const NodeView& node, std::size_t input, Factors factors) {
  constexpr std::string_view kPlain[] = {"q_words", "q_bytes", "q_tiles"},
                             kRows[] = {"q_word_rows", "q_byte_rows", "q_tile_rows"};
  const std::string_view op = node.op().name();
  const Shape& dims = node.inputs[input].dims;
  const bool in_rows = (op == QConv::kName && lies_in_rows(node.as<QConv>())) ||
                       (op == HybridConv::kName && lies_in_rows(node.as<HybridConv>()));
  return (in_rows && dims[dims.size() - 3] > 1 ? kRows : kPlain)[static_cast<std::size_t>(factors)];
}

QMatrix q_matrix(const NodeView& node, std::size_t input) {
  const std::string_view op = node.op().name();
  if (op == QConv::kName) {
    const auto& conv = node.as<QConv>();
    return kernel_matrix(node.inputs[input], lies_in_rows(conv), conv.weights_zero);
  }
  if (op == HybridConv::kName)
    return kernel_matrix(node.inputs[input], lies_in_rows(node.as<HybridConv>()), 0);
  if (op == HybridMatMul::kName)
    return plain_matrix(node.inputs[input], node.as<HybridMatMul>().transpose_b, 0);
  const auto& product = node.as<QMatMul>();
  return plain_matrix(node.inputs[input], product.transpose_b, product.b_zero);
}

double most_of_sums(const QMatrix& matrix) {
  const double weight = matrix.is_signed && matrix.zero == 0 ? 128 : 255;
  return 255 * weight * static_cast<double>(matrix.taps * matrix.inputs);
}

std::string_view q_channels_layout(Factors factors) {
  return factors == Factors::words ? "q_channel_words" : "q_channel_bytes";
}

std::span<const std::int32_t> q_channel_sums(const NodeView& node, std::size_t input, Factors factors) {
  const QChannels c = channels_of(node, input, factors);
  return {reinterpret_cast<const std::int32_t*>(node.inputs[input].packed) + c.numbers(),
          padded_columns(c.matrix)};
}

std::span<const std::int32_t> q_column_sums(const QMatrix& matrix, Factors factors, const std::byte* packed) {
  return {reinterpret_cast<const std::int32_t*>(packed + panels_bytes(matrix, factors)),
          padded_columns(matrix)};
}

template <Factors kFactors>
constexpr WeightLayout channels_layout_of(std::string_view name) {
  return {name, channels_bytes<kFactors>, pack_channels<kFactors>};
}

template <Factors kFactors>
constexpr WeightLayout layout_of(std::string_view name) {
  return {name, packed_bytes<kFactors>, pack<kFactors>};
}

extern const WeightLayout k_q_bytes, k_q_words, k_q_tiles, k_q_byte_rows, k_q_word_rows, k_q_tile_rows,
    k_q_channel_bytes, k_q_channel_words;
constinit const WeightLayout k_q_bytes = layout_of<Factors::bytes>("q_bytes");
constinit const WeightLayout k_q_words = layout_of<Factors::words>("q_words");
constinit const WeightLayout k_q_tiles = layout_of<Factors::tiles>("q_tiles");
constinit const WeightLayout k_q_byte_rows = layout_of<Factors::bytes>("q_byte_rows");
constinit const WeightLayout k_q_word_rows = layout_of<Factors::words>("q_word_rows");
constinit const WeightLayout k_q_tile_rows = layout_of<Factors::tiles>("q_tile_rows");
constinit const WeightLayout k_q_channel_bytes = channels_layout_of<Factors::bytes>("q_channel_bytes");
constinit const WeightLayout k_q_channel_words = channels_layout_of<Factors::words>("q_channel_words");

}  // namespace vivace::cpu
