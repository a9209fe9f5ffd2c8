// The steps of matrix products.
#pragma once

#include "cpu/emitter.h"
#include "ops/common/epilogue.h"

namespace vivace::cpu {

inline constexpr std::string_view kGemm = "gemm", kNarrowProduct = "narrow";

/// Input 0's last axis, `depth` long, times the panels that input 1 is packed into. All axes in front are
/// rows.
Step emit_gemm(const NodeView& node, std::size_t depth, const Epilogue& epilogue, const Processor& processor);

/// The same for a few columns, input 1 packed as "matrix_rows" or its transposed form.
Step emit_narrow_product(const NodeView& node, const Processor& processor);

/// A matrix product both of whose sides are computed.
Step emit_dynamic_mat_mul(const NodeView& node, const Processor& processor);

}  // namespace vivace::cpu
