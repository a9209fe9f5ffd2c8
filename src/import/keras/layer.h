// A Keras model as its config tells it: networks of layers, each with the calls made of it and its weights.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "import/keras/config.h"

namespace vivace::keras {

struct LambdaFunction;
struct Rule;
struct Network;

/// One variable of a layer. `value` is set once it is in the graph: however often a layer is called, its
/// weights are there once.
struct Weight {
  std::string name;  // "kernel", "query_dense/bias"
  bool trainable = true;
  std::string path = {};               // of the dataset in the file; empty where the file holds none
  std::vector<std::string> more = {};  // further datasets that it is made of
  /// Makes it of `path` and `more`, where it is not simply the first of them.
  std::function<Result<ConstantPtr>(const std::vector<ConstantPtr>& parts)> assemble = {};
  ValueId value = kNoValue;
  ValueId unpacked = kNoValue, scale = kNoValue;  // what was made of a quantised one, once it is in the graph
};

/// One call of a layer.
struct Invocation {
  std::vector<Setting> positional;
  Setting named = Setting(Setting::Kind::map);
};

struct Layer {
  std::string class_name;
  std::string saved_class;  // how the file calls the class, where that is an older name
  std::string name;         // as Keras calls it
  std::string path;         // with the models around it: "encoder/dense_1"
  std::string attribute;    // of a layer inside a wrapper: "forward_layer"
  std::string group;        // of its weights in an archive: "layers/dense_1"
  const Rule* rule = nullptr;
  Config config;
  Setting build_shape;             // "build_config": the shape it was built for; list or none
  DType input_dtype = DType::f32;  // of an input that the config leaves out
  bool trainable = true;
  bool operation = false;          // a function as a node: no layer to Keras, so it does not count among them
  std::int64_t shared_object = 0;  // the same number: the same layer, in models within models; 0: alone
  int era = 0;                     // whose numbers it gives, where they are not those of the file's era
  std::shared_ptr<const LambdaFunction> function;  // of a Lambda layer: what a person says it computes
  bool autocast = true;  // whether floats that come in take the type of its policy: not into functions
  std::vector<Weight> weights;
  /// Of Keras's quantised and adapted layers the weights are told apart by name in .h5 files, and stand in
  /// the order of `weights` in .keras files.
  bool by_name = false;
  std::map<std::string, std::string, std::less<>> modes;  // how parts ("", "query_dense/") are quantised
  std::vector<Invocation> calls;
  std::vector<std::unique_ptr<Layer>> children;  // what a wrapper wraps
  std::unique_ptr<Network> network;              // what a nested model is

  Weight* weight(std::string_view weight_name);
  std::string mode(std::string_view part) const {
    const auto found = modes.find(part);
    return found == modes.end() ? std::string() : found->second;
  }
  Layer* child(std::string_view child_attribute);
};

/// The layers of a Sequential or Functional model, and which of their tensors go in and out.
struct Network {
  std::string name;
  bool sequential = false;
  std::vector<std::unique_ptr<Layer>> layers;
  Setting inputs, outputs;  // tensors, alone or in a list or map

  Layer* find(std::string_view layer_name) const;
};

}  // namespace vivace::keras
