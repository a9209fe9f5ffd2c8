// The interface of a processor: which kernel an operator gets, how its weights lie, and the step that runs
// it.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "plan/step.h"

namespace vivace {

/// An input or output of a node while a plan is made: sizes are numbers now.
struct Operand {
  DType dtype = DType::f32;
  Shape dims;
  const TensorView* constant = nullptr;  // its value, where known; null data while only the shape matters
  ValueId value = kNoValue;
  bool absent = false;
  Address address;                    // set before emit()
  const std::byte* packed = nullptr;  // set before emit(), if the choice asked for this input to be packed
  std::int64_t place_step = 0;        // elements from one run of the last axis to the next; 0: they lie close

  std::int64_t count() const { return count_of(dims); }
  std::size_t step() const { return static_cast<std::size_t>(place_step != 0 ? place_step : dims.back()); }
};

struct NodeView {
  const Node& node;
  std::span<const Operand> inputs;  // absent ones included; trailing absent inputs may be missing
  std::span<const Operand> outputs;

  const Op& op() const { return *node.op; }
  template <class T>
  const T& as() const {
    return static_cast<const T&>(*node.op);
  }
  bool has(std::size_t input) const { return input < inputs.size() && !inputs[input].absent; }
};

/// A target's decision for one node. Depends on the operator and its per-sample sizes only: never on batch,
/// thread count or a clock, so that plans are deterministic and results do not change with them.
struct Choice {
  struct Packing {
    std::size_t input;
    std::string layout;  // names the arrangement in the pool and in a .viv file: "panel16"
  };
  std::string_view algorithm;           // for people and for emit(): "gemm", "depthwise", "reference"
  std::vector<Packing> packings;        // constant inputs to be rearranged once
  std::optional<std::size_t> in_place;  // this input's memory may become output 0, if nobody reads it later
  std::optional<Lines> lines;           // set where the step's work will be a LineWork
  bool stepped = false;  // input 0 and output 0 may have a place_step: parts of a larger tensor's last axis
};

/// What a step does with user options that change numbers.
struct NumericOptions {
  bool strict = false;  // no Winograd, no reassociation
  bool small = false;   // no weights larger than the model's own: no Winograd
  friend bool operator==(const NumericOptions&, const NumericOptions&) = default;
};

class Target {
 public:
  virtual ~Target() = default;
  virtual std::string_view name() const = 0;  // "cpu-avx512"
  /// The memory close to a core, in bytes: what is larger is worth making and using piece by piece. 0: none.
  virtual std::size_t near_bytes() const { return 0; }

  virtual Choice choose(const NodeView& node, const NumericOptions& numerics) const = 0;
  /// How many bytes pack() gives: what a file claims to have packed is compared with it.
  virtual std::size_t packed_bytes(const NodeView& node, const Choice::Packing& packing) const = 0;
  /// Fills `into`, packed_bytes() zeros, with a constant input in a layout that choose() asked for.
  virtual Status pack(const NodeView& node, const Choice::Packing& packing, std::byte* into) const = 0;
  /// The step. Every operand's address (and packed pointer) is set.
  virtual Result<Step> emit(const NodeView& node, const Choice& choice) const = 0;
};

}  // namespace vivace
