// Recurrent layers against the operator's reference.
#include "ops/linear/rnn.h"

#include <doctest/doctest.h>

#include "cpu/common/testing.h"

namespace vivace::cpu {
namespace {

using testing::Input;
using testing::random_floats;

struct Sizes {
  std::int64_t batch, steps, features, units;
};

// x, kernel, recurrent, bias, and as many of mask, h0 and c0 as asked for.
std::vector<Input> inputs_of(const Rnn& op, const Sizes& s, bool bias, bool mask, bool state) {
  const std::int64_t width = op.gates() * s.units;
  std::vector<Input> inputs(1);
  inputs[0].tensor = random_floats({s.batch, s.steps, s.features}, 1);
  inputs.push_back(testing::constant(random_floats({s.features, width}, 2, -0.5, 0.5)));
  inputs.push_back(testing::constant(random_floats({s.units, width}, 3, -0.3, 0.3)));
  const bool two = op.cell == Rnn::Cell::gru && op.reset_after;
  inputs.push_back(bias ? testing::constant(random_floats(two ? Shape{2, width} : Shape{width}, 4))
                        : testing::absent());
  inputs.push_back(mask ? Input{testing::random_tensor(DType::boolean, {s.batch, s.steps}, 5)}
                        : testing::absent());
  inputs.push_back(state ? Input{random_floats({s.batch, s.units}, 6)} : testing::absent());
  if (op.cell == Rnn::Cell::lstm)
    inputs.push_back(state ? Input{random_floats({s.batch, s.units}, 7)} : testing::absent());
  return inputs;
}

template <class F>
void for_each_cell(F f) {
  for (const auto cell : {Rnn::Cell::lstm, Rnn::Cell::gru, Rnn::Cell::simple})
    for (const bool reset_after : {false, true}) {
      if (reset_after && cell != Rnn::Cell::gru) continue;
      Rnn op;
      op.cell = cell;
      op.reset_after = reset_after;
      f(op);
    }
}

}  // namespace

TEST_CASE("rnn: every cell, forwards and backwards, at every tail of units") {
  for_each_cell([](Rnn op) {
    for (const Sizes& sizes : {Sizes{1, 1, 1, 1}, Sizes{2, 7, 5, 3}, Sizes{3, 5, 9, 17}, Sizes{1, 12, 33, 32},
                               Sizes{21, 3, 4, 20}, Sizes{2, 300, 8, 40}, Sizes{3, 6, 5, 112},
                               Sizes{2, 5, 3, 144}, Sizes{1, 6, 5, 112}, Sizes{1, 5, 3, 144}})
      for (const bool reverse : {false, true}) {
        op.reverse = reverse;
        testing::check_emitter(make_op(Rnn(op)), inputs_of(op, sizes, true, false, false), 2e-5);
      }
  });
}

TEST_CASE("rnn: with and without bias, mask and initial state") {
  for_each_cell([](Rnn op) {
    for (int which = 0; which < 16; ++which) {
      op.zero_output_for_mask = (which & 8) != 0;
      // Of 32 units, a sequence alone (a cut of one chunk) takes another way than several together.
      for (const std::int64_t units : {18, 32})
        testing::check_emitter(
            make_op(Rnn(op)),
            inputs_of(op, {3, 9, 6, units}, (which & 1) != 0, (which & 2) != 0, (which & 4) != 0), 2e-5);
    }
  });
}

TEST_CASE("rnn: other activations than the usual ones") {
  for_each_cell([](Rnn op) {
    op.activation = {UnaryKind::relu};
    op.recurrent_activation = {UnaryKind::hard_sigmoid, 0.2, 0.5};
    testing::check_emitter(make_op(Rnn(op)), inputs_of(op, {2, 5, 6, 18}, true, false, false), 2e-5);
  });
}

TEST_CASE("rnn: a sequence alone, its units shared out to several workers") {
  for_each_cell([](Rnn op) {
    // Of a cell without gates so many steps are chaos: it has no kernel for a whole step anyway.
    if (op.cell == Rnn::Cell::simple) return;
    for (const Sizes& sizes :
         {Sizes{1, 9, 5, 128}, Sizes{1, 1, 7, 160}, Sizes{1, 70, 3, 240}, Sizes{1, 0, 3, 128}})
      for (const bool state : {false, true}) {
        op.reverse = state;
        testing::check_emitter(make_op(Rnn(op)), inputs_of(op, sizes, true, false, state), 2e-5);
      }
  });
  Rnn lstm;
  lstm.cell = Rnn::Cell::lstm;
  const std::vector<Input> inputs = inputs_of(lstm, {1, 9, 5, 128}, true, false, false);
  testing::NodeRun node(make_op(Rnn(lstm)), inputs, kernels::Isa::baseline);
  node.run(inputs, 1);
  CHECK(node.relays());
}

}  // namespace vivace::cpu
