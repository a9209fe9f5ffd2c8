// Pictures, sound and pooling with settings that no Keras writes: one error each, naming layer and value, and
// no memory taken for it.
#include <doctest/doctest.h>

#include "base/text.h"
#include "import/keras/keras.h"
#include "import/keras/weights/weight_source.h"

namespace vivace {
namespace {

class NoWeights : public keras::WeightSource {
 public:
  Status bind(keras::Network&) const override { return {}; }
  Result<ConstantPtr> read(const std::string& path) const override {
    return Error("file.missing", "no weight " + path);
  }
  std::string place(const std::string& path) const override { return "m.keras:/" + path; }
};

// A Sequential model of one layer "y" after an input of these sizes; the error it gives, or "no error".
std::string outcome(const std::string& shape, const std::string& class_name, const std::string& config,
                    const std::string& version = "3.15.0") {
  const std::string json =
      R"({"class_name":"Sequential","config":{"name":"m","layers":[{"module":"keras.layers","class_name":"InputLayer",)"
      R"("config":{"batch_shape":[null,)" +
      shape + R"(],"dtype":"float32","name":"x"}},{"module":"keras.layers","class_name":")" + class_name +
      R"(","config":{"name":"y","trainable":true)" + (config.empty() ? "" : "," + config) + "}}]}}";
  const auto imported = keras::import_config(json, "m.keras", version, NoWeights());
  return imported.ok() ? "no error" : to_text(imported.error());
}

struct Wrong {
  const char *shape, *class_name, *config;
  const char* says;  // a part of the error
};

void check(const Wrong& wrong) {
  const std::string layer = text("{} {{{}}}", wrong.class_name, wrong.config);
  CAPTURE(layer);
  const std::string said = outcome(wrong.shape, wrong.class_name, wrong.config);
  CAPTURE(said);
  CHECK(said.starts_with("error["));
  CHECK(said.find("\"y\"") != std::string::npos);
  CHECK(said.find(wrong.says) != std::string::npos);
}

}  // namespace

TEST_CASE("pictures: sizes and words that make no sense") {
  constexpr const char* kPicture = "8,9,3";
  for (const Wrong& wrong : {
           Wrong{kPicture, "Resizing", R"("height":0,"width":4)", "height=0"},
           {kPicture, "Resizing", R"("height":-3,"width":4)", "height=-3"},
           {kPicture, "Resizing", R"("height":4,"width":2147483647)", "2147483647"},
           {kPicture, "Resizing", R"("height":4,"width":1e300)", "width=1e+300"},
           {kPicture, "Resizing", R"("height":"big","width":4)", "height=\"big\""},
           {kPicture, "Resizing", R"("height":4)", "\"width\""},
           {kPicture, "Resizing", R"("height":4,"width":4,"interpolation":"magic")",
            "interpolation=\"magic\""},
           {kPicture, "Resizing", R"("height":4,"width":4,"interpolation":7)", "interpolation=7"},
           {kPicture, "Resizing", R"("height":4,"width":4,"fill_value":NaN)", "fill_value=NaN"},
           {kPicture, "Resizing", R"("height":4,"width":4,"pad_to_aspect_ratio":true,"fill_mode":"wrap")",
            "\"wrap\""},
           {kPicture, "Resizing",
            R"("height":4,"width":4,"pad_to_aspect_ratio":true,"crop_to_aspect_ratio":true)",
            "crop_to_aspect_ratio"},
           {"8,9", "Resizing", R"("height":2147483647,"width":4)", "2147483647"},
           {"8", "Resizing", R"("height":4,"width":4)", "axes"},
           {kPicture, "CenterCrop", R"("height":0,"width":4)", "height=0"},
           {kPicture, "CenterCrop", R"("height":4,"width":-1)", "width=-1"},
           {kPicture, "CenterCrop", R"("height":2147483647,"width":2147483647)", "2147483647"},
           {kPicture, "RandomCrop", R"("height":0,"width":4)", "height=0"},
           {kPicture, "Rescaling", R"("scale":"a")", "scale=\"a\""},
           {kPicture, "Rescaling", R"("scale":[1,2])", "broadcast"},
           {kPicture, "UpSampling2D", R"("size":[0,2])", "size=[0,2]"},
           {kPicture, "UpSampling2D", R"("size":[2147483647,2147483647],"interpolation":"bilinear")",
            "more than"},
           {kPicture, "UpSampling2D", R"("size":2,"interpolation":"magic")", "interpolation=\"magic\""},
           {kPicture, "AutoContrast", R"("value_range":[3,3])", "value_range"},
           {kPicture, "AutoContrast", R"("value_range":[1,2,3])", "value_range"},
           {kPicture, "Cropping2D", R"("cropping":[[4,4],[0,0]])", "cropping"},
           {kPicture, "Cropping2D", R"("cropping":[[-1,0],[0,0]])", "cropping"},
           {kPicture, "ZeroPadding2D", R"("padding":[[-1,0],[0,0]])", "padding"},
           {kPicture, "ZeroPadding2D", R"("padding":[[1,0],[0,0],[2,2]])", "padding"},
       })
    check(wrong);
}

TEST_CASE("pooling: windows that make no sense") {
  for (const Wrong& wrong : {
           Wrong{"8,9,3", "MaxPooling2D", R"("pool_size":0)", "pool_size=0"},
           {"8,9,3", "MaxPooling2D", R"("pool_size":[2,2,2])", "pool_size"},
           {"8,9,3", "MaxPooling2D", R"("pool_size":9)", "window"},
           {"8,9,3", "MaxPooling2D", R"("pool_size":2,"strides":0)", "strides=0"},
           {"8,9,3", "AveragePooling2D", R"("pool_size":2,"padding":"full")", "padding=\"full\""},
           {"8,9", "MaxPooling2D", R"("pool_size":2)", "axes"},
           {"8,9,3", "AdaptiveMaxPooling2D", R"("output_size":[0,1])", "output_size=[0,1]"},
           {"8,9,3", "AdaptiveMaxPooling2D", R"("output_size":2147483647)", "2147483647"},
           {"null,9,3", "AdaptiveAveragePooling2D", R"("output_size":2)", "axis 1"},
       })
    check(wrong);
}

TEST_CASE("sound: frames and transforms that make no sense") {
  for (const Wrong& wrong : {
           Wrong{"100,1", "STFTSpectrogram", R"("frame_length":0)", "frame_length=0"},
           {"100,1", "STFTSpectrogram", R"("frame_length":8,"frame_step":9)", "frame_step=9"},
           {"100,1", "STFTSpectrogram", R"("frame_length":8,"fft_length":4)", "fft_length=4"},
           {"100,1", "STFTSpectrogram", R"("frame_length":8,"mode":"loud")", "mode=\"loud\""},
           {"100,1", "STFTSpectrogram", R"("frame_length":8,"padding":"full")", "padding=\"full\""},
           {"100", "STFTSpectrogram", R"("frame_length":8)", "axes"},
           {"100", "MelSpectrogram", R"("fft_length":16,"sequence_length":17)", "17"},
           {"100", "MelSpectrogram", R"("fft_length":2147483647)", "2147483647"},
           {"100", "MelSpectrogram", R"("fft_length":16,"sequence_stride":0)", "sequence_stride=0"},
           {"100", "MelSpectrogram", R"("fft_length":16,"num_mel_bins":2147483647)",
            "num_mel_bins=2147483647"},
           {"100", "MelSpectrogram", R"("fft_length":16,"num_mel_bins":0)", "num_mel_bins=0"},
           {"100", "MelSpectrogram", R"("fft_length":16,"sampling_rate":0)", "sampling_rate=0"},
           {"100", "MelSpectrogram", R"("fft_length":16,"window":"triangle")", "window=\"triangle\""},
           {"100", "MelSpectrogram", R"("fft_length":16,"min_freq":9000)", "min_freq=9000"},
           {"100", "MelSpectrogram", R"("fft_length":16,"min_power":0)", "min_power=0"},
           {"100,2,2", "MelSpectrogram", R"("fft_length":16)", "axes"},
       })
    check(wrong);
}

}  // namespace vivace
