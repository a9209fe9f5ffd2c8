// Running one operator through the CPU target and through its reference, for the tests of this room.
#pragma once

#include <cmath>
#include <string>
#include <vector>

#include "cpu/cpu_target.h"
#include "kernels/testing.h"

namespace vivace::testing {

/// An input of a case: numbers from noise(), fixed when the plan is made or not; an empty shape is left out.
struct Given {
  Shape dims;
  bool constant = false;
};

struct Ran {
  std::string kernel;
  std::vector<float> fast, reference;

  /// The greatest distance between the two, as a share of the reference's greatest number. NaN if any is.
  double error() const {
    double worst = 0, range = 1e-30;
    for (std::size_t i = 0; i < fast.size(); ++i) {
      const double distance = std::abs(static_cast<double>(fast[i]) - reference[i]);
      if (!(distance <= worst)) worst = distance;
      range = std::max(range, std::abs(static_cast<double>(reference[i])));
    }
    return worst / range;
  }
};

/// Runs `op` on float32 inputs with `workers` shares taken in turn.
inline Ran run_op(const OpPtr& op, const std::vector<Given>& given, kernels::Isa isa, int workers = 1,
                  const NumericOptions& numerics = {}) {
  Node node;
  node.op = op;
  std::vector<std::vector<float>> numbers;
  std::vector<Fact> facts;
  for (std::size_t i = 0; i < given.size(); ++i) {
    numbers.push_back(
        noise(static_cast<std::size_t>(count_of(given[i].dims)), static_cast<std::uint32_t>(i) + 1));
    Dims dims;
    for (const std::int64_t size : given[i].dims) dims.push_back(Dim(size));
    facts.push_back(Fact::tensor(DType::f32, dims));
    facts.back().absent = given[i].dims.empty();
  }
  const Fact output = op->infer(facts).value()[0];
  Shape y;
  for (const Dim& dim : output.dims) y.push_back(dim.number());

  Ran ran;
  ran.fast.assign(static_cast<std::size_t>(count_of(y)), 12345.0f);
  ran.reference = ran.fast;
  std::vector<TensorView> views;
  for (std::size_t i = 0; i < given.size(); ++i)
    views.push_back(given[i].dims.empty() ? TensorView{}
                                          : TensorView{numbers[i].data(), DType::f32, given[i].dims});
  const MutableTensorView to{ran.reference.data(), DType::f32, y};
  (void)op->evaluate(views, {&to, 1});

  std::vector<Operand> inputs(given.size()), outputs(1);
  for (std::size_t i = 0; i < given.size(); ++i) {
    inputs[i].dims = given[i].dims;
    inputs[i].absent = given[i].dims.empty();
    inputs[i].constant = given[i].constant ? &views[i] : nullptr;
    inputs[i].address = Address::of(numbers[i].data());
  }
  outputs[0].dims = y;
  outputs[0].address = Address::of(ran.fast.data());
  const NodeView view{node, inputs, outputs};
  const auto target = cpu::make_cpu_target(isa);
  const Choice choice = target->choose(view, numerics);
  std::vector<AlignedBuffer> packed;
  for (const Choice::Packing& packing : choice.packings) {
    packed.push_back(target->pack(view, packing).value());
    inputs[packing.input].packed = packed.back().data();
  }
  const Step step = target->emit(view, choice).value();
  Frame frame;
  frame.bases = {nullptr};
  AlignedBuffer workspace(step.workspace_bytes * static_cast<std::size_t>(workers));
  frame.workspace = workspace.data();
  frame.workspace_bytes = step.workspace_bytes;
  for (int worker = 0; worker < workers; ++worker)
    step.work->run(frame, {step.chunks * worker / workers, step.chunks * (worker + 1) / workers, worker});
  ran.kernel = step.kernel;
  return ran;
}

/// Calls check(isa) for every instruction set that runs here.
template <class Check>
void for_each_isa(Check check) {
  for (int i = 0; i < kernels::kIsas; ++i)
    if (runs_here(static_cast<kernels::Isa>(i))) check(static_cast<kernels::Isa>(i));
}

}  // namespace vivace::testing
