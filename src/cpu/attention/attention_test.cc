// Attention against the operator's reference.
#include "ops/linear/attention.h"

#include <doctest/doctest.h>

#include "cpu/common/testing.h"

namespace vivace::cpu {
namespace {

using testing::check_emitter;
using testing::Input;
using testing::random_floats;

struct Sizes {
  std::int64_t batch, queries, keys, heads, groups, depth, width;
};

std::vector<Input> inputs_of(const Sizes& s) {
  std::vector<Input> inputs(3);
  inputs[0].tensor = random_floats({s.batch, s.queries, s.heads, s.depth}, 1);
  inputs[1].tensor = random_floats({s.batch, s.keys, s.groups, s.depth}, 2);
  inputs[2].tensor = random_floats({s.batch, s.keys, s.groups, s.width}, 3);
  return inputs;
}

constexpr Sizes kSizes[] = {{1, 1, 1, 1, 1, 1, 1},
                            {2, 5, 7, 3, 3, 8, 8},
                            {2, 70, 33, 4, 2, 17, 9},
                            {1, 130, 130, 2, 1, 16, 20},
                            {3, 1, 50, 4, 4, 32, 32}};

}  // namespace

TEST_CASE("attention: every size of heads and groups, causal or not, with its scores or not") {
  for (const Sizes& sizes : kSizes)
    for (const bool causal : {false, true})
      for (const bool scores : {false, true}) {
        Attention op;
        op.scale = 0.35;
        op.causal = causal;
        op.return_scores = scores;
        check_emitter(make_op(std::move(op)), inputs_of(sizes));
      }
}

TEST_CASE("attention: boolean and float masks, added or replacing, broadcast in every way, and zeroed") {
  const Sizes sizes{2, 9, 21, 3, 3, 8, 8};
  for (const Shape& dims : {Shape{2, 3, 9, 21}, Shape{2, 1, 1, 21}, Shape{9, 21}, Shape{2, 1, 9, 1}, Shape{}})
    for (const bool additive : {false, true})
      for (const bool zeroed : {false, true}) {
        Attention op;
        op.additive_mask = additive;
        op.zero_masked = zeroed;
        op.causal = zeroed;
        std::vector<Input> inputs = inputs_of(sizes);
        inputs.push_back({testing::random_tensor(DType::boolean, dims, 4)});
        check_emitter(make_op(Attention(op)), inputs);
        inputs[3].tensor = random_floats(dims, 5);
        check_emitter(make_op(Attention(op)), inputs);
      }
}

}  // namespace vivace::cpu
