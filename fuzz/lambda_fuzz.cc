// Any text as the function of a Lambda layer: an import, or one error, and a graph that verifies.
#include <cstddef>
#include <cstdint>
#include <string>

#include "import/keras/keras.h"
#include "import/keras/weights/weight_source.h"

namespace {

constexpr const char* kModel =
    R"({"class_name":"Functional","config":{"name":"m","layers":[)"
    R"({"class_name":"InputLayer","config":{"batch_input_shape":[null,4,3],"dtype":"float32","name":"x"},)"
    R"("name":"x","inbound_nodes":[]},)"
    R"({"class_name":"Lambda","config":{"name":"y","trainable":true,"arguments":{"by":2}},"name":"y",)"
    R"("inbound_nodes":[[["x",0,0,{}]]]}],"input_layers":[["x",0,0]],"output_layers":[["y",0,0]]}})";

class NoWeights : public vivace::keras::WeightSource {
 public:
  vivace::Status bind(vivace::keras::Network&) const override { return {}; }
  vivace::Result<vivace::ConstantPtr> read(const std::string&) const override {
    return vivace::Error("import.weight-missing", "none");
  }
  std::string place(const std::string& path) const override { return path; }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  vivace::KerasOptions options;
  options.lambdas = {{"y", std::string(reinterpret_cast<const char*>(data), size)}};
  const auto imported = vivace::keras::import_config(kModel, "fuzz", "3.8.0", NoWeights(), options);
  if (imported.ok() && !vivace::verify(imported->graph).ok()) __builtin_trap();
  return 0;
}
