// Functions that a person gives for Lambda layers: what is understood, and what a wrong one is told.
#include <doctest/doctest.h>

#include "import/keras/keras.h"
#include "import/keras/lambda/expression.h"
#include "import/keras/weights/weight_source.h"

namespace vivace {
namespace {

class NoWeights : public keras::WeightSource {
 public:
  Status bind(keras::Network&) const override { return {}; }
  Result<ConstantPtr> read(const std::string&) const override {
    return Error("import.weight-missing", "none");
  }
  std::string place(const std::string& path) const override { return path; }
};

// A model of an input x [batch,4,3] and a Lambda y.
constexpr const char* kModel =
    R"({"class_name":"Functional","config":{"name":"m","layers":[)"
    R"({"class_name":"InputLayer","config":{"batch_input_shape":[null,4,3],"dtype":"float32","name":"x"},)"
    R"("name":"x","inbound_nodes":[]},)"
    R"({"class_name":"Lambda","config":{"name":"y","trainable":true},"name":"y",)"
    R"("inbound_nodes":[[["x",0,0,{}]]]}],"input_layers":[["x",0,0]],"output_layers":[["y",0,0]]}})";

std::string outcome(const std::string& name, const std::string& function) {
  KerasOptions options;
  options.lambdas = {{name, function}};
  const auto imported = keras::import_config(kModel, "m.h5", "2.4.0", NoWeights(), options);
  if (!imported.ok()) return "error[" + std::string(imported.error().id()) + "]: " + imported.error().what();
  const Graph& graph = imported->graph;
  return to_text(graph.value(graph.outputs()[0]).dims, graph.symbols());
}

}  // namespace

TEST_CASE("a Lambda's function gives a tensor of the shape that Python's would") {
  CHECK(outcome("y", "x / 127.5 - 1.0") == "[batch,4,3]");
  CHECK(outcome("y", "lambda t: t[:, 1:-1, ::2]") == "[batch,2,2]");
  CHECK(outcome("y", "mean(x, axis=(1, 2))") == "[batch]");
  CHECK(outcome("y", "concatenate([x, -x], axis=-1)[..., None]") == "[batch,4,6,1]");
}

TEST_CASE("a wrong function for a Lambda is told what is wrong with it") {
  struct Wrong {
    const char *name, *function, *error;
  };
  const Wrong cases[] = {
      {"z", "x", "error[import.lambda-map]: there is no Lambda layer \"z\", did you mean \"y\"?"},
      {"y", "x +", "error[import.lambda-map]: a Lambda's function has its end where a value is wanted: x +"},
      {"y", "(x",
       "error[import.lambda-map]: a Lambda's function has its end where \",\" or \")\" is wanted: (x"},
      {"y", "0 < x < 1",
       "error[import.lambda-map]: a Lambda's function has \"1\" where one comparison at a time is wanted: 0 "
       "< x < "
       "1"},
      {"y", "y * 2",
       "error[import.lambda-map]: the function given for the Lambda \"y\" cannot be computed: there is no "
       "\"y\"; the "
       "input is called x"},
      {"y", "reluu(x)",
       "error[import.lambda-map]: the function given for the Lambda \"y\" cannot be computed: the function "
       "reluu is "
       "not known, did you mean \"relu\"?"},
      {"y", "x / (1 / 0)",
       "error[import.lambda-map]: the function given for the Lambda \"y\" cannot be computed: a "
       "Lambda's function asks for 1 / 0, which is no number"},
      {"y", "3", "error[import.lambda-map]: the function given for the Lambda \"y\" gives 3, not a tensor"},
      {"y", "x & 1",
       "error[import.lambda-map]: the function given for the Lambda \"y\" cannot be computed: \"&\" of "
       "what is neither true nor false"},
  };
  for (const Wrong& wrong : cases) {
    CAPTURE(wrong.function);
    CHECK(outcome(wrong.name, wrong.function) == wrong.error);
  }
}

TEST_CASE("no function nests deeper than its reader bears") {
  for (const char* part : {"(", "[", "-", "x[", "relu(", "2**"}) {
    std::string deep;
    while (deep.size() < 1000) deep += part;
    CHECK(keras::parse_function(deep).error().id() == "import.lambda-map");
  }
  std::string chain = "x";
  while (chain.size() < 1000) chain += "+x";
  CHECK(keras::parse_function(chain).ok());
  CHECK(!keras::parse_function(std::string(5000, 'x')).ok());
}

}  // namespace vivace
