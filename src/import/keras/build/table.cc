// The table of all layers and operations, put together from the families' own.
#include <cctype>

#include "import/keras/operations/families.h"

namespace vivace::keras {
namespace {

const Rule* find_in(std::span<const Rule> rules, std::string_view name) {
  for (const Rule& rule : rules)
    if (rule.class_name == name) return &rule;
  return nullptr;
}

// "LeakyRelu" is leaky_relu(), "Log10" is log10().
bool is_function_of(std::string_view class_name, std::string_view function) {
  std::size_t at = 0;
  for (const char c : function) {
    if (std::isupper(static_cast<unsigned char>(c))) return false;
    if (c == '_') continue;
    if (at == class_name.size() || std::tolower(static_cast<unsigned char>(class_name[at++])) != c)
      return false;
  }
  return at == class_name.size() && at > 0;
}

}  // namespace

std::vector<std::span<const Rule>> layer_families() {
  return {core_rules(),           einsum_dense_rules(),  conv_rules(),           locally_connected_rules(),
          pooling_rules(),        normalization_rules(), merging_rules(),        reshaping_rules(),
          activation_rules(),     rnn_rules(),           wrapper_rules(),        attention_rules(),
          bare_attention_rules(), preprocessing_rules(), regularization_rules(), picture_rules(),
          augmentation_rules(),   audio_rules(),         binning_rules(),        hashing_rules(),
          lookup_rules(),         conv_lstm_rules(),     node_rules(),           lambda_rules(),
          legacy_rules()};
}

const Rule* find_layer_rule(std::string_view class_name) {
  for (const auto family : layer_families())
    if (const Rule* rule = find_in(family, class_name)) return rule;
  return nullptr;
}

std::vector<std::span<const Rule>> operation_families() {
  return {elementwise_operations(), shape_operations(),   math_operations(),
          numeric_operations(),     reductions(),         sorting_operations(),
          matrix_operations(),      joining_operations(), bit_operations(),
          indexing_operations(),    window_operations(),  network_operations(),
          linalg_operations(),      picture_operations(), colour_operations(),
          warp_operations(),        signal_operations(),  refused_operations()};
}

const Rule* find_operation_rule(std::string_view class_name) {
  for (const auto family : operation_families())
    if (const Rule* rule = find_in(family, class_name)) return rule;
  return nullptr;
}

const Rule* find_operation_by_function(std::string_view function) {
  for (const auto family : operation_families())
    for (const Rule& rule : family)
      if (is_function_of(rule.class_name, function)) return &rule;
  return nullptr;
}

const Rule* find_function_rule(std::string_view function) {
  for (const auto family :
       {function_rules(), tensorflow_operations(), math_functions(), image_functions(), reduction_functions(),
        sorting_functions(), matrix_functions(), joining_functions(), bit_functions(), indexing_functions(),
        window_functions(), network_functions(), linalg_functions(), picture_functions(), colour_functions(),
        complex_sources(), refused_functions()})
    if (const Rule* rule = find_in(family, function)) return rule;
  return nullptr;
}

const Rule* find_complex_rule(std::string_view function) { return find_in(complex_functions(), function); }

}  // namespace vivace::keras
