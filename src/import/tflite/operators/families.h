// What several families of operators share.
#pragma once

#include "import/tflite/build/rule.h"

namespace vivace::tflite {

/// x through the activation that an options table names; of quantised numbers its bounds in the output's
/// scale.
ValueId activated(Call& call, ValueId x, int fused);
/// The padding that an options table names by its number.
Padding padding_of(Call& call, int kind, std::size_t axes);
/// What is cropped from a transposed convolution of x so that it has these sizes along its spatial axes, or
/// those that input 0 says.
struct Cropped {
  Padding padding;
  Sizes output_padding;
};
Cropped crop_to(Call& call, ValueId x, ValueId weights, const Sizes& sizes, const Sizes& strides,
                const Sizes& dilations, int padding);
Cropped crop_to_output(Call& call, ValueId x, ValueId weights, const Sizes& strides, const Sizes& dilations,
                       int padding);
/// The input of FULLY_CONNECTED as rows of its weights [O, I]: without keep_num_dims all axes but the last I
/// elements become one.
ValueId rows_of(Call& call, ValueId weights);
/// Whether the operator multiplies float activations, input 0, with 8-bit weights, input 1, in TensorFlow
/// Lite's dynamic range: as integers that the run finds.
bool is_dynamic_range(Call& call);
/// Rows [..., I] times the weights [O, I], input 1, so; and FULLY_CONNECTED, whose bounds are still to come.
ValueId dynamic_rows(Call& call, ValueId rows, bool asymmetric, ValueId bias);
ValueId dynamic_product(Call& call, ValueId rows);
/// Rows times real weights [O, I] that had a scale for each block: integers, too, meet them.
ValueId product_of_blocks(Call& call, ValueId rows, ValueId weights);
/// BATCH_MATMUL so where its right side is one matrix of 8-bit weights; kNoValue where it is none.
ValueId dynamic_batch_product(Call& call);
/// CONV_2D and DEPTHWISE_CONV_2D so, over the windows of `like`.
ValueId dynamic_convolution(Call& call, const Conv& like, ValueId x, ValueId weights);
/// A weight as the file has it, its axes in this order.
ValueId integer_weight(Call& call, std::size_t i, const Sizes& order = {});
/// Size and coordinates of a picture that is resized.
Resize resized_like(Call& call, bool align_corners, bool half_pixel_centers);

/// x with axes of size 1 put in at these places of the result, which ascend.
ValueId with_axes(Call& call, ValueId x, const Sizes& axes, std::string_view step = {});
/// x without these axes, which ascend and have size 1.
ValueId without_axes(Call& call, ValueId x, const Sizes& axes, std::string_view step = {});
/// Where the operator puts together what is before and behind some rows of a tensor, and others between them:
/// that tensor with the rows replaced. kNoValue for any other one.
ValueId replaced_rows(Call& call);
/// A constant [count] of the numbers 0, 1, 2...
ValueId counted(Call& call, std::int64_t count, DType dtype);
/// Runs a subgraph on the operator's inputs; its outputs are the operator's.
void run_inline(Call& call, std::int64_t subgraph);

}  // namespace vivace::tflite
