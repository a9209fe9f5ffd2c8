// Wrong linear operators, as a damaged or hostile file would hold them: each is refused with a typed error.
#include <doctest/doctest.h>

#include <functional>
#include <limits>

#include "ops/linear/attention.h"
#include "ops/linear/conv.h"
#include "ops/linear/conv_transpose.h"
#include "ops/linear/einsum.h"
#include "ops/linear/mat_mul.h"
#include "ops/linear/rnn.h"
#include "support/op_errors.h"

using namespace vivace;
using namespace vivace::testing;

namespace {

Conv conv(const std::function<void(Conv&)>& spoil = [](Conv&) {}) {
  Conv op;
  op.strides = op.dilations = {1, 1};
  op.padding = Padding::valid(2);
  spoil(op);
  return op;
}

ConvTranspose transposed(const std::function<void(ConvTranspose&)>& spoil = [](ConvTranspose&) {}) {
  ConvTranspose op;
  op.strides = op.dilations = {2, 2};
  op.output_padding = {0, 0};
  op.padding = Padding::valid(2);
  spoil(op);
  return op;
}

Einsum einsum(std::string equation) {
  Einsum op;
  op.equation = std::move(equation);
  return op;
}

const Fact kImage = f32({1, 8, 8, 4}), kKernel = f32({3, 3, 4, 6});

}  // namespace

TEST_CASE("conv refuses attributes and shapes that contradict each other") {
  const std::vector<Fact> good = {kImage, kKernel};
  check_accepted(conv(), good);
  check_errors({
      {conv([](Conv& c) {
         c.strides = {0, 1};
       }),
       good, "op.attribute"},
      {conv([](Conv& c) { c.strides = {1}; }), good, "op.attribute"},
      {conv([](Conv& c) {
         c.strides = {1, 1, 1};
       }),
       good, "op.attribute"},
      {conv([](Conv& c) {
         c.strides = {kHuge, 1};
       }),
       good, "op.attribute"},
      {conv([](Conv& c) {
         c.dilations = {1, -2};
       }),
       good, "op.attribute"},
      {conv([](Conv& c) {
         c.dilations = {kHuge, kHuge};
       }),
       good, "op.attribute"},
      {conv([](Conv& c) { c.dilations = {}; }), good, "op.attribute"},
      {conv([](Conv& c) {
         c.dilations = {4, 4};
       }),
       good, "op.shape"},
      {conv([](Conv& c) { c.padding.before = {0}; }), good, "op.attribute"},
      {conv([](Conv& c) {
         c.padding.after = {0, -1};
       }),
       good, "op.attribute"},
      {conv([](Conv& c) {
         c.padding.after = {kHuge, kHuge};
       }),
       good, "op.attribute"},
      {conv([](Conv& c) { c.padding.mode = Padding::Mode::same; }), good, "op.attribute"},
      {conv([](Conv& c) { c.groups = 0; }), good, "op.attribute"},
      {conv([](Conv& c) { c.groups = -4; }), good, "op.attribute"},
      {conv([](Conv& c) { c.groups = 2; }), good, "op.shape"},
      {conv([](Conv& c) { c.groups = 4; }), {kImage, f32({3, 3, 1, 6})}, "op.shape"},
      {conv(), {kImage, f32({9, 9, 4, 6})}, "op.shape"},
      {conv(), {kImage, f32({0, 3, 4, 6})}, "op.attribute"},
      {conv(), {kImage, f32({3, Dim::symbol(1), 4, 6})}, "op.shape"},
      {conv(), {kImage, f32({3, 3, 3, 6})}, "op.shape"},
      {conv(), {kImage, f32({3, 4, 6})}, "op.rank"},
      {conv(), {f32({8, 4}), f32({4, 6})}, "op.rank"},
      {conv(), {f32({1, 8, -8, 4}), kKernel}, "op.shape"},
      {conv(), {kImage}, "op.inputs"},
      {conv(), {kImage, absent()}, "op.inputs"},
      {conv(), {kImage, kKernel, f32({5})}, "op.shape"},
      {conv(), {kImage, kKernel, f32({6}), f32({1, 8, 8, 6})}, "op.shape"},
      {conv(), {kImage, kKernel, f32({6}), f32({1, 6, 6, 6}), f32({1})}, "op.inputs"},
      {conv(), {kImage, Fact::tensor(DType::f16, {3, 3, 4, 6})}, "op.dtype"},
      {conv(), {Fact::tensor(DType::i8, {1, 8, 8, 4}), Fact::tensor(DType::i8, {3, 3, 4, 6})}, "op.dtype"},
  });
}

TEST_CASE("conv_transpose refuses attributes and shapes that contradict each other") {
  const std::vector<Fact> good = {kImage, f32({3, 3, 6, 4})};
  check_accepted(transposed(), good);
  check_errors({
      {transposed([](ConvTranspose& c) {
         c.strides = {0, 2};
       }),
       good, "op.attribute"},
      {transposed([](ConvTranspose& c) {
         c.dilations = {2, 0};
       }),
       good, "op.attribute"},
      {transposed([](ConvTranspose& c) { c.output_padding = {}; }), good, "op.attribute"},
      {transposed([](ConvTranspose& c) {
         c.output_padding = {-1, 0};
       }),
       good, "op.attribute"},
      {transposed([](ConvTranspose& c) {
         c.padding = Padding::same(), c.output_padding = {1, 0};
       }),
       good, "op.attribute"},
      {transposed([](ConvTranspose& c) {
         c.padding.before = {19, 0};
       }),
       good, "op.shape"},
      {transposed([](ConvTranspose& c) {
         c.strides = {0x7fffffff, 0x7fffffff};
       }),
       {f32({1, 0x7fffffff, 0x7fffffff, 1}), f32({3, 3, 6, 1})},
       "op.shape"},
      {transposed(), {kImage, f32({3, 3, 4, 6})}, "op.shape"},
      {transposed(), {kImage, f32({3, 3, 6, 4}), f32({4})}, "op.shape"},
      {transposed(), {f32({1, 4}), f32({6, 4})}, "op.rank"},
  });
}

TEST_CASE("mat_mul refuses matrices that do not fit") {
  const MatMul op;
  MatMul turned;
  turned.transpose_a = true;
  check_accepted(op, {f32({2, 3}), f32({3, 4})});
  check_errors({
      {op, {f32({2, 3}), f32({4, 3})}, "op.shape"},
      {op, {f32({5, 2, 3}), f32({6, 3, 4})}, "op.shape"},
      {op, {f32({}), f32({3, 4})}, "op.rank"},
      {op, {f32({3}), f32({3})}, "op.rank"},
      {turned, {f32({3}), f32({3, 4})}, "op.rank"},
      {op, {f32({kHuge, 1}), f32({1, kHuge})}, "op.shape"},
      {op, {f32({2, 3}), f32({3, 4}), f32({3})}, "op.shape"},
      {op, {f32({2, 3}), Fact::tensor(DType::f64, {3, 4})}, "op.dtype"},
      {op, {Fact::tensor(DType::boolean, {2, 3}), Fact::tensor(DType::boolean, {3, 4})}, "op.dtype"},
      {op,
       {Fact::tensor(DType::i32, {2, 3}), Fact::tensor(DType::i32, {3, 4}), Fact::tensor(DType::i32, {4})},
       "op.dtype"},
  });
}

TEST_CASE("einsum refuses equations that cannot be read, and sizes that disagree") {
  check_accepted(einsum("ab, bc -> ac"), {f32({2, 3}), f32({3, 4})});
  const std::vector<Fact> two = {f32({2, 3}), f32({3, 4})};
  check_errors({
      {einsum(""), two, "op.inputs"},
      {einsum("ab,bc,cd->ad"), two, "op.inputs"},
      {einsum("ab,b->a"), two, "op.rank"},
      {einsum("abc,bc->a"), two, "op.rank"},
      {einsum("a...b...,bc->ac"), two, "op.attribute"},
      {einsum("ab,bc->aac"), two, "op.attribute"},
      {einsum("ab,bc->az"), two, "op.attribute"},
      {einsum("a1,bc->ac"), two, "op.rank"},
      {einsum("ab,bc->ac->b"), two, "op.attribute"},
      {einsum("ab..,bc->ac"), two, "op.attribute"},
      {einsum("ab,ac->bc"), two, "op.shape"},
      {einsum("...a,...b->...ab"), {f32({2, 3, 4}), f32({5, 3, 4})}, "op.shape"},
      {einsum(std::string(5000, 'a')), {f32({2})}, "op.attribute"},
      {einsum("ab,cd->abcd"), {f32({kHuge, 1}), f32({kHuge, 1})}, "op.shape"},
      {einsum("ab,bc->ac"), {f32({2, 3}), Fact::tensor(DType::f16, {3, 4})}, "op.dtype"},
  });
}

TEST_CASE("attention refuses queries, keys and masks that do not fit") {
  const Attention op;
  const Fact q = f32({2, 3, 4, 5}), k = f32({2, 6, 2, 5}), v = f32({2, 6, 2, 7});
  check_accepted(op, {q, k, v});
  check_errors({
      {op, {q, k}, "op.inputs"},
      {op, {q, f32({2, 6, 3, 5}), f32({2, 6, 3, 7})}, "op.shape"},
      {op, {q, f32({2, 6, 0, 5}), f32({2, 6, 0, 7})}, "op.shape"},
      {op, {q, f32({2, 6, 2, 4}), v}, "op.shape"},
      {op, {q, k, f32({2, 5, 2, 7})}, "op.shape"},
      {op, {q, k, f32({2, 6, 7})}, "op.rank"},
      {op, {q, k, v, Fact::tensor(DType::boolean, {2, 4, 3, 5})}, "op.shape"},
      {op, {q, k, v, Fact::tensor(DType::boolean, {1, 2, 4, 3, 6})}, "op.rank"},
      {op, {q, k, v, Fact::tensor(DType::i32, {3, 6})}, "op.dtype"},
  });
}

TEST_CASE("rnn refuses weights, masks and states that do not fit its cell") {
  Rnn gru;
  gru.cell = Rnn::Cell::gru;
  gru.reset_after = true;
  const Fact x = f32({2, 5, 3}), kernel = f32({3, 16}), recurrent = f32({4, 16}), no = absent();
  check_accepted(Rnn(), {x, kernel, recurrent, f32({16}), no, f32({2, 4}), f32({2, 4})});
  check_errors({
      {Rnn(), {x, kernel}, "op.inputs"},
      {Rnn(), {x, f32({3, 12}), recurrent}, "op.shape"},
      {Rnn(), {x, f32({4, 16}), recurrent}, "op.shape"},
      {Rnn(), {x, kernel, f32({4, 12})}, "op.shape"},
      {Rnn(), {x, kernel, recurrent, f32({2, 16})}, "op.shape"},
      {Rnn(), {x, kernel, recurrent, no, f32({2, 5})}, "op.dtype"},
      {Rnn(), {x, kernel, recurrent, no, Fact::tensor(DType::boolean, {5, 2})}, "op.shape"},
      {Rnn(), {x, kernel, recurrent, no, no, f32({4, 2})}, "op.shape"},
      {Rnn(), {f32({2, 3}), kernel, recurrent}, "op.rank"},
      {gru, {x, f32({3, 12}), f32({4, 12}), f32({12})}, "op.shape"},
      {gru, {x, f32({3, 12}), f32({4, 12}), f32({2, 12}), no, no, f32({2, 4})}, "op.inputs"},
  });
}
