// Settings that no layer can have: one error each, with the layer's name and what stands there.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "support/keras_config.h"

namespace vivace {
namespace {

struct Bad {
  const char* class_name;
  const char* input;   // sizes
  const char* config;  // settings
  const char* says;    // what the error must hold beside the layer's name
};

const std::vector<Bad> kBad = {
    {"Conv2D", "[null,8,8,3]", R"("filters":0,"kernel_size":3)", "filters=0"},
    {"Conv2D", "[null,8,8,3]", R"("filters":4294967296,"kernel_size":3)", "filters=4294967296"},
    {"Conv2D", "[null,8,8,3]", R"("filters":4,"kernel_size":[3,0])", "kernel_size=[3,0]"},
    {"Conv2D", "[null,8,8,3]", R"("filters":4,"kernel_size":3,"strides":0)", "strides=0"},
    {"Conv2D", "[null,8,8,3]", R"("filters":4,"kernel_size":3,"strides":[1,2,3])", "strides=[1,2,3]"},
    {"Conv2D", "[null,8,8,3]", R"("filters":4,"kernel_size":3,"dilation_rate":-2)", "dilation_rate=-2"},
    {"Conv2D", "[null,8,8,3]", R"("filters":4,"kernel_size":3,"groups":2)", "groups=2"},
    {"Conv2D", "[null,8,8,3]", R"("filters":4,"kernel_size":3,"padding":"full")", "padding=\"full\""},
    {"Conv2D", "[null,8,8,3]", R"("filters":4,"kernel_size":3,"padding":"causal")", "padding=\"causal\""},
    {"Conv2D", "[null,8,8,3]", R"("filters":4,"kernel_size":3,"data_format":"middle")",
     "data_format=\"middle\""},
    {"Conv2D", "[null,8,3]", R"("filters":4,"kernel_size":3)", "needs an input of 4 axes"},
    {"Conv2D", "[null,8,8,null]", R"("filters":4,"kernel_size":3)", "needs to know the size of axis 3"},
    {"Conv1DTranspose", "[null,8,3]", R"("filters":4,"kernel_size":3,"padding":"causal")",
     "padding=\"causal\""},
    {"Conv2DTranspose", "[null,8,8,3]", R"("filters":4,"kernel_size":3,"output_padding":1)",
     "output_padding=1"},
    {"Conv3DTranspose", "[null,4,4,4,3]", R"("filters":4,"kernel_size":3,"strides":3,"output_padding":[1,2])",
     "output_padding=[1,2]"},
    {"DepthwiseConv2D", "[null,8,8,3]", R"("kernel_size":3,"depth_multiplier":0)", "depth_multiplier=0"},
    {"LocallyConnected1D", "[null,8,3]", R"("filters":4,"kernel_size":9)", "kernel_size=9"},
    {"LocallyConnected1D", "[null,8,3]", R"("filters":4,"kernel_size":3,"implementation":4)",
     "implementation=4"},
    {"LocallyConnected2D", "[null,8,8,3]", R"("filters":4,"kernel_size":3,"padding":"same")",
     "padding=\"same\""},
    {"LocallyConnected2D", "[null,8,8,3]", R"("filters":2000000000,"kernel_size":3)", "filters=2000000000"},
    {"LocallyConnected1D", "[null,null,3]", R"("filters":4,"kernel_size":3)",
     "needs to know the size of axis 1"},
    {"Dense", "[null,4]", R"("units":2147483649)", "units=2147483649"},
    {"Dense", "[null,4]", R"("units":3,"activation":"rely")", "rely"},
    {"Dense", "[null,4]", R"("units":3,"dtype":"float33")", "dtype=\"float33\""},
    {"Dense", "[null,4]", R"("units":3,"dtype":"mixed_float64")", "dtype=\"mixed_float64\""},
    {"Dense", "[null,4]", R"("units":3,"dtype":[1])", "dtype=[1]"},
    {"Dense", "[null,4]",
     R"("units":3,"dtype":{"class_name":"QuantizedDTypePolicy","config":{"mode":"int99"}})", "int99"},
    {"EinsumDense", "[null,5,4]", R"("equation":"abc,cd","output_shape":3)", "equation=\"abc,cd\""},
    {"EinsumDense", "[null,5,4]", R"("equation":"abcd,de->abce","output_shape":3)",
     "equation=\"abcd,de->abce\""},
    {"EinsumDense", "[null,5,4]", R"("equation":"abc,cd->abd","output_shape":[null,null])", "output_shape"},
    {"EinsumDense", "[null,5,4]", R"("equation":"abc,cd->abd","output_shape":[null,-3])", "output_shape"},
    {"Embedding", "[null,4]", R"("input_dim":0,"output_dim":3)", "input_dim=0"},
    {"Embedding", "[null,4]", R"("input_dim":5,"output_dim":-1)", "output_dim=-1"},
    {"BatchNormalization", "[null,4]", R"("axis":3)", "axis 3"},
    {"LayerNormalization", "[null,5,4]", R"("axis":[1,7])", "axis 7"},
    {"GroupNormalization", "[null,5,4]", R"("groups":3)", "groups=3"},
    {"GroupNormalization", "[null,5,4]", R"("groups":0)", "groups=0"},
    {"ReLU", "[null,4]", R"("max_value":-1.0)", "max_value=-1"},
    {"ThresholdedReLU", "[null,4]", R"("theta":-0.5)", "theta=-0.5"},
    {"Softmax", "[null,4]", R"("axis":5)", "axis 5"},
    {"Permute", "[null,5,4]", R"("dims":[1,1])", "dims=[1,1]"},
    {"Reshape", "[null,6]", R"("target_shape":[0,3])", "target_shape=[0,3]"},
    {"RepeatVector", "[null,4]", R"("n":0)", "n=0"},
    {"LayerNormalization", "[null,4]", R"("rms_scaling":true,"axis":9)", "axis 9"},
    {"BatchNormalization", "[null,4]", R"("axis":[1,9])", "axis 9"},
    // of which no recipe asks
    {"Dropout", "[null,4]", R"("rate":"x")", "rate=\"x\""},
    {"LSTM", "[null,5,4]", R"("units":3,"unroll":7)", "unroll=7"},
    {"SpatialDropout2D", "[null,5,4,3]", R"("rate":0.5,"data_format":"rows")", "data_format=\"rows\""},
    {"ReLU", "[null,4]", R"("batch_input_shape":"x")", "batch_input_shape=\"x\""},
    {"Resizing", "[null,5,4,3]", R"("height":2,"width":2,"fill_mode":7)", "fill_mode=7"},
    {"Normalization", "[null,4]", R"("mean":[1.0])", "lacks \"variance\""},
    {"Hashing", "[null,4]", R"("num_bins":1,"mask_value":"x")", "mask_value=\"x\""},
    {"IntegerLookup", "[null,4]", R"("vocabulary":[1,2],"idf_weights":[0.5,1])", "idf_weights=[0.5,1]"},
    {"IntegerLookup", "[null,4]", R"("vocabulary":[1,2],"output_mode":"count","vocabulary_size":9)",
     "vocabulary_size=9, which is not 3: 2 for its vocabulary"},
    {"MelSpectrogram", "[null,64]", R"("fft_length":16,"power_to_db":false,"min_power":-1)", "min_power=-1"},
};

}  // namespace

TEST_CASE("a setting that no layer can have is refused by the layer's name and what stands there") {
  for (const Bad& bad : kBad) {
    const std::string json = test::functional(test::layer(bad.class_name, "wrong", bad.config, "x"), "wrong",
                                              test::input_of(bad.input));
    const std::string said = test::outcome(json);
    CAPTURE(bad.class_name);
    CAPTURE(bad.config);
    CAPTURE(said);
    CHECK(said.find("wrong") != std::string::npos);
    CHECK(said.find(bad.says) != std::string::npos);
  }
}

}  // namespace vivace
