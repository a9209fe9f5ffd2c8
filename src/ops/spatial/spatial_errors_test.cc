// Wrong spatial operators, as a damaged or hostile file would hold them: each is refused with a typed error.
#include <doctest/doctest.h>

#include <functional>

#include "ops/spatial/depth_to_space.h"
#include "ops/spatial/pool.h"
#include "ops/spatial/resize.h"
#include "support/op_errors.h"

using namespace vivace;
using namespace vivace::testing;

namespace {

Pool pool(const std::function<void(Pool&)>& spoil = [](Pool&) {}) {
  Pool op;
  op.window = {3, 3};
  op.strides = op.dilations = {1, 1};
  op.padding = Padding::valid(2);
  spoil(op);
  return op;
}

Resize resize(const std::function<void(Resize&)>& spoil = [](Resize&) {}) {
  Resize op;
  op.size = {5, 7};
  spoil(op);
  return op;
}

DepthToSpace blocks(std::int64_t block, bool inverse) {
  DepthToSpace op;
  op.block = block;
  op.inverse = inverse;
  return op;
}

const Fact kImage = f32({1, 8, 8, 4});

}  // namespace

TEST_CASE("pool refuses windows that are empty, too large, or nothing but padding") {
  const std::vector<Fact> good = {kImage};
  check_accepted(pool(), good);
  check_errors({
      {pool([](Pool& p) {
         p.window = {0, 3};
       }),
       good, "op.attribute"},
      {pool([](Pool& p) { p.window = {3}; }), good, "op.attribute"},
      {pool([](Pool& p) {
         p.window = {9, 9};
       }),
       good, "op.shape"},
      {pool([](Pool& p) {
         p.window = {kHuge, kHuge};
       }),
       good, "op.attribute"},
      {pool([](Pool& p) {
         p.strides = {0, 0};
       }),
       good, "op.attribute"},
      {pool([](Pool& p) {
         p.dilations = {-1, 1};
       }),
       good, "op.attribute"},
      {pool([](Pool& p) {
         p.dilations = {0x7fffffff, 0x7fffffff};
       }),
       good, "op.shape"},
      {pool([](Pool& p) {
         p.padding.before = {3, 0};
       }),
       good, "op.attribute"},
      {pool(), {f32({8, 8})}, "op.rank"},
      {pool(), {Fact::tensor(DType::boolean, {1, 8, 8, 4})}, "op.dtype"},
      {pool([](Pool& p) { p.kind = Pool::Kind::average; }),
       {Fact::tensor(DType::i32, {1, 8, 8, 4})},
       "op.dtype"},
      {pool([](Pool& p) { p.kind = Pool::Kind::average, p.count_padding = true; }),
       {Fact::tensor(DType::i8, {1, 8, 8, 4})},
       "op.attribute"},
      {pool(), {kImage, kImage}, "op.inputs"},
  });
}

TEST_CASE("resize refuses sizes that are missing, doubled or impossible, and modes without meaning") {
  const std::vector<Fact> good = {kImage};
  check_accepted(resize(), good);
  check_errors({
      {resize([](Resize& r) { r.size = {}; }), good, "op.attribute"},
      {resize([](Resize& r) {
         r.scale = {2, 2};
       }),
       good, "op.attribute"},
      {resize([](Resize& r) { r.size = {5}; }), good, "op.attribute"},
      {resize([](Resize& r) {
         r.size = {0, 5};
       }),
       good, "op.attribute"},
      {resize([](Resize& r) {
         r.size = {-5, 5};
       }),
       good, "op.attribute"},
      {resize([](Resize& r) {
         r.size = {0x7fffffff, 0x7fffffff};
       }),
       good, "op.attribute"},
      {resize([](Resize& r) {
         r.size = {}, r.scale = {0, 1};
       }),
       good, "op.attribute"},
      {resize([](Resize& r) {
         r.size = {}, r.scale = {kHuge, kHuge};
       }),
       good, "op.attribute"},
      {resize([](Resize& r) {
         r.mode = Resize::Mode::lanczos3, r.coordinates = Resize::Coordinates::asymmetric;
       }),
       good, "op.attribute"},
      {resize([](Resize& r) {
         r.mode = Resize::Mode::area, r.coordinates = Resize::Coordinates::align_corners;
       }),
       good, "op.attribute"},
      {resize(), {f32({1, 0, 8, 4})}, "op.shape"},
      {resize(), {f32({8, 8})}, "op.rank"},
      {resize(), {Fact::tensor(DType::u8, {1, 8, 8, 4})}, "op.dtype"},
  });
}

TEST_CASE("depth_to_space refuses blocks that do not divide") {
  check_accepted(blocks(2, false), {kImage});
  check_errors({
      {blocks(0, false), {kImage}, "op.attribute"},
      {blocks(-2, true), {kImage}, "op.attribute"},
      {blocks(kHuge, false), {kImage}, "op.attribute"},
      {blocks(3, false), {kImage}, "op.shape"},
      {blocks(3, true), {kImage}, "op.shape"},
      {blocks(2, false), {f32({8, 8, 4})}, "op.rank"},
  });
}

TEST_CASE("sizes that are unknown stay expressions: half a batch of time steps is still exact") {
  const Dim time = Dim::symbol(1);
  Pool op;
  op.window = op.strides = {2};
  op.dilations = {1};
  op.padding = Padding::valid(1);
  const auto doubled = op.infer(std::vector{f32({1, time + time, 4})});
  REQUIRE(doubled.ok());
  CHECK((*doubled)[0].dims[1].same(time));
  const auto unknown = op.infer(std::vector{f32({1, time, 4})});
  REQUIRE(unknown.ok());
  CHECK_FALSE((*unknown)[0].dims[1].known());
}
