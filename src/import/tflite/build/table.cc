// Finding rules, and saying why there is none.
#include <array>

#include "base/text.h"
#include "import/tflite/build/constants.h"
#include "import/tflite/build/rule.h"

namespace vivace::tflite {
namespace {

constexpr std::size_t kCodes = static_cast<std::size_t>(Code::MAX) + 1;

std::array<const Rule*, kCodes> by_code() {
  std::array<const Rule*, kCodes> table{};
  for (const auto& family :
       {body_rules(), control_rules(), convolution_rules(), detection_rules(), elementwise_rules(),
        indexing_rules(), linear_rules(), movement_rules(), normalization_rules(), pooling_rules(),
        quantisation_rules(), recurrent_rules(), reduction_rules(), resizing_rules(), shaping_rules(),
        signal_rules(), slicing_rules()})
    for (const Rule& rule : family) table[static_cast<std::size_t>(rule.code)] = &rule;
  return table;
}

const std::array<const Rule*, kCodes>& table() {
  static const auto kTable = by_code();
  return kTable;
}

using Build = void (*)(Call&);

std::array<Build, kCodes> quantised_by_code() {
  std::array<Build, kCodes> table{};
  for (const auto& family : {quantised_elementwise_rules(), quantised_linear_rules(),
                             quantised_recurrent_rules(), quantised_whole_rules()})
    for (const QuantisedRule& rule : family) table[static_cast<std::size_t>(rule.code)] = rule.build;
  return table;
}

Build quantised_build(const Operator& op) {
  static const auto kTable = quantised_by_code();
  return kTable[static_cast<std::size_t>(op.code)];
}

constexpr std::int32_t kCustom = static_cast<std::int32_t>(Code::CUSTOM);

Build custom_build(const Operator& op) {
  for (const auto& family : {audio_rules(), custom_detection_rules(), flex_rules(), segmentation_rules()})
    for (const CustomRule& rule : family)
      if (rule.name == op.custom_name) return rule.build;
  return nullptr;
}

const TensorRecord* record(const Subgraph& graph, std::int32_t tensor) {
  return tensor < 0 ? nullptr : &graph.tensors[static_cast<std::size_t>(tensor)];
}

bool is_quantised_activation(const TensorRecord* tensor) {
  return tensor && !tensor->constant && tensor->quantisation.given() && bits_of(tensor->type) <= 16;
}

bool is_quantised(const Operator& op, const Subgraph& graph) {
  for (const auto tensors : {op.inputs, op.outputs})
    for (const std::int32_t number : tensors)
      if (is_quantised_activation(record(graph, number))) return true;
  return false;
}

struct Reason {
  Code code;
  std::string_view reason, fix;
};

constexpr std::string_view kDraw = "draw the numbers outside of the model, and give them to it as an input";
constexpr std::string_view kCount =
    "convert the model so that it ends before this operator, and finish outside";
constexpr Reason kReasons[] = {
    {Code::RANDOM_UNIFORM, "its numbers are random", kDraw},
    {Code::RANDOM_STANDARD_NORMAL, "its numbers are random", kDraw},
    {Code::MULTINOMIAL, "its numbers are random", kDraw},
    {Code::STABLEHLO_RNG_BIT_GENERATOR, "its numbers are random", kDraw},
    {Code::WHERE, "how many places it finds is known only when it runs", kCount},
    {Code::UNIQUE, "how many numbers it finds is known only when it runs", kCount},
    {Code::HASHTABLE, "it holds a table of words", "look the words up outside of the model"},
    {Code::HASHTABLE_FIND, "it holds a table of words", "look the words up outside of the model"},
    {Code::HASHTABLE_IMPORT, "it holds a table of words", "look the words up outside of the model"},
    {Code::HASHTABLE_SIZE, "it holds a table of words", "look the words up outside of the model"},
};

Refusal unknown_operator(const Operator& op) {
  for (const Reason& known : kReasons)
    if (static_cast<std::int32_t>(known.code) == op.code)
      return {std::string(known.reason), std::string(known.fix)};
  if (op.custom_name.starts_with("Flex"))
    return {"it is TensorFlow's own operator, which TensorFlow Lite carries along",
            "convert without SELECT_TF_OPS, or keep the Keras model: model.save(\"model.keras\")"};
  if (op.custom_name.starts_with("edgetpu") || op.custom_name.starts_with("ethos"))
    return {"it holds code for an accelerator",
            "use the file from before it was compiled for the accelerator"};
  if (op.code == kCustom)
    return {"the custom operator is not known", "convert the model with builtin operators only"};
  return {"the operator is not known", "keep the model in Keras's format: model.save(\"model.keras\")"};
}

}  // namespace

const Rule* find_rule(const Operator& op) {
  static constexpr Rule kAnyCustom{Code::CUSTOM, nullptr, OptionsKind::NONE, Quantised::computed};
  if (op.code == kCustom) return custom_build(op) ? &kAnyCustom : nullptr;
  return table()[static_cast<std::size_t>(op.code)];
}

void (*find_build(const Operator& op, const Subgraph& graph))(Call& call) {
  if (op.code == kCustom) return custom_build(op);
  const Rule* rule = find_rule(op);
  const Build quantised = quantised_build(op);
  return rule && quantised && is_quantised(op, graph) ? quantised : rule ? rule->build : nullptr;
}

std::size_t rule_count() {
  std::size_t count = 0;
  for (const Rule* rule : table()) count += rule != nullptr;
  return count;
}

Refusal refusal_of(const Operator& op, const Subgraph& graph) {
  const Rule* rule = find_rule(op);
  if (!rule) return unknown_operator(op);
  for (const auto tensors : {op.inputs, op.outputs})
    for (const std::int32_t number : tensors) {
      const TensorRecord* tensor = record(graph, number);
      if (!tensor) continue;
      if (rule->quantised == Quantised::refused && !quantised_build(op) && is_quantised_activation(tensor))
        return {text("its activations are quantised ({})", name_of(tensor->type)),
                "convert the model without full integer quantisation"};
      if (tensor->type == Type::string || tensor->type == Type::variant || tensor->type == Type::complex128)
        return {text("tensors of {} are not known", name_of(tensor->type)),
                "convert the model with numbers only"};
    }
  return {};
}

}  // namespace vivace::tflite
