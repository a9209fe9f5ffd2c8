// mat_mul and conv through the CPU target, against their references.
#include <doctest/doctest.h>

#include "cpu/testing.h"
#include "ops/linear/conv.h"
#include "ops/linear/conv_transpose.h"
#include "ops/linear/mat_mul.h"

using namespace vivace;
using testing::Given;
using testing::Ran;
using testing::run_op;

namespace {

Conv conv_of(std::vector<std::int64_t> strides, Padding padding, std::int64_t groups = 1) {
  Conv op;
  op.dilations.assign(strides.size(), 1);
  op.strides = std::move(strides);
  op.groups = groups;
  op.padding = std::move(padding);
  return op;
}

// As one worker and as five, on every instruction set, by the expected kernel.
void check_op(const OpPtr& op, const std::vector<Given>& given, const std::string& kernel,
              double tolerance = 2e-6) {
  testing::for_each_isa([&](kernels::Isa isa) {
    CAPTURE(std::string(kernels::kIsaNames[static_cast<int>(isa)]));
    const Ran one = run_op(op, given, isa), five = run_op(op, given, isa, 5);
    CHECK(one.kernel == kernel);
    CHECK(one.error() < tolerance);
    CHECK(one.fast == five.fast);
  });
}

}  // namespace

TEST_CASE("cpu: mat_mul with fixed weights is a gemm, whatever the axes in front") {
  MatMul op;
  check_op(make_op(op), {{{37, 20}}, {{20, 33}, true}}, "gemm");
  check_op(make_op(op), {{{20}}, {{20, 33}, true}}, "gemm");
  check_op(make_op(op), {{{2, 3, 4, 20}}, {{20, 33}, true}, {{33}, true}, {{2, 3, 4, 33}}}, "gemm");
  check_op(make_op(op), {{{1, 512}}, {{512, 1000}, true}, {{1000}, true}}, "gemm");
  check_op(make_op(op), {{{300, 64}}, {{64, 16}, true}}, "gemm");
  op.transpose_b = true;
  check_op(make_op(op), {{{5, 20}}, {{33, 20}, true}, {{33}, true}}, "gemm");
  op.epilogue.activation = {UnaryKind::gelu, 0, 0};
  op.epilogue.residual_last = true;
  check_op(make_op(op), {{{5, 20}}, {{33, 20}, true}, {}, {{5, 33}}}, "gemm");
}

TEST_CASE("cpu: mat_mul of two computed sides takes every transposition and broadcast") {
  MatMul op;
  check_op(make_op(op), {{{7, 20}}, {{20, 100}}}, "gemm_dynamic");
  check_op(make_op(op), {{{2, 3, 7, 20}}, {{2, 3, 20, 9}}}, "gemm_dynamic");
  check_op(make_op(op), {{{2, 1, 7, 20}}, {{3, 20, 9}}}, "gemm_dynamic");
  check_op(make_op(op), {{{4, 5, 20}}, {{20, 9}}}, "gemm_dynamic");
  check_op(make_op(op), {{{20}}, {{3, 20, 9}}}, "gemm_dynamic");
  op.transpose_b = true;
  check_op(make_op(op), {{{12, 7, 64}}, {{12, 50, 64}}}, "gemm_dynamic");
  op.transpose_a = true;
  check_op(make_op(op), {{{3, 20, 7}}, {{3, 50, 20}}, {{50}, true}, {{3, 7, 50}}}, "gemm_dynamic");
  check_op(make_op(op), {{{20, 7}}, {{50, 20}, true}}, "gemm_dynamic");
}

TEST_CASE("cpu: conv of every kind is right, in one piece and in many") {
  Conv op = conv_of({1, 1}, Padding::same());
  check_op(make_op(op), {{{2, 9, 9, 16}}, {{3, 3, 16, 40}, true}, {{40}, true}}, "conv");
  check_op(make_op(op), {{{1, 14, 14, 24}}, {{1, 1, 24, 96}, true}, {{96}, true}}, "gemm");
  op.epilogue.activation = {UnaryKind::clamp, 0, 6};
  check_op(make_op(op), {{{1, 9, 9, 16}}, {{3, 3, 16, 16}, true}, {}, {{1, 9, 9, 16}}}, "conv");
  op = conv_of({2, 2}, Padding::same());
  check_op(make_op(op), {{{1, 33, 32, 3}}, {{3, 3, 3, 32}, true}, {{32}, true}}, "conv");
  op.dilations = {1, 2};
  op.strides = {2, 1};
  check_op(make_op(op), {{{1, 13, 32, 3}}, {{5, 3, 3, 8}, true}}, "conv");
  check_op(make_op(conv_of({2}, Padding::valid(1))), {{{2, 40, 6}}, {{5, 6, 20}, true}}, "conv");
  check_op(make_op(conv_of({1, 2, 1}, Padding::same())), {{{1, 4, 6, 5, 3}}, {{3, 3, 3, 3, 20}, true}},
           "conv");
  check_op(make_op(conv_of({1, 1}, Padding::same(), 4)), {{{1, 6, 6, 16}}, {{3, 3, 4, 72}, true}}, "conv");
}

TEST_CASE("cpu: conv with as many groups as channels is depthwise") {
  Conv op = conv_of({1, 1}, Padding::same(), 19);
  check_op(make_op(op), {{{2, 9, 9, 19}}, {{3, 3, 1, 19}, true}, {{19}, true}}, "depthwise");
  op.epilogue.activation = {UnaryKind::silu, 0, 0};
  op.strides = {2, 2};
  check_op(make_op(op), {{{1, 9, 12, 19}}, {{5, 5, 1, 19}, true}, {{19}, true}}, "depthwise");
  op = conv_of({1, 1}, Padding::same(), 6);
  check_op(make_op(op), {{{1, 5, 5, 6}}, {{3, 3, 1, 12}, true}}, "conv");  // two outputs for each channel
}

TEST_CASE("cpu: conv_transpose of every stride, padding, dilation and rank is right") {
  ConvTranspose op;
  op.strides = {2, 2};
  op.dilations = {1, 1};
  op.output_padding = {0, 0};
  op.padding = Padding::same();
  check_op(make_op(op), {{{2, 7, 9, 20}}, {{3, 3, 33, 20}, true}, {{33}, true}}, "conv_transpose");
  check_op(make_op(op), {{{1, 8, 8, 16}}, {{2, 2, 8, 16}, true}, {{8}, true}}, "conv_transpose");
  check_op(make_op(op), {{{1, 5, 6, 4}}, {{4, 4, 3, 4}, true}, {}, {{1, 10, 12, 3}}}, "conv_transpose");
  op.strides = {3, 2};
  check_op(make_op(op), {{{1, 5, 6, 4}}, {{2, 1, 3, 4}, true}, {{3}, true}}, "conv_transpose");
  op.padding = {Padding::Mode::explicit_, {1, 0}, {0, 2}};
  op.output_padding = {1, 1};
  op.dilations = {2, 3};
  check_op(make_op(op), {{{2, 5, 6, 4}}, {{3, 4, 17, 4}, true}, {{17}, true}}, "conv_transpose");
  op = {};
  op.strides = {64};
  op.dilations = {1};
  op.output_padding = {0};
  op.padding = Padding::valid(1);
  check_op(make_op(op), {{{1, 9, 12}}, {{128, 1, 12}, true}}, "conv_transpose");
  op.strides = {1, 2, 2};
  op.dilations = {1, 1, 1};
  op.output_padding = {0, 0, 0};
  op.padding = Padding::same();
  check_op(make_op(op), {{{1, 3, 4, 4, 5}}, {{3, 3, 3, 6, 5}, true}}, "conv_transpose");
}

TEST_CASE("cpu: conv with a large 3x3 window of stride 1 goes Winograd's way, unless numbers are strict") {
  Conv op = conv_of({1, 1}, Padding::same());
  check_op(make_op(op), {{{1, 14, 17, 40}}, {{3, 3, 40, 33}, true}, {{33}, true}}, "winograd", 2e-5);
  op.epilogue.activation = {UnaryKind::relu, 0, 0};
  check_op(make_op(op), {{{2, 25, 12, 16}}, {{3, 3, 16, 64}, true}, {{64}, true}}, "winograd", 2e-5);
  check_op(make_op(op), {{{1, 13, 13, 16}}, {{3, 3, 16, 16}, true}, {}, {{1, 13, 13, 16}}}, "winograd", 2e-5);
  op.padding = Padding::valid(2);
  op.epilogue.activation = {UnaryKind::silu, 0, 0};
  op.epilogue.residual_last = true;
  check_op(make_op(op), {{{1, 16, 19, 16}}, {{3, 3, 16, 21}, true}, {{21}, true}, {{1, 14, 17, 21}}},
           "winograd", 2e-5);
  NumericOptions strict;
  strict.strict = true;
  CHECK(run_op(make_op(op), {{{1, 16, 19, 16}}, {{3, 3, 16, 21}, true}}, kernels::Isa::baseline, 1, strict)
            .kernel == "conv");
}

TEST_CASE("cpu: matrix-like operators take sizes of zero") {
  Conv conv = conv_of({1, 1}, Padding::same());
  check_op(make_op(conv), {{{0, 16, 16, 16}}, {{3, 3, 16, 16}, true}}, "winograd");
  check_op(make_op(conv), {{{0, 9, 9, 3}}, {{3, 3, 3, 8}, true}}, "conv");
  // No width, and a stride of the window's: the padded line of no places has no length either.
  check_op(make_op(conv_of({2, 2}, Padding::same())), {{{1, 9, 0, 3}}, {{2, 2, 3, 8}, true}}, "conv");
  check_op(make_op(conv), {{{1, 9, 9, 0}}, {{3, 3, 0, 8}, true}, {{8}, true}}, "conv");
  check_op(make_op(conv), {{{1, 9, 9, 3}}, {{3, 3, 3, 0}, true}}, "conv");
  MatMul product;
  check_op(make_op(product), {{{0, 5}}, {{5, 7}, true}}, "gemm");
  check_op(make_op(product), {{{4, 0}}, {{0, 7}, true}, {{7}, true}}, "gemm");
  check_op(make_op(product), {{{4, 5}}, {{5, 0}, true}}, "gemm");
  check_op(make_op(product), {{{0, 4, 5}}, {{0, 5, 6}}}, "gemm_dynamic");
  check_op(make_op(product), {{{2, 4, 0}}, {{2, 0, 6}}}, "gemm_dynamic");
  check_op(make_op(product), {{{2, 4, 5}}, {{2, 5, 0}}}, "gemm_dynamic");
  ConvTranspose transpose;
  transpose.strides = {2};
  transpose.dilations = {1};
  transpose.output_padding = {0};
  transpose.padding = Padding::same();
  check_op(make_op(transpose), {{{0, 7, 3}}, {{3, 5, 3}, true}}, "conv_transpose");
  check_op(make_op(transpose), {{{1, 7, 0}}, {{3, 5, 0}, true}, {{5}, true}}, "conv_transpose");
}
