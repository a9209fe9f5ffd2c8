// What keras.applications does to pictures, and plain scaling.
#include "vivace/preprocess.h"

#include <algorithm>
#include <cstdlib>
#include <vector>

#include "base/text.h"
#include "base/try.h"

namespace vivace {
namespace {

// The three ways of keras.applications, and none: the network brings its own.
enum class Way { none, tf, torch, caffe };

struct Network {
  std::string_view name;
  Way way;
};

constexpr Network kNetworks[] = {
    {"convnext", Way::none},
    {"densenet", Way::torch},
    {"efficientnet", Way::none},
    {"efficientnet_v2", Way::none},
    {"imagenet_utils", Way::caffe},
    {"inception_resnet_v2", Way::tf},
    {"inception_v3", Way::tf},
    {"mobilenet", Way::tf},
    {"mobilenet_v2", Way::tf},
    {"mobilenet_v3", Way::none},
    {"nasnet", Way::tf},
    {"regnet", Way::none},
    {"resnet", Way::caffe},
    {"resnet50", Way::caffe},
    {"resnet_rs", Way::none},
    {"resnet_v2", Way::tf},
    {"vgg16", Way::caffe},
    {"vgg19", Way::caffe},
    {"xception", Way::tf},
};

Preprocessing recipe(Way way) {
  Preprocessing p;
  p.imagenet = true;
  switch (way) {
    case Way::none:
      break;
    case Way::tf:
      p.divisor = 127.5;
      p.mean = {1, 1, 1};
      break;
    case Way::torch:
      p.divisor = 255;
      p.mean = {0.485, 0.456, 0.406};
      p.deviation = {0.229, 0.224, 0.225};
      p.per_channel = true;
      break;
    case Way::caffe:
      p.mean = {103.939, 116.779, 123.68};
      p.per_channel = p.blue_first = true;
      break;
  }
  return p;
}

Error unknown(std::string_view words, const std::string& guess = {}) {
  return Error("usage.preprocess", text("\"{}\" is no preprocessing{}", words, guess))
      .fix(
          "write --preprocess keras-resnet50 (a module of keras.applications), or SCALE,MEAN,STD for "
          "(x * SCALE - MEAN) / STD, like 0.00784313725,1,1");
}

Result<Preprocessing> named(std::string_view words, std::string_view name) {
  std::vector<std::string> known;
  for (const Network& network : kNetworks) {
    if (network.name == name) return recipe(network.way);
    known.push_back(text("keras-{}", network.name));
  }
  return unknown(words, did_you_mean(words, std::vector<std::string_view>(known.begin(), known.end())));
}

}  // namespace

Result<Preprocessing> Preprocessing::parse(std::string_view words) {
  constexpr std::string_view kKeras = "keras-";
  if (words.starts_with(kKeras)) return named(words, words.substr(kKeras.size()));
  double numbers[3] = {1, 0, 1};
  const auto parts = split(words, ',');
  for (std::size_t i = 0; i < parts.size(); ++i) {
    char* end = nullptr;
    const std::string part(parts[i]);
    const double value = std::strtod(part.c_str(), &end);
    if (i >= 3 || part.empty() || end != part.c_str() + part.size()) return unknown(words);
    numbers[i] = value;
  }
  Preprocessing p;
  p.scale = numbers[0];
  p.mean.fill(numbers[1]);
  p.deviation.fill(numbers[2]);
  return p;
}

std::optional<Preprocessing> Preprocessing::stated(const TensorCard& card) {
  const std::size_t channels = card.mean.size();
  if ((channels != 1 && channels != 3) || card.deviation.size() != channels) return std::nullopt;
  Preprocessing p;
  p.per_channel = channels == 3;
  for (std::size_t c = 0; c < 3; ++c) {
    p.mean[c] = static_cast<double>(card.mean[c % channels]);
    p.deviation[c] = static_cast<double>(card.deviation[c % channels]);
  }
  return p;
}

Result<Tensor> Preprocessing::apply(const Tensor& numbers) const {
  const bool bytes = numbers.dtype() == DType::u8;
  if (!bytes && numbers.dtype() != DType::f32)
    return Error("usage.preprocess",
                 text("--preprocess wants a picture or float32, not {}", name_of(numbers.dtype())));
  const std::int64_t channels = numbers.dims().empty() ? 1 : numbers.dims().back();
  if ((per_channel || blue_first) && channels != 3)
    return Error("usage.preprocess", text("this preprocessing is for three channels, and there are {}: {}",
                                          channels, to_text(numbers.dims())));
  Tensor changed(DType::f32, numbers.dims());
  const auto factor = static_cast<float>(scale), parts = static_cast<float>(divisor);
  for (std::int64_t i = 0; i < changed.count(); ++i) {
    const std::int64_t channel = per_channel || blue_first ? i % 3 : 0;
    const std::int64_t from = blue_first ? i - channel + (2 - channel) : i;
    const auto c = static_cast<std::size_t>(channel);
    const float x = bytes ? static_cast<float>(numbers.as<std::uint8_t>()[from]) : numbers.as<float>()[from];
    changed.as<float>()[i] =
        (x * factor / parts - static_cast<float>(mean[c])) / static_cast<float>(deviation[c]);
  }
  return changed;
}

}  // namespace vivace
