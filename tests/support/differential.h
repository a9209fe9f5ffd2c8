// Graphs for tests: built in a few words, filled with random numbers, run node by node through the operators'
// references, and compared before and after a change.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "base/text.h"
#include "base/try.h"
#include "graph/graph.h"
#include "ops/common/reference.h"

namespace vivace::testing {

/// Numbers from one seed. Floats lie in [low, high), integers too, truth is even.
class Random {
 public:
  explicit Random(unsigned seed) : engine_(seed) {}

  std::int64_t below(std::int64_t limit) {
    return static_cast<std::int64_t>(engine_() % static_cast<std::uint64_t>(limit));
  }
  double number(double low, double high) {
    return low + (high - low) * static_cast<double>(engine_() >> 8) / 16777216.0;
  }
  Tensor tensor(DType dtype, Shape dims, double low = -2, double high = 2) {
    Tensor result(dtype, std::move(dims));
    for (std::int64_t i = 0; i < result.count(); ++i)
      store(result.view(), i, dtype == DType::boolean ? static_cast<double>(below(2)) : number(low, high));
    return result;
  }

 private:
  std::mt19937 engine_;
};

/// A graph under construction; every step throws where the operator refuses its inputs.
struct Net {
  Graph graph;
  Random random{7};
  int made = 0;

  ValueId input(Dims dims, DType dtype = DType::f32) {
    return graph.add_input(text("input{}", graph.inputs().size()), dtype, std::move(dims));
  }
  ValueId weights(Shape dims, double low = -1, double high = 1) {
    return graph.add_constant(random.tensor(DType::f32, std::move(dims), low, high));
  }
  ValueId numbers(Shape dims, std::vector<float> values) {
    Tensor tensor(DType::f32, std::move(dims));
    std::copy(values.begin(), values.end(), tensor.as<float>());
    return graph.add_constant(std::move(tensor));
  }
  template <class T>
  ValueId add(T op, std::vector<ValueId> inputs, std::string name = {}) {
    if (name.empty()) name = text("{}{}", T::kName, made++);
    return graph.add(make_op(std::move(op)), std::move(inputs), name, "test " + name).value();
  }
  void output(ValueId value) { graph.add_output(value, text("output{}", graph.outputs().size())); }
};

/// The operators in running order: "conv unary".
inline std::string ops_of(const Graph& graph) {
  std::string line;
  for (const Node& node : graph.nodes()) line += (line.empty() ? "" : " ") + std::string(node.op->name());
  return line;
}

/// Runs a graph node by node.
inline Result<std::vector<Tensor>> evaluate(const Graph& graph, std::span<const Tensor> inputs) {
  std::vector<TensorView> values(graph.value_count());
  std::vector<std::vector<Tensor>> made(graph.node_count());
  for (std::size_t i = 0; i < values.size(); ++i)
    if (const Constant* constant = graph.constant(static_cast<ValueId>(i))) values[i] = constant->tensor();
  for (std::size_t i = 0; i < inputs.size(); ++i)
    values[static_cast<std::size_t>(graph.inputs()[i])] = inputs[i].view();
  const auto view = [&](ValueId id) {
    return id == kNoValue ? TensorView{} : values[static_cast<std::size_t>(id)];
  };
  for (std::size_t n = 0; n < graph.node_count(); ++n) {
    const Node& node = graph.node(static_cast<NodeId>(n));
    std::vector<TensorView> read;
    std::vector<Fact> facts;
    for (const ValueId id : node.inputs) {
      read.push_back(view(id));
      facts.push_back(Fact::tensor(read.back().dtype, known_dims(read.back().dims)));
      facts.back().absent = id == kNoValue;
      if (graph.constant(id)) facts.back().constant = &graph.constant(id)->tensor();
    }
    VIVACE_TRY(const std::vector<Fact> results, node.op->infer(facts));
    std::vector<MutableTensorView> written;
    for (const Fact& fact : results) made[n].emplace_back(fact.dtype, *vivace::numbers(fact.dims));
    for (Tensor& tensor : made[n]) written.push_back(tensor.view());
    VIVACE_CHECK_OK(node.op->evaluate(read, written));
    for (std::size_t k = 0; k < written.size(); ++k)
      values[static_cast<std::size_t>(node.outputs[k])] = made[n][k].view();
  }
  std::vector<Tensor> outputs;
  for (const ValueId id : graph.outputs()) {
    outputs.emplace_back(view(id).dtype, Shape(view(id).dims.begin(), view(id).dims.end()));
    if (view(id).bytes() != 0) std::memcpy(outputs.back().data(), view(id).data, view(id).bytes());
  }
  return outputs;
}

/// Random tensors for the inputs, each unknown size as `unknown` says.
inline std::vector<Tensor> random_inputs(const Graph& graph, unsigned seed, std::int64_t unknown = 3) {
  Random random(seed);
  std::vector<Tensor> inputs;
  for (const ValueId id : graph.inputs()) {
    Shape dims;
    for (const Dim& dim : graph.value(id).dims)
      dims.push_back(dim.known() ? dim.number() : dim.scale() * unknown + dim.offset());
    inputs.push_back(random.tensor(graph.value(id).dtype, std::move(dims)));
  }
  return inputs;
}

/// The largest difference as a part of the range of `want`; infinite where NaN or infinity differ.
inline double distance(const Tensor& have, const Tensor& want) {
  if (have.dtype() != want.dtype() || have.dims() != want.dims()) return INFINITY;
  double range = 1e-3, most = 0;
  for (std::int64_t i = 0; i < want.count(); ++i) {
    const double a = load(have.view(), i), b = load(want.view(), i);
    if (std::isfinite(b)) range = std::max(range, std::abs(b));
    if (std::isnan(a) && std::isnan(b)) continue;
    if (a != b) most = std::max(most, std::isfinite(a - b) ? std::abs(a - b) : INFINITY);
  }
  return most / range;
}

/// The promise of every pass: a sound graph with the same outputs (names, types, sizes) and the same numbers.
inline void check_equivalent(const Graph& before, const Graph& after, unsigned seed = 1,
                             double tolerance = 2e-6) {
  const Status sound = verify(after);
  CAPTURE(to_text(before));
  CAPTURE(to_text(after));
  REQUIRE_MESSAGE(sound.ok(), (sound.ok() ? "" : to_text(sound.error())));
  REQUIRE(std::ranges::equal(before.output_names(), after.output_names()));
  REQUIRE(before.inputs().size() == after.inputs().size());
  for (std::size_t i = 0; i < before.outputs().size(); ++i) {
    const Value &want = before.value(before.outputs()[i]), &have = after.value(after.outputs()[i]);
    CHECK(have.dtype == want.dtype);
    CHECK(have.dims == want.dims);
  }
  for (const std::int64_t unknown : {3, 1}) {
    const std::vector<Tensor> inputs = random_inputs(before, seed, unknown);
    const auto want = evaluate(before, inputs), have = evaluate(after, inputs);
    REQUIRE(want.ok());
    REQUIRE(have.ok());
    for (std::size_t i = 0; i < want->size(); ++i) CHECK(distance((*have)[i], (*want)[i]) <= tolerance);
  }
}

}  // namespace vivace::testing
