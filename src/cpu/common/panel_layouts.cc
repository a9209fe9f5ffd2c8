// Weights in panels of 16 columns: mat_mul's matrix, straight or transposed, and a convolution's kernel; and
// kernels of few outputs in rows.
#include "cpu/common/panel_layouts.h"

#include <algorithm>

#include "cpu/emitter.h"
#include "kernels/matrix/panels.h"
#include "ops/linear/conv.h"

namespace vivace::cpu {
namespace {

using kernels::MatrixView;

MatrixView matrix_of(const NodeView& node, std::size_t input, bool transposed) {
  const Operand& weights = node.inputs[input];
  const auto rows = static_cast<std::size_t>(weights.dims[0]),
             columns = static_cast<std::size_t>(weights.dims[1]);
  const auto* const data = weights.constant ? weights.constant->as<float>() : nullptr;
  if (transposed) return {data, columns, rows, 1, columns};
  return {data, rows, columns, columns, 1};
}

template <bool kTransposed>
std::size_t matrix_bytes(const NodeView& node, std::size_t input) {
  const MatrixView matrix = matrix_of(node, input, kTransposed);
  return kernels::panels16_size(matrix.k, matrix.n) * sizeof(float);
}

template <bool kTransposed>
void pack_matrix(const NodeView& node, std::size_t input, std::byte* into) {
  kernels::pack_panels16(matrix_of(node, input, kTransposed), reinterpret_cast<float*>(into));
}

// One row of weights for each column of a matrix.
void pack_rows_of(const MatrixView& matrix, float* rows) {
  for (std::size_t k = 0; k < matrix.k; ++k)
    for (std::size_t n = 0; n < matrix.n; ++n)
      rows[n * matrix.k + k] = matrix.data[k * matrix.row_stride + n * matrix.column_stride];
}

template <bool kTransposed>
std::size_t matrix_rows_bytes(const NodeView& node, std::size_t input) {
  const MatrixView matrix = matrix_of(node, input, kTransposed);
  return matrix.k * matrix.n * sizeof(float);
}

template <bool kTransposed>
void pack_matrix_rows(const NodeView& node, std::size_t input, std::byte* into) {
  pack_rows_of(matrix_of(node, input, kTransposed), reinterpret_cast<float*>(into));
}

// One group's kernel as a matrix [taps * inputs, outputs].
MatrixView group_kernel(const NodeView& node, std::size_t input, std::size_t group) {
  const Operand& weights = node.inputs[input];
  const auto columns = static_cast<std::size_t>(weights.dims.back());
  const std::size_t outputs = columns / static_cast<std::size_t>(node.as<Conv>().groups);
  const auto* const data = weights.constant ? weights.constant->as<float>() + group * outputs : nullptr;
  const std::size_t rows = columns == 0 ? 0 : static_cast<std::size_t>(weights.count()) / columns;
  return {data, rows, outputs, columns, 1};
}

std::size_t conv_bytes(const NodeView& node, std::size_t input) {
  const MatrixView one = group_kernel(node, input, 0);
  const auto groups = static_cast<std::size_t>(node.as<Conv>().groups);
  return (groups * kernels::panels16_size(one.k, one.n) + conv_zeros(node, input)) * sizeof(float);
}

void pack_conv(const NodeView& node, std::size_t input, std::byte* into) {
  auto* panels = reinterpret_cast<float*>(into);
  const auto groups = static_cast<std::size_t>(node.as<Conv>().groups);
  for (std::size_t group = 0; group < groups; ++group) {
    const MatrixView kernel = group_kernel(node, input, group);
    kernels::pack_panels16(kernel, panels);
    panels += kernels::panels16_size(kernel.k, kernel.n);
  }
}

// A kernel [taps..., inputs, outputs] as one row for each output.
std::size_t rows_bytes(const NodeView& node, std::size_t input) {
  return (static_cast<std::size_t>(node.inputs[input].count()) + conv_zeros(node, input)) * sizeof(float);
}

void pack_rows(const NodeView& node, std::size_t input, std::byte* into) {
  pack_rows_of(group_kernel(node, input, 0), reinterpret_cast<float*>(into));
}

}  // namespace

std::size_t conv_zeros(const NodeView& node, std::size_t input) {
  const Shape& dims = node.inputs[input].dims;
  return std::max<std::size_t>(64, static_cast<std::size_t>(dims[dims.size() - 2]));
}

extern const WeightLayout k_panel16, k_panel16_transposed, k_conv16, k_conv_rows, k_matrix_rows,
    k_matrix_rows_transposed;
constinit const WeightLayout k_panel16 = {"panel16", matrix_bytes<false>, pack_matrix<false>};
constinit const WeightLayout k_panel16_transposed = {"panel16_transposed", matrix_bytes<true>,
                                                     pack_matrix<true>};
constinit const WeightLayout k_conv16 = {"conv16", conv_bytes, pack_conv};
constinit const WeightLayout k_matrix_rows = {"matrix_rows", matrix_rows_bytes<false>,
                                              pack_matrix_rows<false>};
constinit const WeightLayout k_matrix_rows_transposed = {"matrix_rows_transposed", matrix_rows_bytes<true>,
                                                         pack_matrix_rows<true>};
constinit const WeightLayout k_conv_rows = {"conv_rows", rows_bytes, pack_rows};

}  // namespace vivace::cpu
