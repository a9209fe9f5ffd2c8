// Operations as nodes with arguments such as a damaged or hostile file holds: one error, which names the node
// and what stands there; and nothing large is made on the way.
#include <doctest/doctest.h>

#include "import/keras/keras.h"
#include "import/keras/weights/weight_source.h"

namespace vivace {
namespace {

class NoWeights : public keras::WeightSource {
 public:
  Status bind(keras::Network&) const override { return {}; }
  Result<ConstantPtr> read(const std::string&) const override {
    return Constant::own(Tensor(DType::f32, {1}));
  }
  std::string place(const std::string& path) const override { return path; }
};

// What becomes of one operation on an input x [2, 3, 4] of float32. `more` are arguments after x.
std::string outcome(const std::string& op, const std::string& config, const std::string& more = "") {
  const std::string tensor =
      R"({"class_name":"__keras_tensor__","config":{"shape":[2,3,4],"dtype":"float32","keras_history":["x",0,0]}})";
  const std::string first = op == "Hstack" || op == "Stack" ? "[" + tensor + "]" : tensor;
  const std::string json =
      R"({"class_name":"Functional","config":{"name":"m","layers":[{"module":"keras.layers","class_name":"InputLayer",)"
      R"("config":{"batch_shape":[2,3,4],"dtype":"float32","name":"x"},"name":"x","inbound_nodes":[]},)"
      R"({"module":"keras.src.ops.numpy","class_name":")" +
      op + R"(","config":{"name":"y")" + (config.empty() ? "" : "," + config) +
      R"(},"name":"y","inbound_nodes":[{"args":[)" + first + (more.empty() ? "" : "," + more) +
      R"(],"kwargs":{}}]}],"input_layers":[["x",0,0]],"output_layers":[["y",0,0]]}})";
  const auto imported = keras::import_config(json, "m.keras:config.json", "3.15.0", NoWeights());
  return imported.ok() ? "no error" : to_text(imported.error());
}

struct Bad {
  const char* op;
  const char* config;
  const char* more;
  const char* says;  // a part of the error
};

}  // namespace

TEST_CASE("an operation with an argument that makes no sense is refused, and the error shows it") {
  const Bad cases[] = {
      {"Sum", R"("axis":7)", "", "layer \"y\" has axis 7, its input has 3 axes"},
      {"Sort", R"("axis":-4)", "", "layer \"y\" has axis -4, its input has 3 axes"},
      {"Repeat", R"("repeats":-2,"axis":1)", "", "repeats=-2"},
      {"Repeat", R"("repeats":[1,2],"axis":1)", "", "repeats"},
      {"Repeat", R"("repeats":1099511627776,"axis":1)", "", "repeats=1099511627776"},
      {"Repeat", R"("repeats":[1000000000,1000000000,1000000000],"axis":1)", "", "import.limit"},
      {"Tile", R"("repeats":[-1])", "", "repeats"},
      {"Pad", R"("pad_width":[[0,0],[0,0],[-1,0]],"mode":"constant")", "", "pad_width"},
      {"Pad", R"("pad_width":[[0,0],[0,0]],"mode":"constant")", "", "two sizes an axis"},
      {"Pad", R"("pad_width":[[0,0],[0,0],[1,1]],"mode":"wrap")", "", "padding mode wrap"},
      {"Pad", R"("pad_width":[[0,0],[0,0],[9,9]],"mode":"reflect")", "", "too short"},
      {"Roll", R"("shift":[1,2],"axis":1)", "", "shift=[1,2]"},
      {"Einsum", R"("subscripts":"ab?c->ac")", "", "equation \"ab?c->ac\" cannot be read"},
      {"Einsum", R"("subscripts":"ab->a")", "", "does not fit an input of 3 axes"},
      {"Einsum", R"("subscripts":"abc->abx")", "", "is in no input"},
      {"Reshape", R"("newshape":[-1,-1])", "", "error[op."},
      {"Reshape", R"("newshape":[5,5])", "", "error[op."},
      {"Split", R"("indices_or_sections":0,"axis":1)", "", "error["},
      {"ArraySplit", R"("indices_or_sections":-3,"axis":1)", "", "indices_or_sections=-3"},
      {"Diff", R"("n":1000000000,"axis":-1)", "", "n=1000000000"},
      {"Quantile", R"("axis":1,"method":"linear")", "1.5", "a part of the whole"},
      {"Percentile", R"("axis":1,"method":"best")", "50.0", "method"},
      {"Histogram", R"("bins":1099511627776)", "", "bins=1099511627776"},
      {"Linspace", R"("num":1099511627776)", "1.0", "import.limit"},
      {"Vander", R"("N":1099511627776)", "", "needs an input of 1 axes"},
      {"Diagflat", R"("k":1099511627776)", "", "k=1099511627776"},
      {"Moveaxis", R"("source":[0,1],"destination":[2])", "", "source=[0,1]"},
      {"Norm", R"("ord":"best","axis":1)", "", "a norm of order \"best\""},
      {"SegmentSum", R"("num_segments":-1,"sorted":false)",
       R"({"class_name":"__numpy__","config":{"value":[0,1],"dtype":"int32"}})", "num_segments=-1"},
      {"TakeAlongAxis", R"("axis":5)", "[0]", "axis 5"},
      {"Add", "", "[[1,2],[3]]", "it is called with"},
      {"Add", "", "[1,2,3]", "error[op.shape]"},
      {"Conv", R"("strides":0,"padding":"same")",
       R"({"class_name":"__numpy__","config":{"value":[[[1.0]]],"dtype":"float32"}})", "strides"},
      {"Conv", R"("strides":1,"padding":"some")",
       R"({"class_name":"__numpy__","config":{"value":[[[1.0]]],"dtype":"float32"}})", "padding"},
      {"Unfold", R"("kernel_size":9999999)", "", "needs an input of 4 axes"},
      {"Nonzero", "", "", "depends on the numbers that it gets"},
      {"Map", "", "", "code in a model is never run"},
      {"Slice", R"("shape":[2,3,9])", "[0,0,0]", "shape"},
      {"SliceUpdate", "", R"([0,0,0],[[[1.0,2.0,3.0,4.0,5.0]]])", "start_indices"},
  };
  for (const Bad& bad : cases) {
    CAPTURE(bad.op);
    CAPTURE(bad.config);
    const std::string said = outcome(bad.op, bad.config, bad.more);
    CHECK_MESSAGE(said.find(bad.says) != std::string::npos, said);
    CHECK_MESSAGE(said.find("error[") == 0, said);
  }
}

TEST_CASE("operations that only look like refused ones run") {
  CHECK(outcome("Sum", R"("axis":1,"keepdims":true)") == "no error");
  CHECK(outcome("Pad", R"("pad_width":[[0,0],[1,1],[2,2]],"mode":"symmetric")") == "no error");
  CHECK(outcome("Repeat", R"("repeats":[0,2,1],"axis":1)") == "no error");
  CHECK(outcome("Quantile", R"("axis":1,"method":"linear","keepdims":false)", "[0.25,0.5]") == "no error");
}

}  // namespace vivace
