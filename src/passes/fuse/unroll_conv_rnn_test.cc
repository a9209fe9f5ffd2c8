// Convolutional LSTMs as their steps.
#include "ops/linear/conv_rnn.h"
#include "support/passes.h"

namespace vivace {
namespace {

using testing::Net;
using testing::ops_of;
using testing::run_pass;

struct Form {
  std::size_t axes = 2;
  bool states = false;
  int mask = 0;  // 0: none, 1: of steps, 2: of places
  ConvRnn op;
};

// The three outputs of a recurrence over `steps` steps.
int unrolled(const Form& form, const Dim& steps) {
  Net net;
  const Dim batch = net.graph.symbol("batch");
  Dims gates{batch, steps}, state{batch};
  Shape kernel;
  for (std::size_t axis = 0; axis < form.axes; ++axis) {
    gates.emplace_back(5 - static_cast<std::int64_t>(axis));
    state.push_back(gates.back());
    kernel.push_back(axis == 1 ? 2 : 3);
  }
  Dims mask = form.mask == 1 ? Dims{batch, steps} : gates;
  gates.emplace_back(8);
  state.emplace_back(2);
  kernel.insert(kernel.end(), {2, 8});
  std::vector<ValueId> inputs{net.input(gates), net.weights(kernel, -0.5, 0.5), kNoValue};
  if (form.mask) inputs[2] = net.input(mask, DType::boolean);
  if (form.states) inputs.insert(inputs.end(), {net.input(state), net.input(state)});
  const auto outputs = net.graph.add_node(make_op(ConvRnn(form.op)), inputs, "layer").value();
  for (const ValueId output : outputs) net.output(output);
  const int patches = run_pass(net.graph, "unroll_conv_rnn", 1e-5);
  CHECK((ops_of(net.graph).find("conv_rnn") == std::string::npos) == (patches == 1));
  return patches;
}

TEST_CASE("unroll_conv_rnn: every number of axes, direction, mask and start") {
  for (std::size_t axes = 1; axes <= 3; ++axes)
    for (const bool states : {false, true})
      for (const int mask : {0, 1, 2})
        for (const bool reverse : {false, true})
          for (const bool zero : {false, true}) {
            Form form{axes, states, mask, {}};
            form.op.reverse = reverse;
            form.op.zero_output_for_mask = zero;
            CHECK(unrolled(form, 3) == 1);
          }
}

TEST_CASE("unroll_conv_rnn: other activations, and none") {
  Form form;
  form.op.activation = {UnaryKind::relu};
  form.op.recurrent_activation = {UnaryKind::hard_sigmoid, 0.2, 0.5};
  CHECK(unrolled(form, 4) == 1);
  form.op.activation = {};
  CHECK(unrolled(form, 1) == 1);
}

TEST_CASE("unroll_conv_rnn: leaves alone what has too many steps, none, or an unknown number") {
  CHECK(unrolled({}, 200) == 0);
  CHECK(unrolled({}, 0) == 0);
  CHECK(unrolled({}, Dim::symbol(2)) == 0);
}

}  // namespace
}  // namespace vivace
