// All passes together: whatever the network, the numbers stay.
#include "support/passes.h"

#include <cstdlib>

#include "base/clock.h"
#include "ops/elementwise/binary.h"
#include "ops/elementwise/unary.h"
#include "ops/linear/conv.h"
#include "ops/linear/mat_mul.h"
#include "ops/movement/concat.h"
#include "ops/movement/pad.h"
#include "ops/movement/reshape.h"
#include "ops/movement/slice.h"
#include "ops/movement/transpose.h"
#include "ops/normalize/batch_norm.h"
#include "ops/normalize/scale_shift.h"
#include "ops/normalize/softmax.h"
#include "ops/reduce/reduce.h"
#include "ops/spatial/pool.h"

namespace vivace {
namespace {

using testing::Net;
using testing::Random;

// A network of random layers over pictures [batch, h, w, c], of known sizes but for the batch. Each layer
// reads one or two of the values made so far; about half of what nobody reads becomes an output.
class RandomNet {
 public:
  explicit RandomNet(unsigned seed) : random_(seed) {
    net_.random = Random(seed + 1000);
    const Dim batch = random_.below(2) != 0 ? net_.graph.symbol("batch") : Dim(2);
    for (int i = 0; i < 2; ++i) values_.push_back(net_.input({batch, 4, 5, 1 + random_.below(3)}));
    const std::int64_t layers = 3 + random_.below(12);
    for (std::int64_t i = 0; i < layers; ++i) layer();
    for (const ValueId value : values_)
      if (net_.graph.uses(value) == 0 || random_.below(8) == 0) net_.output(value);
  }

  const Graph& graph() const { return net_.graph; }

 private:
  void layer() {
    // Recent values more often, so that chains grow.
    const std::size_t back = static_cast<std::size_t>(random_.below(3)), count = values_.size();
    const ValueId x = values_[count - 1 - std::min(back, count - 1)];
    const auto made = make(x);
    // Sums of products grow: keep the range small enough to compare.
    if (made) values_.push_back(*made);
  }

  const Dims& dims(ValueId id) const { return net_.graph.value(id).dims; }
  std::int64_t size(ValueId id, std::size_t axis) const { return dims(id)[axis].number(); }

  std::optional<ValueId> make(ValueId x) {
    switch (random_.below(14)) {
      case 0:
      case 1:
        return convolution(x);
      case 2:
        return batch_norm(x);
      case 3:
      case 4:
        return unary(x);
      case 5:
        return with_constant(x);
      case 6:
      case 7:
        return with_value(x);
      case 8:
        return transposed(x);
      case 9:
        return padded(x);
      case 10:
        return pooled(x);
      case 11:
        return joined(x);
      case 12:
        return product(x);
      default:
        return moved(x);
    }
  }

  ValueId convolution(ValueId x) {
    const std::int64_t channels = size(x, 3),
                       outputs = random_.below(4) == 0 ? channels : 1 + random_.below(4);
    Conv conv;
    conv.groups = outputs == channels && random_.below(2) != 0 ? channels : 1;
    conv.strides = {1 + random_.below(2), 1};
    conv.dilations = {1, 1};
    conv.padding = random_.below(2) != 0 ? Padding::same() : Padding::valid(2);
    const Shape kernel = {1 + random_.below(std::min<std::int64_t>(size(x, 1), 3)), 1, channels / conv.groups,
                          outputs};
    std::vector<ValueId> inputs = {x, net_.weights(kernel)};
    if (random_.below(2) != 0) inputs.push_back(net_.weights({outputs}));
    return net_.add(conv, std::move(inputs));
  }

  ValueId batch_norm(ValueId x) {
    BatchNorm norm;
    norm.axis = random_.below(4) == 0 ? 1 : 3;
    const Shape channels = {size(x, static_cast<std::size_t>(norm.axis))};
    return net_.add(norm, {x, net_.weights(channels), net_.weights(channels, 0.3, 2), net_.weights(channels),
                           random_.below(2) != 0 ? net_.weights(channels) : kNoValue});
  }

  // Continuous functions only: at a step, the last bit of the input decides.
  ValueId unary(ValueId x) {
    constexpr UnaryKind kKinds[] = {UnaryKind::relu,     UnaryKind::sigmoid, UnaryKind::tanh,
                                    UnaryKind::identity, UnaryKind::silu,    UnaryKind::abs,
                                    UnaryKind::elu,      UnaryKind::softplus};
    Unary op;
    op.function = {kKinds[random_.below(8)], 1, 0};
    if (random_.below(4) == 0) op.function = {UnaryKind::clamp, 0, 6};
    return net_.add(op, {x});
  }

  Binary binary() {
    constexpr Binary::Kind kKinds[] = {Binary::Kind::add, Binary::Kind::add, Binary::Kind::multiply,
                                       Binary::Kind::subtract, Binary::Kind::maximum};
    Binary op;
    op.kind = kKinds[random_.below(5)];
    return op;
  }

  ValueId with_constant(ValueId x) {
    const Shape shapes[] = {{}, {size(x, 3)}, {1, 1, size(x, 3)}, {size(x, 1), 1, 1}};
    std::vector<ValueId> inputs = {x, net_.weights(shapes[random_.below(4)])};
    if (random_.below(2) != 0) std::swap(inputs[0], inputs[1]);
    return net_.add(binary(), std::move(inputs));
  }

  // Another value of the same sizes, x itself, or the gate that a swish is made of.
  ValueId with_value(ValueId x) {
    for (const ValueId other : values_)
      if (other != x && dims(other) == dims(x) && random_.below(2) != 0)
        return net_.add(binary(), {other, x});
    Binary times;
    times.kind = Binary::Kind::multiply;
    Unary sigmoid;
    sigmoid.function.kind = UnaryKind::sigmoid;
    return net_.add(times, {x, net_.add(sigmoid, {x})});
  }

  ValueId transposed(ValueId x) {
    Transpose transpose;
    transpose.order =
        random_.below(2) != 0 ? std::vector<std::int64_t>{0, 3, 1, 2} : std::vector<std::int64_t>{0, 2, 3, 1};
    return net_.add(transpose, {x});
  }

  ValueId padded(ValueId x) {
    Pad pad;
    pad.before = {0, random_.below(2), random_.below(2), 0};
    pad.after = {0, random_.below(2), 0, 0};
    return net_.add(pad, {x});
  }

  ValueId pooled(ValueId x) {
    if (random_.below(2) != 0) {
      Reduce reduce;
      reduce.axes = {1, 2};
      reduce.keep_dims = true;
      return net_.add(reduce, {x});
    }
    Pool pool;
    pool.kind = random_.below(2) != 0 ? Pool::Kind::max : Pool::Kind::average;
    pool.window = {std::min<std::int64_t>(2, size(x, 1)), 1};
    pool.strides = pool.dilations = {1, 1};
    pool.padding = Padding::valid(2);
    return net_.add(pool, {x});
  }

  std::optional<ValueId> joined(ValueId x) {
    Concat concat;
    concat.axis = 1 + random_.below(3);
    for (const ValueId other : values_) {
      Dims rest = dims(other);
      rest[static_cast<std::size_t>(concat.axis)] = dims(x)[static_cast<std::size_t>(concat.axis)];
      if (rest == dims(x)) return net_.add(concat, {x, other});
    }
    return std::nullopt;
  }

  // Of the channels, or of whole pictures: what Flatten and Dense make.
  ValueId product(ValueId x) {
    const std::int64_t columns = 1 + random_.below(4);
    if (random_.below(3) == 0) {
      Reshape flat;
      flat.target = {Reshape::keep(0), 1, 1, size(x, 1) * size(x, 2) * size(x, 3)};
      x = net_.add(flat, {x});
    }
    MatMul op;
    op.transpose_b = random_.below(2) != 0;
    const Shape weights = op.transpose_b ? Shape{columns, size(x, 3)} : Shape{size(x, 3), columns};
    return net_.add(op, {x, net_.weights(weights)});
  }

  ValueId moved(ValueId x) {
    Reshape flat, back;
    flat.target = {Reshape::keep(0), size(x, 1) * size(x, 2), size(x, 3)};
    back.target = {Reshape::keep(0), size(x, 2), size(x, 1), size(x, 3)};
    return net_.add(back, {net_.add(flat, {x})});
  }

  Random random_;
  Net net_;
  std::vector<ValueId> values_;
};

// Applies every pass in turn, verifying after every patch, until none finds anything.
int optimise_step_by_step(Graph& graph) {
  int all = 0;
  for (int round = 0, last = -1; round < 8 && last != all; ++round) {
    last = all;
    for (const Pass& pass : all_passes())
      for (std::size_t n = 0; n < graph.node_count() && all < 10'000;) {
        const auto patch = pass.rewrite(graph, static_cast<NodeId>(n));
        if (!patch && ++n) continue;
        CAPTURE(pass.name);
        CAPTURE(to_text(graph));
        const Status applied = apply(graph, *patch);
        REQUIRE_MESSAGE(applied.ok(), (applied.ok() ? "" : to_text(applied.error())));
        const Status sound = verify(graph);
        REQUIRE_MESSAGE(sound.ok(), (sound.ok() ? "" : to_text(sound.error())));
        ++all;
        n = 0;
      }
  }
  CHECK(all < 10'000);
  return all;
}

// VIVACE_RANDOM_GRAPHS asks for more than every build runs.
unsigned random_graphs() {
  const char* const wish = std::getenv("VIVACE_RANDOM_GRAPHS");
  return wish ? static_cast<unsigned>(std::atoi(wish)) : 300;
}

TEST_CASE("random networks keep their numbers, and stay sound after every patch") {
  int patches = 0;
  for (unsigned seed = 0; seed < random_graphs(); ++seed) {
    CAPTURE(seed);
    const RandomNet net(seed);
    Graph stepwise = net.graph(), swept = net.graph();
    patches += optimise_step_by_step(stepwise);
    testing::check_equivalent(net.graph(), stepwise, seed, 2e-5);
    const auto reports = run_passes(swept);
    REQUIRE(reports.ok());
    testing::check_equivalent(net.graph(), swept, seed, 2e-5);
    std::size_t found = 0;
    for (const PassReport& report : run_passes(swept).value()) found += report.patches;
    CHECK(found == 0);  // nothing is left to be found
  }
  CHECK(patches > 0);
}

// MobileNetV2's kind of chain: `blocks` of expand, depthwise and project with batch norms and a residual.
Graph deep_network(int blocks) {
  Net net;
  Conv conv, depthwise;
  conv.strides = conv.dilations = depthwise.strides = depthwise.dilations = {1, 1};
  conv.padding = depthwise.padding = Padding::same();
  depthwise.groups = 16;
  BatchNorm norm;
  norm.axis = 3;
  Unary relu6;
  relu6.function = {UnaryKind::clamp, 0, 6};
  const auto normed = [&](ValueId x, std::int64_t channels) {
    const Shape size = {channels};
    return net.add(norm,
                   {x, net.weights(size), net.weights(size, 0.1, 2), net.weights(size), net.weights(size)});
  };
  ValueId x = net.input({net.graph.symbol("batch"), 7, 7, 8});
  for (int i = 0; i < blocks; ++i) {
    ValueId y = net.add(relu6, {normed(net.add(conv, {x, net.weights({1, 1, 8, 16})}), 16)});
    y = net.add(relu6, {normed(net.add(depthwise, {y, net.weights({3, 3, 1, 16})}), 16)});
    y = normed(net.add(conv, {y, net.weights({1, 1, 16, 8})}), 8);
    x = net.add(Binary{}, {x, y});
  }
  net.output(x);
  return std::move(net.graph);
}

TEST_CASE("a deep network shrinks to its convolutions in milliseconds") {
  Graph graph = deep_network(112);
  REQUIRE(graph.node_count() > 1000);
  const double start = now_s();
  REQUIRE(run_passes(graph).ok());
  MESSAGE("1008 nodes optimised in " << 1e3 * (now_s() - start) << " ms");
  CHECK(graph.node_count() == 3 * 112);
  CHECK(verify(graph).ok());
  CHECK(now_s() - start < 10);  // loose: this is no measurement, but what it guards against took minutes
}

// conv in Keras's channels_first: wrapped in transposes.
ValueId channels_first_conv(Net& net, ValueId x, Shape weights) {
  Transpose last, first;
  last.order = {0, 2, 3, 1};
  first.order = {0, 3, 1, 2};
  Conv conv;
  conv.strides = conv.dilations = {1, 1};
  conv.padding = Padding::same();
  return net.add(first, {net.add(conv, {net.add(last, {x}), net.weights(std::move(weights))})});
}

TEST_CASE("a channels_first residual block keeps only the transposes at its ends") {
  Net net;
  BatchNorm norm;
  norm.axis = 1;
  Unary relu;
  relu.function.kind = UnaryKind::relu;
  const auto normed = [&](ValueId x) {
    return net.add(norm, {x, net.weights({4}), net.weights({4}, 0.1, 2), net.weights({4}), net.weights({4})});
  };
  ValueId x = net.input({net.graph.symbol("batch"), 3, 6, 6});
  x = net.add(relu, {normed(channels_first_conv(net, x, {3, 3, 3, 4}))});
  const ValueId y = normed(channels_first_conv(net, x, {3, 3, 4, 4}));
  x = net.add(relu, {net.add(Binary{}, {x, y})});
  Reduce pool;
  pool.axes = {2, 3};
  net.output(net.add(pool, {x}));
  const Graph before = net.graph;
  REQUIRE(run_passes(net.graph).ok());
  testing::check_equivalent(before, net.graph);
  CHECK(testing::ops_of(net.graph) == "transpose conv conv reduce");
}

TEST_CASE("passes can be left out by name; an unknown name gets the nearest known one") {
  Graph graph = deep_network(1);
  const std::vector<std::string> all = {"all"}, one = {"fuse_residual"}, wrong = {"fuse_residuall"};
  CHECK(run_passes(graph, all)->empty());
  CHECK(graph.node_count() == 9);
  CHECK(run_passes(graph, one)->size() == all_passes().size() - 1);
  CHECK(graph.node_count() == 4);
  const auto refused = run_passes(graph, wrong);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().id() == "passes.unknown");
  CHECK(refused.error().what() == "there is no pass \"fuse_residuall\", did you mean \"fuse_residual\"?");
}

}  // namespace
}  // namespace vivace
