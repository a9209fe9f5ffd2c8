// The table of layers: what each class of Keras means, one line a class, one file a family.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "import/keras/build/call.h"

namespace vivace::keras {

/// What happens to a mask that arrives with a layer's input, unless the recipe says otherwise.
enum class Masks { drop, pass, pass_in_keras3 };

/// How one class of layer is imported. `variables` lists its weights in the order in which Keras makes them,
/// separated by blanks: "kernel bias?use_bias moving_mean!". A name with a slash belongs to a part of the
/// layer ("cell/kernel"); `?key` means only where config[key] is true or missing, `?+key` only where it is
/// there and true, `?-key` there and false, `?~key` missing or false, `?!key` only where it is missing or
/// null, `?key=text` and `?key!=text` by what it says, `?a&b` both; `!` marks what training never changes. A
/// variable of which only Keras 3 knows reads "3:name".
struct Rule {
  std::string_view class_name;
  void (*build)(Call& call);
  std::string_view variables = {};
  Masks masks = Masks::drop;
  /// Why a layer with this config cannot be imported, or "".
  std::string_view (*refusal)(const Config& config) = nullptr;
};

/// The rule of a layer class or of an operation, or nullptr. Operations are called "Add", TensorFlow's
/// functions "tf.math.add".
const Rule* find_layer_rule(std::string_view class_name);
const Rule* find_operation_rule(std::string_view class_name);
const Rule* find_function_rule(std::string_view function);
/// The same for a function that is given complex numbers.
const Rule* find_complex_rule(std::string_view function);

/// The operation that keras.ops calls "leaky_relu", or nullptr.
const Rule* find_operation_by_function(std::string_view function);

/// For "did you mean".
std::vector<std::span<const Rule>> layer_families();
std::vector<std::span<const Rule>> operation_families();

// One function for each file in layers/.
std::span<const Rule> activation_rules();
std::span<const Rule> attention_rules();
std::span<const Rule> bare_attention_rules();
std::span<const Rule> binning_rules();
std::span<const Rule> conv_lstm_rules();
std::span<const Rule> audio_rules();
std::span<const Rule> augmentation_rules();
std::span<const Rule> conv_rules();
std::span<const Rule> core_rules();
std::span<const Rule> einsum_dense_rules();
std::span<const Rule> hashing_rules();
std::span<const Rule> locally_connected_rules();
std::span<const Rule> lookup_rules();
std::span<const Rule> lambda_rules();
std::span<const Rule> legacy_rules();
std::span<const Rule> merging_rules();
std::span<const Rule> normalization_rules();
std::span<const Rule> picture_rules();
std::span<const Rule> pooling_rules();
std::span<const Rule> preprocessing_rules();
std::span<const Rule> regularization_rules();
std::span<const Rule> reshaping_rules();
std::span<const Rule> rnn_rules();
std::span<const Rule> wrapper_rules();

}  // namespace vivace::keras
