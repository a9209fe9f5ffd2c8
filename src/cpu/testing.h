// Running one operator through the CPU target and through its reference, for the tests of this room.
#pragma once

#include <cmath>
#include <string>
#include <vector>

#include "base/memory/aligned_buffer.h"
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

/// One operator on float32 inputs, prepared as a plan would.
class Prepared {
 public:
  Prepared(const OpPtr& op, const std::vector<Given>& given, kernels::Isa isa,
           const NumericOptions& numerics = {})
      : inputs_(given.size()), outputs_(1) {
    node_.op = op;
    for (std::size_t i = 0; i < given.size(); ++i) {
      const Shape& dims = given[i].dims;
      dims_.push_back(dims);
      numbers_.push_back(noise(static_cast<std::size_t>(count_of(dims)), static_cast<std::uint32_t>(i) + 1));
      Dims known;
      for (const std::int64_t size : dims) known.push_back(Dim(size));
      facts_.push_back(Fact::tensor(DType::f32, known));
      facts_.back().absent = dims.empty();
    }
    output_facts_ = op->infer(facts_).value();
    for (const Dim& dim : output_facts_[0].dims) y_.push_back(dim.number());
    fast_.assign(static_cast<std::size_t>(count_of(y_)), 12345.0f);
    for (std::size_t i = 0; i < given.size(); ++i)
      views_.push_back(dims_[i].empty() ? TensorView{}
                                        : TensorView{numbers_[i].data(), DType::f32, dims_[i]});
    for (std::size_t i = 0; i < given.size(); ++i) {
      inputs_[i].dims = dims_[i];
      inputs_[i].absent = dims_[i].empty();
      inputs_[i].constant = given[i].constant ? &views_[i] : nullptr;
      inputs_[i].address = Address::of(numbers_[i].data());
    }
    outputs_[0].dims = y_;
    outputs_[0].address = Address::of(fast_.data());
    const NodeView view{node_, inputs_, outputs_};
    const auto target = cpu::make_cpu_target(isa);
    const Choice choice = target->choose(view, numerics);
    for (const Choice::Packing& packing : choice.packings) {
      packed_.emplace_back(target->packed_bytes(view, packing));
      if (!target->pack(view, packing, packed_.back().data()).ok()) std::abort();
      inputs_[packing.input].packed = packed_.back().data();
    }
    step_ = target->emit(view, choice).value();
    workspace_ = AlignedBuffer(step_.workspace_bytes * kMostWorkers);
    frame_.bases = &no_base_;
    frame_.workspace = workspace_.data();
    frame_.workspace_bytes = step_.workspace_bytes;
  }

  /// All chunks, dealt out to `workers` that take turns.
  void run(int workers = 1) const {
    for (int worker = 0; worker < workers; ++worker)
      step_.work->run(frame_,
                      {step_.chunks * worker / workers, step_.chunks * (worker + 1) / workers, worker});
  }

  std::vector<float> reference() const {
    std::vector<float> numbers(fast_.size());
    const MutableTensorView to{numbers.data(), DType::f32, y_};
    (void)node_.op->evaluate(views_, {&to, 1});
    return numbers;
  }

  const Step& step() const { return step_; }
  const std::vector<float>& result() const { return fast_; }
  Cost cost() const { return node_.op->cost(facts_, output_facts_); }

 private:
  static constexpr int kMostWorkers = 5;
  Node node_;
  std::vector<Shape> dims_;
  std::vector<std::vector<float>> numbers_;
  std::vector<Fact> facts_, output_facts_;
  Shape y_;
  std::vector<float> fast_;
  std::vector<TensorView> views_;
  std::vector<Operand> inputs_, outputs_;
  std::vector<AlignedBuffer> packed_;
  AlignedBuffer workspace_;
  Step step_;
  std::byte* no_base_ = nullptr;  // all its addresses are of constants
  Frame frame_;
};

/// Requires workers <= 5.
inline Ran run_op(const OpPtr& op, const std::vector<Given>& given, kernels::Isa isa, int workers = 1,
                  const NumericOptions& numerics = {}) {
  const Prepared prepared(op, given, isa, numerics);
  prepared.run(workers);
  return {std::string(prepared.step().kernel), prepared.result(), prepared.reference()};
}

/// Calls check(isa) for every instruction set that runs here.
template <class Check>
void for_each_isa(Check check) {
  for (int i = 0; i < kernels::kIsas; ++i)
    if (runs_here(static_cast<kernels::Isa>(i))) check(static_cast<kernels::Isa>(i));
}

}  // namespace vivace::testing
