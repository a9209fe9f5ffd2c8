// Keras's activation functions, by name, by object and by era.
#pragma once

#include "import/keras/build/call.h"

namespace vivace::keras {

/// An activation as the engine knows it: a function of each element, one of the few that look at a whole
/// axis, or a layer with a config of its own (which lives as long as the model's).
struct Activated {
  enum class Kind { elementwise, softmax, log_softmax, glu, sparsemax, layer };
  Kind kind = Kind::elementwise;
  Activation function;
  std::string_view class_name;
  Config config;
};

/// What a config's "activation" means; none where it is null. import.unsupported for a function that Keras
/// does not have.
Activated activation_of(Call& call, const Setting* setting);
/// For operators that take an element-wise function as attribute, such as Rnn.
Activation elementwise_activation(Call& call, std::string_view key, std::string_view otherwise);
ValueId apply(Call& call, const Activated& activation, ValueId x, std::string_view step);
/// LeakyReLU's slope under its two names; 0.3 where neither is given.
double leaky_slope(const Config& config);
/// x through an activation layer without weights: ReLU, LeakyReLU, ELU, ThresholdedReLU, Softmax; kNoValue
/// for any other class.
ValueId through_layer(Call& call, std::string_view class_name, const Config& config, ValueId x,
                      std::string_view step);
/// Whether Keras knows a function of this name.
bool is_activation(std::string_view name);

}  // namespace vivace::keras
