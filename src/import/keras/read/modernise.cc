// Configs of Keras 1 and of TensorFlow 1's layers in today's form: a table of names, and what names alone do
// not say.
#include "import/keras/read/modernise.h"

#include <algorithm>

namespace vivace::keras {
namespace {

using Kind = Setting::Kind;

struct Class {
  std::string_view old, now;
};

constexpr Class kClasses[] = {
    {"Convolution1D", "Conv1D"},
    {"Convolution2D", "Conv2D"},
    {"Convolution3D", "Conv3D"},
    {"AtrousConvolution1D", "Conv1D"},
    {"AtrousConvolution2D", "Conv2D"},
    {"AtrousConv1D", "Conv1D"},
    {"AtrousConv2D", "Conv2D"},
    {"Deconvolution2D", "Conv2DTranspose"},
    {"Deconvolution3D", "Conv3DTranspose"},
    {"SeparableConvolution1D", "SeparableConv1D"},
    {"SeparableConvolution2D", "SeparableConv2D"},
    {"Convolution1DTranspose", "Conv1DTranspose"},
    {"Convolution2DTranspose", "Conv2DTranspose"},
    {"Convolution3DTranspose", "Conv3DTranspose"},
    {"MaxPool1D", "MaxPooling1D"},
    {"MaxPool2D", "MaxPooling2D"},
    {"MaxPool3D", "MaxPooling3D"},
    {"AvgPool1D", "AveragePooling1D"},
    {"AvgPool2D", "AveragePooling2D"},
    {"AvgPool3D", "AveragePooling3D"},
    {"GlobalMaxPool1D", "GlobalMaxPooling1D"},
    {"GlobalMaxPool2D", "GlobalMaxPooling2D"},
    {"GlobalMaxPool3D", "GlobalMaxPooling3D"},
    {"GlobalAvgPool1D", "GlobalAveragePooling1D"},
    {"GlobalAvgPool2D", "GlobalAveragePooling2D"},
    {"GlobalAvgPool3D", "GlobalAveragePooling3D"},
    {"TimeDistributedDense", "Dense"},
    {"CuDNNLSTM", "LSTM"},
    {"CuDNNGRU", "GRU"},
    {"LSTMV1", "LSTM"},
    {"LSTMV2", "LSTM"},
    {"GRUV1", "GRU"},
    {"GRUV2", "GRU"},
    {"BatchNormalizationV1", "BatchNormalization"},
    {"BatchNormalizationV2", "BatchNormalization"},
    {"DenseFeaturesV2", "DenseFeatures"},
    {"Custom>CustomScaleLayer", "CustomScaleLayer"},
};

// `classes`: names with blanks between, of today's classes; empty: all.
struct Key {
  std::string_view classes, old, now;
};

constexpr std::string_view kConvs =
    "Conv1D Conv2D Conv3D Conv2DTranspose Conv3DTranspose SeparableConv1D "
    "SeparableConv2D";
constexpr std::string_view kCells = "LSTM GRU SimpleRNN";

constexpr Key kKeys[] = {
    {"Dense Highway MaxoutDense", "output_dim", "units"},
    {kCells, "output_dim", "units"},
    {kCells, "inner_activation", "recurrent_activation"},
    {kCells, "inner_init", "recurrent_initializer"},
    {"", "border_mode", "padding"},
    {"", "dim_ordering", "data_format"},
    {kConvs, "nb_filter", "filters"},
    {kConvs, "filter_length", "kernel_size"},
    {kConvs, "subsample", "strides"},
    {kConvs, "subsample_length", "strides"},
    {kConvs, "atrous_rate", "dilation_rate"},
    {"", "bias", "use_bias"},
    {"MaxPooling1D AveragePooling1D", "pool_length", "pool_size"},
    {"MaxPooling1D AveragePooling1D", "stride", "strides"},
    {"UpSampling1D", "length", "size"},
    {"Dropout SpatialDropout1D SpatialDropout2D SpatialDropout3D GaussianDropout AlphaDropout", "p", "rate"},
    {"GaussianNoise", "sigma", "stddev"},
    {"MaxoutDense", "nb_feature", "features"},
    {"InputLayer", "input_dtype", "dtype"},
};

// Keys that no later release has.
constexpr std::string_view kTelling =
    "output_dim inner_activation border_mode dim_ordering nb_filter pool_length";

bool among(std::string_view names, std::string_view name) {
  while (!names.empty()) {
    const std::size_t blank = names.find(' ');
    if (names.substr(0, blank) == name) return true;
    names.remove_prefix(blank == std::string_view::npos ? names.size() : blank + 1);
  }
  return false;
}

Setting* find(Setting& map, std::string_view key) { return const_cast<Setting*>(map.find(key)); }

void set(Setting& map, std::string key, Setting value) {
  if (Setting* found = find(map, key)) {
    *found = std::move(value);
    return;
  }
  map.keys.push_back(std::move(key));
  map.items.push_back(std::move(value));
}

Setting list_of(std::initializer_list<const Setting*> items) {
  Setting list(Kind::list);
  for (const Setting* item : items) list.items.push_back(*item);
  return list;
}

std::string_view text_at(const Setting& map, std::string_view key) {
  const Setting* found = map.find(key);
  return found && found->is(Kind::text) ? std::string_view(found->text) : std::string_view();
}

// What must be said of one record beyond its names.
class Record {
 public:
  // The place for the old name is made first: what is added to the record moves its config.
  Record(Setting& record, Modernised& result)
      : record_(renamed(record)),
        config_(*keras::find(record, "config")),
        result_(result),
        saved_(text_at(record, record.find(kSavedClass) ? kSavedClass : "class_name")) {}

  void convert() {
    rename_keys();
    kernel_sizes();
    data_format();
    paddings();
    if (saved_ == "CuDNNLSTM" || saved_ == "CuDNNGRU") cudnn();
    if (saved_ == "Merge") merge();
  }

 private:
  bool is(std::string_view name) const { return text_at(record_, "class_name") == name; }
  void set(std::string key, Setting value) { keras::set(config_, std::move(key), std::move(value)); }

  static Setting& renamed(Setting& record) {
    const std::string saved(text_at(record, "class_name"));
    for (const Class& entry : kClasses) {
      if (saved != entry.old) continue;
      keras::set(record, "class_name", Setting::of(std::string(entry.now)));
      keras::set(record, std::string(kSavedClass), Setting::of(saved));
      break;
    }
    return record;
  }

  void rename_keys() {
    for (const Key& entry : kKeys) {
      if (!entry.classes.empty() && !among(entry.classes, text_at(record_, "class_name"))) continue;
      const auto old = std::find(config_.keys.begin(), config_.keys.end(), entry.old);
      if (old == config_.keys.end() || config_.find(entry.now)) continue;
      *old = entry.now;
      result_.keras1 = result_.keras1 || among(kTelling, entry.old);
    }
  }

  // nb_row and nb_col, kernel_dim1 to kernel_dim3.
  void kernel_sizes() {
    const Setting *rows = config_.find("nb_row"), *columns = config_.find("nb_col");
    if (rows && columns && !config_.find("kernel_size")) set("kernel_size", list_of({rows, columns}));
    const Setting *a = config_.find("kernel_dim1"), *b = config_.find("kernel_dim2"),
                  *c = config_.find("kernel_dim3");
    if (a && b && c && !config_.find("kernel_size")) set("kernel_size", list_of({a, b, c}));
  }

  void data_format() {
    const std::string_view format = text_at(config_, "data_format");
    if (format == "th") {
      set("data_format", Setting::of(std::string("channels_first")));
      if (config_.find("filters") && result_.warnings.empty())
        result_.warnings.push_back(
            "Keras 1 does not tell whether Theano trained the model, which turns its kernels round; they are "
            "taken as they are, as Keras does");
    }
    if (format == "tf" || format == "default") set("data_format", Setting::of(std::string("channels_last")));
  }

  // ZeroPadding2D of Keras 1 writes (top, bottom, left, right) without inner brackets.
  void paddings() {
    const Setting* padding = config_.find("padding");
    if (!padding || !is("ZeroPadding2D")) return;
    if (padding->is(Kind::list) && padding->items.size() == 4) {
      const Setting rows = list_of({&padding->items[0], &padding->items[1]});
      const Setting columns = list_of({&padding->items[2], &padding->items[3]});
      set("padding", list_of({&rows, &columns}));
    }
    if (!padding->is(Kind::map) || padding->keys.empty()) return;
    const Setting *top = padding->find("top_pad"), *bottom = padding->find("bottom_pad"),
                  *left = padding->find("left_pad"), *right = padding->find("right_pad");
    Setting none(Kind::integer);
    const Setting rows = list_of({top ? top : &none, bottom ? bottom : &none});
    const Setting columns = list_of({left ? left : &none, right ? right : &none});
    set("padding", list_of({&rows, &columns}));
  }

  // cuDNN's cells have no choice.
  void cudnn() {
    set("activation", Setting::of(std::string("tanh")));
    set("recurrent_activation", Setting::of(std::string("sigmoid")));
    set("use_bias", Setting::of(true));
    if (is("GRU")) set("reset_after", Setting::of(true));
  }

  // Merge(mode) is a layer of its own for each mode; a mode that is Python code stays a Merge, and unknown.
  void merge() {
    constexpr Class kModes[] = {{"sum", "Add"},     {"mul", "Multiply"}, {"concat", "Concatenate"},
                                {"ave", "Average"}, {"max", "Maximum"},  {"dot", "Dot"}};
    const std::string mode(text_at(config_, "mode")), type(text_at(config_, "mode_type"));
    for (const Class& entry : kModes) {
      if (mode != entry.old || (!type.empty() && type != "raw")) continue;
      keras::set(record_, "class_name", Setting::of(std::string(entry.now)));
      if (const Setting* axis = config_.find("concat_axis"); axis && mode == "concat")
        set("axis", Setting(*axis));
      if (const Setting* axes = config_.find("dot_axes"); axes && is("Dot")) set("axes", Setting(*axes));
      result_.keras1 = true;
    }
  }

  Setting& record_;
  Setting& config_;
  Modernised& result_;
  std::string saved_;
};

void walk(Setting& setting, Modernised& result) {
  if (setting.is(Kind::map) && setting.find("class_name") && setting.find("config")) {
    unfold_merge(setting);
    if (find(setting, "config")->is(Kind::map)) Record(setting, result).convert();
  }
  for (Setting& item : setting.items) walk(item, result);
}

}  // namespace

Modernised modernise(Setting& root) {
  Modernised result;
  walk(root, result);
  return result;
}

}  // namespace vivace::keras
