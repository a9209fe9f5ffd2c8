// Recurrent layers whose config or call cannot be: each gives one error that names the layer.
#include <doctest/doctest.h>

#include <map>

#include "base/text.h"
#include "import/keras/keras.h"
#include "import/keras/weights/weight_source.h"

namespace vivace {
namespace {

// Zeros of these shapes by the end of a weight's name, for every layer and every part of one.
class Weights : public keras::WeightSource {
 public:
  explicit Weights(std::map<std::string, Shape> dims) : dims_(std::move(dims)) {}
  Status bind(keras::Network& network) const override {
    for (const auto& layer : network.layers) bind_layer(*layer);
    return {};
  }
  Result<ConstantPtr> read(const std::string& path) const override {
    for (const auto& [name, dims] : dims_)
      if (path.ends_with("/" + name)) return Constant::own(Tensor(DType::f32, dims));
    return Error("test.weight", path);
  }
  std::string place(const std::string& path) const override { return "m.h5:/" + path; }

 private:
  static void bind_layer(keras::Layer& layer) {
    for (keras::Weight& weight : layer.weights) weight.path = layer.path + "/" + weight.name;
    for (const auto& child : layer.children) bind_layer(*child);
  }
  std::map<std::string, Shape> dims_;
};

// Of an LSTM of 2 units over 3 features.
const Weights kLstm({{"kernel", {3, 8}}, {"recurrent_kernel", {2, 8}}, {"bias", {8}}});
const Weights kGru({{"kernel", {3, 6}}, {"recurrent_kernel", {2, 6}}});
// Of a ConvLSTM2D of 2 filters and a kernel of 3 by 3 over 1 channel.
const Weights kConvLstm({{"kernel", {3, 3, 1, 8}}, {"recurrent_kernel", {3, 3, 2, 8}}, {"bias", {8}}});

// A model of one layer "y" on inputs of these shapes, called with `call` as its inbound node.
std::string model(const std::string& class_name, const std::string& config,
                  const std::vector<std::string>& shapes = {"[null,5,3]"},
                  const std::string& call = R"([["x0",0,0,{}]])") {
  std::string layers, inputs;
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    layers += text(
        R"({{"class_name":"InputLayer","config":{{"batch_input_shape":{},"dtype":"float32","name":"x{}"}},)"
        R"("name":"x{}","inbound_nodes":[]}},)",
        shapes[i], i, i);
    inputs += text(R"({}["x{}",0,0])", i ? "," : "", i);
  }
  return text(R"({{"class_name":"Functional","config":{{"name":"m","layers":[{}{{"class_name":"{}","config":)"
              R"({{"name":"y","trainable":true{}{}}},"name":"y","inbound_nodes":[{}]}}],)"
              R"("input_layers":[{}],"output_layers":[["y",0,0]]}}}})",
              layers, class_name, config.empty() ? "" : ",", config, call, inputs);
}

struct Wrong {
  const char* what;
  std::string json;
  const char* id;
  const char* phrase;
  const Weights* weights = &kLstm;
};

void check(const std::vector<Wrong>& cases) {
  for (const Wrong& wrong : cases) {
    const std::string what = wrong.what;
    CAPTURE(what);
    const auto imported = keras::import_config(wrong.json, "m.h5:model_config", "2.4.0", *wrong.weights);
    const std::string outcome = imported.ok() ? "no error" : to_text(imported.error());
    CAPTURE(outcome);
    CHECK(outcome.find(text("error[{}]", wrong.id)) == 0);
    CHECK(outcome.find(wrong.phrase) != std::string::npos);
  }
}

std::string cells(const std::string& list) {
  return R"("cell":{"class_name":"StackedRNNCells","config":{"name":"cells","cells":[)" + list + "]}}";
}

const char* const kLstmLayer =
    R"({"class_name":"LSTM","config":{"name":"l","units":2,"return_sequences":true}})";

std::string bidirectional(const std::string& more, const std::string& layer = kLstmLayer) {
  return R"("layer":)" + layer + "," + more;
}

// Stacked cells within stacked cells.
std::string nested_cells(int depth) {
  std::string inner = R"({"class_name":"LSTMCell","config":{"name":"c","units":2}})";
  for (int i = 0; i < depth; ++i)
    inner = R"({"class_name":"StackedRNNCells","config":{"name":"s","cells":[)" + inner + "]}}";
  return R"("cell":)" + inner;
}

// TimeDistributed within TimeDistributed.
std::string nested_wrappers(int depth) {
  std::string inner = R"({"class_name":"Dense","config":{"name":"d","units":2}})";
  for (int i = 0; i < depth; ++i)
    inner = R"({"class_name":"TimeDistributed","config":{"name":"t","layer":)" + inner + "}}";
  return R"("layer":)" + inner;
}

const std::vector<std::string> kVideo = {"[null,4,6,6,1]"};

}  // namespace

TEST_CASE("the recurrent layers of these tests are sound before they are broken") {
  for (const std::string& json :
       {model("LSTM", R"("units":2)"), model("Bidirectional", bidirectional(R"("merge_mode":"sum")")),
        model("RNN", nested_cells(3)),
        model("LSTM", R"("units":2)", {"[null,5,3]", "[null,2]", "[null,2]"},
              R"([["x0",0,0,{}],["x1",0,0,{}],["x2",0,0,{}]])")}) {
    const auto imported = keras::import_config(json, "m.h5", "2.4.0", kLstm);
    CHECK_MESSAGE(imported.ok(), (imported.ok() ? "" : to_text(imported.error())));
  }
  const auto video = keras::import_config(model("ConvLSTM2D", R"("filters":2,"kernel_size":[3,3])", kVideo),
                                          "m.h5", "2.4.0", kConvLstm);
  CHECK_MESSAGE(video.ok(), (video.ok() ? "" : to_text(video.error())));
}

TEST_CASE("recurrent layers of impossible sizes, functions or states are refused") {
  const std::vector<std::string> with_state = {"[null,5,3]", "[null,2]"};
  const std::string one_state = R"([["x0",0,0,{}],["x1",0,0,{}]])";
  check({
      {"no units", model("LSTM", R"("units":0)"), "import.config", "layer \"y\" has units=0"},
      {"negative units", model("GRU", R"("units":-2)"), "import.config", "layer \"y\" has units=-2"},
      {"huge units", model("LSTM", R"("units":1e300)"), "import.config", "units"},
      {"many units", model("LSTM", R"("units":2000000000)"), "import.weight-shape", "[3,8000000000]"},
      {"other units", model("LSTM", R"("units":3)"), "import.weight-shape", "[3,12]"},
      {"units of text", model("SimpleRNN", R"("units":"2")"), "import.config", "units"},
      {"an unknown activation", model("LSTM", R"("units":2,"activation":"tanhh")"), "import.unsupported",
       "tanhh"},
      {"a flag of text", model("LSTM", R"("units":2,"return_sequences":"yes")"), "import.config",
       "return_sequences"},
      {"too few axes", model("LSTM", R"("units":2)", {"[null,3]"}), "import.rank",
       "\"y\" needs an input of 3 axes"},
      {"unknown features", model("LSTM", R"("units":2)", {"[null,5,null]"}), "import.unknown-size", "\"y\""},
      {"one state of two", model("LSTM", R"("units":2)", with_state, one_state), "import.config",
       "layer \"y\" has 2 states and is called with 1"},
      {"a state of another size",
       model("GRU", R"("units":2,"use_bias":false)", {"[null,5,3]", "[null,7]"}, one_state), "op.shape",
       "node \"y\"", &kGru},
      {"constants", model("LSTM", R"("units":2,"num_constants":1)"), "import.unsupported", "constants"},
      {"state without a batch", model("LSTM", R"("units":2,"stateful":true)"), "import.unknown-size",
       "axis 0"},
      {"state of a huge batch", model("LSTM", R"("units":2,"stateful":true)", {"[1073741824,5,3]"}),
       "import.limit", "layer \"y\" keeps a state of [1073741824,2]"},
  });
}

TEST_CASE("cells that are missing, unknown or nested without end are refused") {
  check({
      {"no cell", model("RNN", ""), "import.config", "layer \"y\" lacks its \"cell\""},
      {"a cell that is a number", model("RNN", R"("cell":3)"), "import.config", "\"cell\""},
      {"an empty list of cells", model("RNN", cells("")), "import.config", "at least one cell"},
      {"a cell of another kind",
       model("RNN", R"("cell":{"class_name":"Dense","config":{"name":"d","units":2}})"), "import.unsupported",
       "its cell is a Dense"},
      {"a layer as a cell", model("RNN", R"("cell":{"class_name":"LSTM","config":{"name":"d","units":2}})"),
       "import.unsupported", "its cell is a LSTM"},
      {"somebody's own cell", model("RNN", R"("cell":{"class_name":"MyCell","config":{"name":"d"}})"),
       "import.unsupported", "MyCell"},
      {"cells of cells of cells", model("RNN", nested_cells(40)), "import.depth", "nested more than"},
      {"wrappers of wrappers", model("TimeDistributed", nested_wrappers(50)), "import.depth",
       "nested more than"},
  });
}

TEST_CASE("pairs that do not match and unknown ways to merge are refused") {
  const auto backward = [](const std::string& config) {
    return bidirectional(
        R"("merge_mode":"sum","backward_layer":{"class_name":"LSTM","config":{"name":"b","units":2,)"
        R"("go_backwards":true)" +
        config + "}}");
  };
  check({
      {"no layer", model("Bidirectional", R"("merge_mode":"sum")"), "import.config", "lacks its \"layer\""},
      {"a merge_mode that is not one", model("Bidirectional", bidirectional(R"("merge_mode":"cat")")),
       "import.config", "merge_mode"},
      {"sequences and last outputs", model("Bidirectional", backward("")), "import.config",
       "differ in return_sequences"},
      {"one state for two",
       model("Bidirectional", bidirectional(R"("merge_mode":"sum")"), {"[null,5,3]", "[null,2]"},
             R"([["x0",0,0,{}],["x1",0,0,{}]])"),
       "import.config", "1 states"},
      {"no layer to distribute", model("TimeDistributed", ""), "import.config", "lacks its \"layer\""},
      {"nothing to distribute over", model("TimeDistributed", nested_wrappers(0), {"[null]"}), "import.rank",
       "\"y\""},
  });
}

TEST_CASE("convolutional LSTMs of impossible windows are refused") {
  const auto video = [](const std::string& config) {
    return model("ConvLSTM2D",
                 config + (config.find("filters") == std::string::npos ? R"(,"filters":2)" : "") +
                     (config.find("kernel_size") == std::string::npos ? R"(,"kernel_size":[3,3])" : ""),
                 kVideo);
  };
  check({
      {"no filters", video(R"("filters":0)"), "import.config", "filters", &kConvLstm},
      {"a stride of zero", video(R"("strides":[0,1])"), "import.config", "strides", &kConvLstm},
      {"a kernel of one axis", video(R"("kernel_size":[3])"), "import.config", "kernel_size", &kConvLstm},
      {"a padding that is not one", video(R"("padding":"causal")"), "import.config", "padding", &kConvLstm},
      {"a dilation too wide", video(R"("dilation_rate":[9,9])"), "op.shape", "\"y/input\"", &kConvLstm},
      {"a huge dilation", video(R"("dilation_rate":[2147483647,1])"), "op.shape", "\"y/input\"", &kConvLstm},
      {"weights of another kernel", video(R"("kernel_size":[5,5])"), "import.weight-shape", "[5,5,1,8]",
       &kConvLstm},
      {"a data_format that is not one", video(R"("data_format":"sideways")"), "import.config", "data_format",
       &kConvLstm},
      {"pictures of unknown size",
       model("ConvLSTM2D", R"("filters":2,"kernel_size":[3,3])", {"[null,4,null,6,1]"}),
       "import.unknown-size", "\"y\"", &kConvLstm},
  });
}

}  // namespace vivace
