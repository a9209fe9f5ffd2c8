// Convolutional LSTMs against the operator's reference.
#include "ops/linear/conv_rnn.h"

#include <doctest/doctest.h>

#include "cpu/common/testing.h"

namespace vivace::cpu {
namespace {

using testing::Input;
using testing::random_floats;

// gates, recurrent kernel, and as many of mask (0: none, 1: of steps, 2: of places), h0 and c0 as asked for.
std::vector<Input> inputs_of(std::int64_t batch, std::int64_t steps, const Shape& places, const Shape& kernel,
                             std::int64_t filters, int mask, bool state) {
  Shape gates{batch, steps}, start{batch}, weights = kernel;
  gates.insert(gates.end(), places.begin(), places.end());
  const Shape each = gates;
  gates.push_back(4 * filters);
  start.insert(start.end(), places.begin(), places.end());
  start.push_back(filters);
  weights.insert(weights.end(), {filters, 4 * filters});
  std::vector<Input> inputs(1);
  inputs[0].tensor = random_floats(gates, 1);
  inputs.push_back(testing::constant(random_floats(weights, 2, -0.3, 0.3)));
  inputs.push_back(
      mask ? Input{testing::random_tensor(DType::boolean, mask == 1 ? Shape{batch, steps} : each, 3)}
           : testing::absent());
  for (int i = 0; i < 2; ++i)
    inputs.push_back(state ? Input{random_floats(start, 4 + static_cast<unsigned>(i))} : testing::absent());
  return inputs;
}

}  // namespace

TEST_CASE("conv_rnn: one to three axes, every tail of filters and places") {
  for (const bool reverse : {false, true}) {
    ConvRnn op;
    op.reverse = reverse;
    const auto check = [&](std::vector<Input> inputs) {
      testing::check_emitter(make_op(ConvRnn(op)), std::move(inputs), 2e-5);
    };
    check(inputs_of(1, 1, {1}, {1}, 1, 0, false));
    check(inputs_of(2, 3, {7}, {3}, 5, 0, false));
    check(inputs_of(2, 4, {9, 8}, {3, 3}, 4, 0, false));
    check(inputs_of(1, 3, {5, 13}, {2, 4}, 17, 0, true));
    check(inputs_of(3, 2, {3, 4, 5}, {3, 1, 2}, 3, 0, true));
  }
}

TEST_CASE("conv_rnn: masks of steps and of places, zeroed or not, with and without a given state") {
  for (int which = 0; which < 24; ++which) {
    ConvRnn op;
    op.reverse = (which & 1) != 0;
    op.zero_output_for_mask = (which & 2) != 0;
    testing::check_emitter(make_op(ConvRnn(op)),
                           inputs_of(2, 5, {4, 3}, {3, 2}, 6, which / 8, (which & 4) != 0), 2e-5);
  }
}

TEST_CASE("conv_rnn: other activations than the usual ones") {
  ConvRnn op;
  op.activation = {UnaryKind::relu};
  op.recurrent_activation = {UnaryKind::hard_sigmoid, 0.2, 0.5};
  testing::check_emitter(make_op(ConvRnn(op)), inputs_of(2, 4, {5, 4}, {3, 3}, 6, 0, false), 2e-5);
}

}  // namespace vivace::cpu
