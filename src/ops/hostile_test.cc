// Random operators with random attributes on random inputs, as a hostile .viv file could hold them: infer()
// refuses or foretells, and what it accepts runs. Meant for the sanitizers; the seed is fixed.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include "ops/common/reference.h"
#include "ops/common/registry.h"
#include "support/golden.h"

using namespace vivace;

namespace {

class Chance {
 public:
  explicit Chance(std::uint32_t seed) : engine_(seed) {}
  std::size_t below(std::size_t n) { return engine_() % n; }
  template <class T, std::size_t N>
  T of(const T (&values)[N]) {
    return values[below(N)];
  }
  /// Mostly a number that makes sense.
  std::int64_t number() {
    constexpr std::int64_t kLow = std::numeric_limits<std::int64_t>::min(),
                           kHigh = std::numeric_limits<std::int64_t>::max();
    static constexpr std::int64_t kNasty[] = {kLow, kHigh, kHigh / 2, 0x7fffffff, 0x80000000,
                                              -1,   -3,    1 << 20,   33};
    return below(12) == 0 ? of(kNasty) : static_cast<std::int64_t>(below(5)) - (below(6) == 0 ? 2 : 0);
  }

 private:
  std::mt19937 engine_;
};

class Spoiler : public AttributeVisitor {
 public:
  /// Spoils every attribute, or only about one in `rarity`.
  explicit Spoiler(Chance& chance, std::size_t rarity = 1) : chance_(chance), rarity_(rarity) {}
  void operator()(std::string_view, bool& value) override {
    if (!spares()) value = chance_.below(2);
  }
  void operator()(std::string_view, std::int64_t& value) override {
    if (!spares()) value = chance_.number();
  }
  void operator()(std::string_view, double& value) override {
    if (spares()) return;
    static constexpr double kValues[] = {0, 1, -1, 0.5, 1e300, -1e300, INFINITY, NAN};
    value = chance_.of(kValues);
  }
  void operator()(std::string_view, std::string& value) override {
    if (spares()) return;
    static constexpr const char* kPieces[] = {"a",   "b", "ab",        "bc",   ",", "->",
                                              "...", ".", "ab,bc->ac", "\xff", " "};
    value.clear();
    for (std::size_t left = chance_.below(4); left > 0; --left) value += chance_.of(kPieces);
  }
  void operator()(std::string_view, DType& value) override {
    value = static_cast<DType>(chance_.below(kDTypes));
  }
  void operator()(std::string_view, std::vector<std::int64_t>& values) override {
    if (spares()) return;
    if (rarity_ == 1 || chance_.below(4) == 0) values.resize(chance_.below(5));
    for (std::int64_t& value : values) value = chance_.number();
  }
  void operator()(std::string_view, std::vector<double>& values) override {
    if (spares()) return;
    values.resize(chance_.below(5));
    for (double& value : values) (*this)({}, value);
  }
  void operator()(std::string_view, GraphPtr&) override {}
  void choice(std::string_view, std::uint32_t& index, std::span<const std::string_view> names) override {
    if (!spares()) index = static_cast<std::uint32_t>(chance_.below(names.size()));
  }

 private:
  bool spares() { return chance_.below(rarity_) != 0; }
  Chance& chance_;
  std::size_t rarity_;
};

struct Input {
  Fact fact;
  Tensor tensor;
  TensorView view;
};

// Inputs of like ranks and sizes, so that some of them fit together.
std::vector<Input> inputs_for(Chance& chance) {
  static constexpr DType kTypes[] = {DType::f32, DType::f32,     DType::f16, DType::i32,
                                     DType::i64, DType::boolean, DType::u8};
  std::vector<Input> inputs(chance.below(5));
  const std::size_t rank = chance.below(6);
  const DType dtype = chance.of(kTypes);
  for (Input& input : inputs) {
    Dims dims(chance.below(3) == 0 ? chance.below(6) : rank);
    for (Dim& dim : dims) {
      dim = Dim(static_cast<std::int64_t>(chance.below(4)));
      if (chance.below(40) == 0) dim = Dim(chance.number());
      if (chance.below(40) == 0) dim = Dim::affine(1, chance.number(), chance.number());
    }
    input.fact = Fact::tensor(chance.below(4) == 0 ? chance.of(kTypes) : dtype, std::move(dims));
    input.fact.absent = chance.below(10) == 0;
    if (chance.below(50) == 0) input.fact.kind = ValueKind::strings;
  }
  return inputs;
}

bool small(const Dims& dims) {
  double count = 1;
  for (const Dim& dim : dims) {
    if (!dim.known() || dim.number() < 0) return false;
    count *= std::max(1.0, static_cast<double>(dim.number()));
  }
  return count <= 20000;
}

// Gives every small input numbers, some of them known to infer().
void fill(std::vector<Input>& inputs, Chance& chance) {
  for (Input& input : inputs) {
    if (input.fact.absent || !small(input.fact.dims)) continue;
    input.tensor = Tensor(input.fact.dtype, *numbers(input.fact.dims));
    for (std::int64_t i = 0; i < input.tensor.count(); ++i) {
      if (is_float(input.fact.dtype))
        store(input.tensor.view(), i, static_cast<double>(chance.number()));
      else
        store_integer(input.tensor.view(), i, chance.number());
    }
    input.view = input.tensor.view();
    if (chance.below(2) == 0) input.fact.constant = &input.view;
  }
}

// Whether the operator was accepted.
bool try_one(const Op& op, std::vector<Input>& inputs) {
  std::vector<Fact> facts;
  std::vector<TensorView> views;
  bool runnable = true;
  for (const Input& input : inputs) {
    facts.push_back(input.fact);
    views.push_back(input.view);
    runnable &= input.fact.absent || small(input.fact.dims);
  }
  const auto outputs = op.infer(facts);
  if (!outputs.ok()) {
    CHECK(outputs.error().id().starts_with("op."));
    CHECK_FALSE(outputs.error().what().empty());
    return false;
  }
  CHECK_FALSE(outputs->empty());
  std::vector<Tensor> tensors;
  for (const Fact& fact : *outputs) {
    if (!runnable || !small(fact.dims)) return true;
    tensors.emplace_back(fact.dtype, *numbers(fact.dims));
  }
  std::vector<MutableTensorView> targets;
  for (Tensor& tensor : tensors) targets.push_back(tensor.view());
  const Cost cost = op.cost(facts, *outputs);
  CHECK(cost.flops >= 0);
  (void)op.evaluate(views, targets).ok();  // may refuse numbers, an index out of range; must not crash
  return true;
}

}  // namespace

TEST_CASE("no operator that a file can hold crashes its shape rule, its cost or its reference") {
  for (const std::string_view name : op_names()) {
    CAPTURE(name);
    Chance chance(7);
    for (int i = 0; i < 3000; ++i) {
      CAPTURE(i);
      const std::shared_ptr<Op> op = make_op_by_name(name);
      Spoiler spoiler(chance);
      op->visit(spoiler);
      std::vector<Input> inputs = inputs_for(chance);
      fill(inputs, chance);
      (void)try_one(*op, inputs);
    }
  }
}

TEST_CASE("no golden case with an attribute or a size spoiled crashes either") {
  Chance chance(11);
  std::size_t accepted = 0, refused = 0;
  for (const char* file : {"conv", "conv_transpose", "linear", "rnn", "spatial", "quantised_linear",
                           "quantised_elementwise", "quantised_functions", "quantised_hybrid",
                           "quantised_recurrent", "quantised_detection", "quantised_audio"})
    for (const golden::Case& c : golden::read_cases(VIVACE_TEST_DATA "/ops/" + std::string(file) + ".txt"))
      for (int i = 0; i < 12; ++i) {
        CAPTURE(c.name);
        const std::shared_ptr<Op> op = c.op->clone();
        Spoiler spoiler(chance, 4);
        op->visit(spoiler);
        std::vector<Input> inputs(c.inputs.size());
        const std::vector<Fact> facts = golden::facts_of(c);
        for (std::size_t k = 0; k < inputs.size(); ++k) {
          inputs[k].fact = facts[k];
          for (Dim& dim : inputs[k].fact.dims)
            if (chance.below(20) == 0) dim = Dim(chance.number());
        }
        fill(inputs, chance);
        (try_one(*op, inputs) ? accepted : refused) += 1;
      }
  CHECK(accepted > 500);
  CHECK(refused > 500);
}
