// An operator for the graph's own tests, which know none of ops/: it adds what it is given.
#pragma once

#include "graph/patch.h"

namespace vivace::testing {

/// y = the first input's type and sizes, once for each of `outputs`; evaluate is never asked.
struct Probe : Op {
  std::int64_t tag = 0, outputs = 1;
  explicit Probe(std::int64_t t = 0, std::int64_t o = 1) : tag(t), outputs(o) {}

  std::string_view name() const override { return "probe"; }
  void visit(AttributeVisitor& visitor) override { visitor("tag", tag); }
  std::shared_ptr<Op> clone() const override { return std::make_shared<Probe>(*this); }
  Result<std::vector<Fact>> infer(std::span<const Fact> inputs) const override {
    if (inputs.empty() || inputs[0].absent) return Error("op.inputs", "probe: nothing to read");
    return std::vector<Fact>(static_cast<std::size_t>(outputs),
                             Fact::tensor(inputs[0].dtype, inputs[0].dims));
  }
  Cost cost(std::span<const Fact>, std::span<const Fact>) const override { return {}; }
  Status evaluate(std::span<const TensorView>, std::span<const MutableTensorView>) const override {
    return Error("op.value", "probe: has no numbers");
  }
};

inline OpPtr probe(std::int64_t tag = 0, std::int64_t outputs = 1) {
  return std::make_shared<Probe>(tag, outputs);
}

}  // namespace vivace::testing
