// Preprocessing against keras.applications' own numbers, and ImageNet's names.
#include "vivace/preprocess.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace vivace {
namespace {

std::vector<float> applied(std::string_view how) {
  Tensor pixel(DType::u8, {1, 1, 3});
  for (int c = 0; c < 3; ++c)
    pixel.as<std::uint8_t>()[c] = static_cast<std::uint8_t>(c == 0 ? 10 : 50 * c * c);
  const auto made = Preprocessing::parse(how);
  REQUIRE(made.ok());
  const auto ready = made->apply(pixel);
  REQUIRE(ready.ok());
  return {ready->as<float>(), ready->as<float>() + 3};
}

std::string refusal(std::string_view how) {
  const auto made = Preprocessing::parse(how);
  REQUIRE_FALSE(made.ok());
  CHECK(made.error().id() == "usage.preprocess");
  return made.error().what();
}

}  // namespace

TEST_CASE("preprocess: the three ways of keras.applications, and none") {
  // keras.applications.NAME.preprocess_input of [10, 50, 200], bit by bit
  const std::vector<float> tf = {-0.921568632f, -0.607843161f, 0.568627477f};
  const std::vector<float> torch = {-1.94665647f, -1.16036403f, 1.68139446f};
  const std::vector<float> caffe = {96.0609970f, -66.7789993f, -113.680000f};
  const std::vector<float> none = {10, 50, 200};
  for (const char* name : {"mobilenet", "mobilenet_v2", "inception_v3", "inception_resnet_v2", "xception",
                           "nasnet", "resnet_v2"})
    CHECK(applied(std::string("keras-") + name) == tf);
  CHECK(applied("keras-densenet") == torch);
  for (const char* name : {"resnet", "resnet50", "vgg16", "vgg19"})
    CHECK(applied(std::string("keras-") + name) == caffe);
  for (const char* name :
       {"convnext", "efficientnet", "efficientnet_v2", "mobilenet_v3", "regnet", "resnet_rs"})
    CHECK(applied(std::string("keras-") + name) == none);
}

TEST_CASE("preprocess: plain scaling, and what is none") {
  CHECK(applied("2,4,2") == std::vector<float>{8, 48, 198});
  CHECK(applied("0.5") == std::vector<float>{5, 25, 100});
  CHECK(refusal("keras-resnet5") == "\"keras-resnet5\" is no preprocessing, did you mean \"keras-resnet\"?");
  for (const char* wrong : {"", "a", "1,2,3,4", "1,,2", "keras", "keras-"}) refusal(wrong);
}

TEST_CASE("preprocess: numbers that it is not for") {
  const auto resnet = Preprocessing::parse("keras-resnet50").value();
  for (const Tensor& wrong :
       {Tensor(DType::i32, {2, 3}), Tensor(DType::f32, {2, 4}), Tensor(DType::f32, {})}) {
    const auto ready = resnet.apply(wrong);
    REQUIRE_FALSE(ready.ok());
    CHECK(ready.error().id() == "usage.preprocess");
  }
}

TEST_CASE("ImageNet: the names of Keras's class index") {
  CHECK(imagenet_class(0).wordnet == "01440764");
  CHECK(imagenet_class(0).name == "tench");
  CHECK(imagenet_class(281).name == "tabby");
  CHECK(imagenet_class(999).wordnet == "15075141");
  CHECK(imagenet_class(999).name == "toilet_tissue");
  for (int i = 1; i < kImageNetClasses; ++i) {
    CHECK(imagenet_class(i).wordnet.size() == 8);
    CHECK(imagenet_class(i - 1).wordnet < imagenet_class(i).wordnet);
    CHECK_FALSE(imagenet_class(i).name.empty());
  }
}

}  // namespace vivace
