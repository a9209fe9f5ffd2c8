// The table of operators: what each builtin operator means, one line an operator, one file a family.
#pragma once

#include <span>
#include <vector>

#include "import/tflite/build/call.h"

namespace vivace::tflite {

/// What a rule makes of quantised activations. `moved` ones stay as they are: the operator computes nothing.
enum class Quantised { refused, moved, computed };

/// How one operator is imported. `options` is the kind of its options table; an operator with another one is
/// tflite.options, one with none has the defaults.
struct Rule {
  Code code;
  void (*build)(Call& call);
  OptionsKind options = OptionsKind::NONE;
  Quantised quantised = Quantised::refused;
};

/// What an operator is instead where some of its activations are integers that stand for real numbers.
struct QuantisedRule {
  Code code;
  void (*build)(Call& call);
};

/// How a custom operator of this name is imported; it looks itself at the types of what it takes.
struct CustomRule {
  std::string_view name;
  void (*build)(Call& call);
};

/// nullptr for an operator without a rule; of a custom one that has a rule, one for all of them.
const Rule* find_rule(const Operator& op);
/// How the operator is built as it stands in its subgraph; nullptr where it is refused.
void (*find_build(const Operator& op, const Subgraph& graph))(Call& call);
std::size_t rule_count();

/// Why an operator cannot be imported: the reason and the way out; two empty texts where it can.
struct Refusal {
  std::string reason, fix;
};
Refusal refusal_of(const Operator& op, const Subgraph& graph);

// One function for each file in operators/.
std::span<const Rule> body_rules();
std::span<const Rule> control_rules();
std::span<const Rule> convolution_rules();
std::span<const Rule> detection_rules();
std::span<const Rule> elementwise_rules();
std::span<const Rule> indexing_rules();
std::span<const Rule> linear_rules();
std::span<const Rule> movement_rules();
std::span<const Rule> normalization_rules();
std::span<const Rule> pooling_rules();
std::span<const Rule> quantisation_rules();
std::span<const Rule> recurrent_rules();
std::span<const Rule> reduction_rules();
std::span<const Rule> resizing_rules();
std::span<const Rule> shaping_rules();
std::span<const Rule> signal_rules();
std::span<const Rule> slicing_rules();

// Of custom operators.
std::span<const CustomRule> audio_rules();
std::span<const CustomRule> custom_detection_rules();
std::span<const CustomRule> flex_rules();
std::span<const CustomRule> segmentation_rules();

// Likewise in operators/quantised/.
std::span<const QuantisedRule> quantised_elementwise_rules();
std::span<const QuantisedRule> quantised_linear_rules();
std::span<const QuantisedRule> quantised_recurrent_rules();
std::span<const QuantisedRule> quantised_whole_rules();

}  // namespace vivace::tflite
