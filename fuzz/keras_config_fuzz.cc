// Any text as a Keras config, with every weight a single zero: an import, or one error, and a graph that
// verifies.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "import/keras/keras.h"
#include "import/keras/weights/weight_source.h"

namespace {

// Every weight is there and empty: layers with weights end in import.weight-shape, all others go on.
class NoWeights : public vivace::keras::WeightSource {
 public:
  vivace::Status bind(vivace::keras::Network& network) const override {
    for (const auto& layer : network.layers) give(*layer);
    return {};
  }
  vivace::Result<vivace::ConstantPtr> read(const std::string&) const override {
    return vivace::Constant::own(vivace::Tensor(vivace::DType::f32, {1}));
  }
  std::string place(const std::string& path) const override { return "weights:" + path; }

 private:
  static void give(vivace::keras::Layer& layer) {
    for (vivace::keras::Weight& weight : layer.weights) weight.path = weight.name;
    for (const auto& child : layer.children) give(*child);
    if (layer.network)
      for (const auto& inner : layer.network->layers) give(*inner);
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view json(reinterpret_cast<const char*>(data), size);
  const auto imported = vivace::keras::import_config(json, "fuzz", size % 2 ? "2.4.0" : "3.8.0", NoWeights());
  if (imported.ok() && !vivace::verify(imported->graph).ok()) __builtin_trap();
  return 0;
}
