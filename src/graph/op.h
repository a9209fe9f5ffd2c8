// The interface of an operator: what a node does. The operators themselves live in ops/, one file each.
#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "graph/attribute.h"
#include "graph/dim.h"
#include "vivace/result.h"

namespace vivace {

/// What a value in the graph can be. The numbers are part of the .viv format.
enum class ValueKind : std::uint8_t {
  tensor = 0,
  strings = 1,
  sequence = 2,
  optional = 3,
  table = 4,
  state = 5
};

/// real = scale * (stored - zero_point), along `axis` where there is more than one scale.
struct Quantisation {
  std::vector<double> scale;
  std::vector<std::int64_t> zero_point;
  std::int64_t axis = 0;
  friend bool operator==(const Quantisation&, const Quantisation&) = default;
};

/// What is known of a value before running. `constant` is set where the value itself is known; not for a
/// weight that is still to be computed.
struct Fact {
  ValueKind kind = ValueKind::tensor;
  DType dtype = DType::f32;
  Dims dims;
  const TensorView* constant = nullptr;
  bool absent = false;  // an optional input that the node leaves out

  static Fact tensor(DType dtype, Dims dims) { return {ValueKind::tensor, dtype, std::move(dims)}; }
};

/// What one run of an operator asks of the machine, for the planner and for the doctor.
struct Cost {
  double flops = 0;          // multiply and add count as two; exp and its kin as in kTranscendentalFlops
  double bytes_read = 0;     // inputs, each element once
  double bytes_written = 0;  // outputs
  double weight_bytes = 0;   // the part of bytes_read that is constant
};
inline constexpr double kTranscendentalFlops = 10;

/// An operator with its attributes; immutable once in a graph, shared freely between graphs and threads.
///
/// Shapes are inferred twice: with unknown sizes when the graph is built, and with numbers when a plan is
/// made. One rule serves both, because Dim's arithmetic does.
class Op {
 public:
  virtual ~Op() = default;

  /// The operator's stable name, snake_case: "conv", "max_pool". Part of the .viv format.
  virtual std::string_view name() const = 0;
  virtual void visit(AttributeVisitor& visitor) = 0;
  virtual std::shared_ptr<Op> clone() const = 0;
  /// The graphs that it runs: bodies of `if` and `while`; none of any other operator.
  virtual std::span<GraphPtr> bodies() { return {}; }

  /// The facts of its outputs. Errors (op.*) name the operator, the sizes that do not fit, and why.
  virtual Result<std::vector<Fact>> infer(std::span<const Fact> inputs) const = 0;
  /// Requires all sizes known.
  virtual Cost cost(std::span<const Fact> inputs, std::span<const Fact> outputs) const = 0;
  /// The scalar reference, accumulating in double: the oracle of every kernel and the debug mode's engine.
  /// Requires what infer() accepted; an absent input has data == nullptr.
  virtual Status evaluate(std::span<const TensorView> inputs,
                          std::span<const MutableTensorView> outputs) const = 0;
};

using OpPtr = std::shared_ptr<const Op>;

/// Visits an immutable operator with a visitor that only reads.
void visit(const Op& op, AttributeVisitor& visitor);
/// "conv strides=[2,2] padding=same"
std::string to_text(const Op& op);
/// Whether they do the same; bodies are the same where they are one graph.
bool same(const Op& a, const Op& b);

std::span<const GraphPtr> bodies_of(const Op& op);
/// The same operator with other bodies, as many and in the same order.
std::shared_ptr<Op> with_bodies(const Op& op, std::span<const GraphPtr> bodies);

}  // namespace vivace
