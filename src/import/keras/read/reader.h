// From the JSON of a Keras config to networks of layers: every era's way of writing them.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "formats/json/json.h"
#include "import/imported.h"
#include "import/keras/layer.h"

namespace vivace::keras {

/// A Lambda layer's name, and the function that a person gives for it.
using LambdaTexts = std::vector<std::pair<std::string, std::string>>;

/// JSON as settings. The reader of JSON has bounded its depth.
Setting setting_of(const JsonValue& json);

/// A config's model, and everything in it that cannot be imported. The network points into `root` and
/// `trouble`, which must outlive it.
struct Reading {
  std::unique_ptr<Network> network;
  std::vector<Unsupported> unsupported;
  std::vector<std::string> warnings;             // what a person should know about what was read
  std::vector<std::unique_ptr<Setting>> copies;  // configs that Keras derives from others
};

/// Reads {"class_name": "Sequential" | "Functional" | "Model", "config": ...}. Errors: import.config,
/// import.not-a-model, import.depth, import.lambda-map. `lambdas` says what Lambda layers compute, by name.
Result<Reading> read_model(const Setting& root, Trouble& trouble, const LambdaTexts& lambdas);

/// Turns the arguments of one inbound node, as Keras 2 or Keras 3 writes it, into an invocation.
Invocation read_invocation(const Setting& node);
/// The tensors of "input_layers" and "output_layers".
Setting read_references(const Setting& list);

/// Fills layer.weights with what its rule promises, in Keras's order of making them, and layer.modes with how
/// its parts are quantised.
void declare_weights(Layer& layer);
/// The same for one part ("query_dense/") that the file turns out to hold quantised.
void requantise(Layer& layer, const std::string& part, const std::string& mode);

/// Makes the steps of a Sequential model call each other in order, behind an input of the right shape.
Status chain(Network& network, const Setting& config, Trouble& trouble);

/// "GlobalAveragePooling1D" -> "global_average_pooling1d": how Keras names what has no name.
std::string snake_case(std::string_view class_name);

}  // namespace vivace::keras
