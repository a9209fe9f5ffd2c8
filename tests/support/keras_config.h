// Keras configs written in a test, imported with weights of one shape for every layer.
#pragma once

#include <string>

#include "base/text.h"
#include "import/keras/keras.h"
#include "import/keras/layer.h"
#include "import/keras/weights/weight_source.h"

namespace vivace::test {

// Weights of one shape for every layer, so that a config alone decides what happens.
class Weights : public keras::WeightSource {
 public:
  explicit Weights(Shape dims = {1}, bool there = true, DType type = DType::f32)
      : dims_(std::move(dims)), there_(there), type_(type) {}
  Status bind(keras::Network& network) const override {
    for (const auto& layer : network.layers)
      for (keras::Weight& weight : layer->weights)
        if (there_) weight.path = layer->name + "/" + weight.name;
    return {};
  }
  Result<ConstantPtr> read(const std::string&) const override { return Constant::own(Tensor(type_, dims_)); }
  std::string place(const std::string& path) const override {
    return "vgg.h5" + (path.empty() ? "" : ":/" + path);
  }

 private:
  Shape dims_;
  bool there_;
  DType type_;
};

inline std::string outcome(const std::string& json, const Weights& weights = Weights(),
                           const std::string& version = "2.4.0") {
  const auto imported = keras::import_config(json, "m.h5:model_config", version, weights);
  return imported.ok() ? "no error" : to_text(imported.error());
}

// An input "x" of these sizes.
inline std::string input_of(const std::string& shape) {
  return R"({"class_name":"InputLayer","config":{"batch_input_shape":)" + shape +
         R"(,"dtype":"float32","name":"x"},"name":"x","inbound_nodes":[]})";
}
inline const std::string kInput = input_of("[null,4]");

// A functional model of an input "x" and these further layers.
inline std::string functional(const std::string& layers, const std::string& output = "y",
                              const std::string& input = kInput) {
  return std::string(R"({"class_name":"Functional","config":{"name":"m","layers":[)") + input + "," + layers +
         R"(],"input_layers":[["x",0,0]],"output_layers":[[")" + output + R"(",0,0]]}})";
}

inline std::string layer(const std::string& class_name, const std::string& name, const std::string& config,
                         const std::string& from) {
  return R"({"class_name":")" + class_name + R"(","config":{"name":")" + name + R"(","trainable":true)" +
         (config.empty() ? "" : "," + config) + R"(},"name":")" + name + R"(","inbound_nodes":[[[")" + from +
         R"(",0,0,{}]]]})";
}

}  // namespace vivace::test
