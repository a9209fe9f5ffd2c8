// What the tests of emitters share: one node, made, chosen, packed and emitted, run in various cuts on every
// instruction set that runs here, and compared with the operator's scalar reference.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "base/flush_denormals.h"
#include "base/memory/aligned_buffer.h"
#include "cpu/cpu_target.h"
#include "ops/common/op_base.h"
#include "ops/common/reference.h"
#include "support/isas.h"

namespace vivace::cpu::testing {

/// An input of a node under test. A constant is known when the plan is made, and may be packed.
struct Input {
  Tensor tensor;
  bool constant = false;
  bool absent = false;
};

inline Input absent() { return {Tensor(), false, true}; }
inline Input constant(Tensor tensor) { return {std::move(tensor), true, false}; }

/// Reproducible elements: floats in [low, high), integers in [low, high], booleans by chance.
inline Tensor random_tensor(DType dtype, Shape dims, unsigned seed, double low = -2, double high = 2) {
  std::minstd_rand random(seed + 1);
  Tensor tensor(dtype, std::move(dims));
  const MutableTensorView view = tensor.view();
  for (std::int64_t i = 0; i < tensor.count(); ++i) {
    const double part = static_cast<double>(random() - random.min()) / (random.max() - random.min() + 1.0);
    if (dtype == DType::string)
      tensor.as<StringView>()[i] = std::string_view("abcdefghijklmnop").substr(0, random() % 17);
    else if (is_float(dtype))
      store(view, i, low + part * (high - low));
    else if (dtype == DType::boolean)
      store(view, i, part < 0.5 ? 0 : 1);
    else
      store(view, i, std::floor(low + part * (high - low + 1)));
  }
  return tensor;
}
inline Tensor random_floats(Shape dims, unsigned seed, double low = -2, double high = 2) {
  return random_tensor(DType::f32, std::move(dims), seed, low, high);
}

/// One node on its own, planned for one instruction set.
class NodeRun {
 public:
  NodeRun(OpPtr op, const std::vector<Input>& inputs, kernels::Isa isa, bool strict = false)
      : NodeRun(std::move(op), inputs, InstructionSet{isa}, strict) {}
  NodeRun(OpPtr op, const std::vector<Input>& inputs, InstructionSet set, bool strict = false)
      : target_(make_cpu_target(set)) {
    node_.op = std::move(op);
    std::vector<Fact> facts;
    for (const Input& input : inputs) {
      inputs_.push_back(operand(input));
      facts.push_back(Fact::tensor(input.tensor.dtype(), known_dims(input.tensor.dims())));
      facts.back().absent = input.absent;
      views_.push_back(input.tensor.view());
    }
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      if (!inputs[i].constant) continue;
      inputs_[i].constant = &views_[i];
      facts[i].constant = &views_[i];
    }
    for (const Fact& fact : node_.op->infer(facts).value()) {
      Operand output;
      output.dtype = fact.dtype;
      output.dims = numbers(fact.dims).value();
      outputs_.push_back(std::move(output));
    }
    NumericOptions numerics;
    numerics.strict = strict;
    choice_ = target_->choose(view(), numerics);
    for (const Choice::Packing& packing : choice_.packings) {
      packed_.emplace_back(target_->packed_bytes(view(), packing));
      REQUIRE(target_->pack(view(), packing, packed_.back().data()).ok());
      inputs_[packing.input].packed = packed_.back().data();
    }
  }

  static constexpr std::int64_t kAtOnce = 0;

  const Choice& choice() const { return choice_; }
  const std::string& kernel() const { return kernel_; }
  std::int64_t chunks() const { return chunks_; }
  bool relays() const { return relays_; }
  Fault fault() const { return fault_; }
  /// What the last run said of it.
  const std::string& words() const { return words_; }

  /// Runs chunks `piece` at a time, the last ones first, or all at once by a thread each, and returns the
  /// outputs. With `in_place` the output lies where the input that choice() names did. Outputs end in
  /// canaries, which are checked.
  std::vector<Tensor> run(const std::vector<Input>& inputs, std::int64_t piece, bool in_place = false) {
    std::vector<std::vector<std::byte>> memory;
    std::vector<std::byte*> bases = {nullptr, nullptr};
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      if (inputs[i].absent) continue;
      memory.push_back(copy_of(inputs[i].tensor));
      inputs_[i].address = {static_cast<std::uint32_t>(bases.size()), 0};
      bases.push_back(memory.back().data());
      if (inputs_[i].constant) inputs_[i].address = Address::of(inputs[i].tensor.data());
    }
    for (Operand& output : outputs_) {
      if (in_place && &output == outputs_.data()) {
        output.address = inputs_[*choice_.in_place].address;
        continue;
      }
      memory.emplace_back(bytes_of(output) + kCanaries, kCanary);
      output.address = {static_cast<std::uint32_t>(bases.size()), 0};
      bases.push_back(memory.back().data());
    }
    Frame frame;
    std::atomic<Error*> told{nullptr};
    frame.bases = bases.data();
    frame.told = &told;
    run_step(frame, piece);
    const std::unique_ptr<Error> words(told.load());
    words_ = words ? to_text(*words) : "";
    std::vector<Tensor> results;
    for (const Operand& output : outputs_) {
      results.emplace_back(output.dtype, output.dims);
      if (bytes_of(output) != 0)
        std::memcpy(results.back().data(), frame.at<std::byte>(output.address), bytes_of(output));
      const std::byte* const end = frame.at<std::byte>(output.address) + bytes_of(output);
      CHECK(std::all_of(end, end + kCanaries, [](std::byte b) { return b == kCanary; }));
    }
    return results;
  }

  /// What the reference answers.
  std::vector<Tensor> expected(const std::vector<Input>& inputs) const {
    std::vector<Tensor> results;
    std::vector<TensorView> in;
    std::vector<MutableTensorView> out;
    for (const Input& input : inputs) in.push_back(input.absent ? TensorView{} : input.tensor.view());
    for (const Operand& output : outputs_) results.emplace_back(output.dtype, output.dims);
    for (Tensor& result : results) out.push_back(result.view());
    CHECK(node_.op->evaluate(in, out).ok());
    return results;
  }

 private:
  static constexpr std::size_t kCanaries = 64;
  static constexpr std::byte kCanary{0x5a};

  static Operand operand(const Input& input) {
    Operand made;
    made.absent = input.absent;
    made.dtype = input.tensor.dtype();
    made.dims = input.tensor.dims();
    return made;
  }
  static std::size_t bytes_of(const Operand& operand) {
    return static_cast<std::size_t>(operand.count()) * size_of(operand.dtype);
  }
  static std::vector<std::byte> copy_of(const Tensor& tensor) {
    std::vector<std::byte> bytes(tensor.bytes() + kCanaries, kCanary);
    if (tensor.bytes() != 0) std::memcpy(bytes.data(), tensor.data(), tensor.bytes());
    return bytes;
  }
  NodeView view() const { return {node_, inputs_, outputs_}; }

  void run_step(Frame& frame, std::int64_t piece) {
    const Step step = target_->emit(view(), choice_).value();
    kernel_ = step.kernel;
    chunks_ = step.chunks;
    relays_ = step.relays;
    fault_ = Fault::none;
    const std::size_t workers = piece == kAtOnce ? static_cast<std::size_t>(step.chunks) : 1;
    AlignedBuffer workspace(step.workspace_bytes * workers);
    if (step.workspace_bytes != 0) std::memset(workspace.data(), 0xff, step.workspace_bytes * workers);
    frame.workspace = workspace.data();
    frame.workspace_bytes = step.workspace_bytes;
    if (piece == kAtOnce) return run_at_once(step, frame);
    const FlushDenormals flush;  // as in every run
    for (std::int64_t end = step.chunks; end > 0; end -= piece)
      if (const Fault fault = step.work->run(frame, {std::max<std::int64_t>(0, end - piece), end, 0});
          fault != Fault::none)
        fault_ = fault;
  }

  static void run_at_once(const Step& step, const Frame& frame) {
    Relay relay;
    std::vector<std::jthread> workers;
    for (std::int64_t i = 0; i < step.chunks; ++i)
      workers.emplace_back([&, i] {
        const FlushDenormals flush;
        step.work->run(frame, {i, i + 1, static_cast<int>(i), step.relays ? &relay : nullptr});
      });
  }

  std::shared_ptr<const Target> target_;
  Node node_;
  std::vector<TensorView> views_;
  std::vector<Operand> inputs_, outputs_;
  std::vector<AlignedBuffer> packed_;
  Choice choice_;
  std::string kernel_;
  std::int64_t chunks_ = 0;
  bool relays_ = false;
  Fault fault_ = Fault::none;
  std::string words_;
};

/// The largest difference as part of the largest finite number expected; infinite where NaN, an infinity, or
/// an integer differs.
inline double difference(const Tensor& got, const Tensor& want) {
  double range = 0, worst = 0;
  const double never = std::numeric_limits<double>::infinity();
  for (std::int64_t i = 0; i < want.count(); ++i) {
    if (want.dtype() == DType::string) {
      if (std::string_view(got.as<StringView>()[i]) != want.as<StringView>()[i]) return never;
      continue;
    }
    const double a = load(got.view(), i), b = load(want.view(), i);
    if (std::isnan(a) != std::isnan(b) || (std::isinf(b) && a != b)) return never;
    if (!is_float(want.dtype()) && a != b) return never;
    if (!std::isfinite(b)) continue;
    range = std::max(range, std::abs(b));
    worst = std::max(worst, std::abs(a - b));
  }
  return worst == 0 ? 0 : worst / std::max(range, 1e-30);
}

inline bool same_bits(const Tensor& a, const Tensor& b) {
  return a.bytes() == b.bytes() && (a.bytes() == 0 || std::memcmp(a.data(), b.data(), a.bytes()) == 0);
}

/// The promise of every emitter: it has a kernel for these operands, which agrees with the reference within
/// `tolerance` (as a part of each output's range), and gives the same bits for every cut, in place too.
inline void check_emitter_on(InstructionSet set, const OpPtr& op, const std::vector<Input>& inputs,
                             double tolerance) {
  const std::string processor = name_of(set), what = to_text(*op);
  CAPTURE(processor);
  CAPTURE(what);
  NodeRun node(op, inputs, set);
  const std::vector<Tensor> whole = node.run(inputs, std::numeric_limits<std::int32_t>::max());
  CHECK(node.kernel() != "reference");
  CHECK(node.fault() == Fault::none);
  const std::vector<Tensor> want = node.expected(inputs);
  for (std::size_t k = 0; k < want.size(); ++k) CHECK(difference(whole[k], want[k]) <= tolerance);
  for (const std::int64_t piece : {std::int64_t{1}, std::int64_t{3}, (node.chunks() + 1) / 2}) {
    const std::vector<Tensor> cut = node.run(inputs, std::max<std::int64_t>(1, piece));
    for (std::size_t k = 0; k < want.size(); ++k) CHECK(same_bits(cut[k], whole[k]));
  }
  if (node.relays()) {
    const std::vector<Tensor> met = node.run(inputs, NodeRun::kAtOnce);
    for (std::size_t k = 0; k < want.size(); ++k) CHECK(same_bits(met[k], whole[k]));
  }
  const auto place = node.choice().in_place;
  if (!place || inputs[*place].constant || inputs[*place].absent) return;
  if (inputs[*place].tensor.bytes() != whole[0].bytes()) return;
  CHECK(same_bits(node.run(inputs, 1, true)[0], whole[0]));
}

inline void check_emitter(const OpPtr& op, const std::vector<Input>& inputs, double tolerance = 1e-5) {
  for (int i = 0; i < kernels::kIsas; ++i)
    if (const auto isa = static_cast<kernels::Isa>(i); vivace::testing::runs_here(isa))
      check_emitter_on({isa}, op, inputs, tolerance);
}

/// For operators on quantised numbers: every bit of the reference's, with and without VNNI and AMX.
inline void check_exact_emitter(const OpPtr& op, const std::vector<Input>& inputs) {
  const machine::CpuFeatures features = machine::read_cpu_features();
  for (const InstructionSet& set : kInstructionSets)
    if (runs(features, set)) check_emitter_on(set, op, inputs, 0);
}

}  // namespace vivace::cpu::testing
