// Transposed convolutions that are ordinary ones.
#include "ops/linear/conv_transpose.h"
#include "support/passes.h"

namespace vivace {
namespace {

using testing::Net;
using testing::ops_of;
using testing::run_pass;

ConvTranspose transposed(Padding padding, std::int64_t stride, std::int64_t dilation = 1) {
  ConvTranspose op;
  op.strides = {stride, stride};
  op.dilations = {dilation, dilation};
  op.output_padding = {0, 0};
  op.padding = std::move(padding);
  return op;
}

int patches(ConvTranspose op, Shape kernel, std::string* ops = nullptr) {
  Net net;
  const ValueId x = net.input({net.graph.symbol("batch"), net.graph.symbol("rows"), 6, kernel[3]});
  const ValueId bias = net.weights({kernel[2]});
  net.output(net.add(std::move(op), {x, net.weights(kernel), bias}));
  const int count = run_pass(net.graph, "unflip_conv_transpose");
  if (ops) *ops = ops_of(net.graph);
  return count;
}

TEST_CASE("a transposed convolution of stride 1 becomes a convolution, for every padding and dilation") {
  std::string ops;
  CHECK(patches(transposed(Padding::valid(2), 1), {3, 2, 4, 5}, &ops) == 1);
  CHECK(ops == "conv");
  CHECK(patches(transposed(Padding::same(), 1), {4, 3, 2, 3}) == 1);
  CHECK(patches(transposed(Padding::same(), 1, 2), {3, 4, 2, 3}) == 1);
  Padding cropped = Padding::valid(2);
  cropped.before = {1, 0};
  cropped.after = {0, 2};
  CHECK(patches(transposed(cropped, 1), {3, 3, 2, 3}) == 1);
}

TEST_CASE("one that enlarges, or is cropped by more than its kernel reaches, stays") {
  CHECK(patches(transposed(Padding::same(), 2), {3, 3, 2, 3}) == 0);
  Padding wide = Padding::valid(2);
  wide.before = {2, 0};
  CHECK(patches(transposed(wide, 1), {2, 2, 2, 3}) == 0);
}

}  // namespace
}  // namespace vivace
