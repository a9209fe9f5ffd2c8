#include "formats/image/image.h"

#include <doctest/doctest.h>

#include <cstring>

#include "base/file.h"
#include "support/damage.h"

using namespace vivace;

namespace {

std::shared_ptr<const File> data(const std::string& name) {
  return File::open(std::string(VIVACE_TEST_DATA) + "/formats/" + name).value();
}

/// Whether the picture's pixels are those that TensorFlow decoded, byte for byte: they end the .npy file.
bool as_tensorflow(const std::string& name) {
  const Image image = read_image(data(name)->bytes(), name).value();
  const auto golden = data(name + ".npy");
  const std::size_t size = image.pixels.bytes(), whole = golden->bytes().size();
  const std::size_t header = 10 + load_le<std::uint16_t>(golden->bytes().data() + 8);
  return whole == header + size &&
         std::memcmp(golden->bytes().data() + header, image.pixels.data(), size) == 0;
}

}  // namespace

TEST_CASE("PNG pictures of every kind decode to TensorFlow's pixels, bit for bit") {
  for (const char* name : {"rgb.png", "rgba.png", "grey.png", "grey_alpha.png", "rgb16.png", "palette.png",
                           "palette_alpha.png", "bits.png", "grey_key.png"}) {
    CAPTURE(name);
    CHECK(as_tensorflow(name));
  }
}

TEST_CASE("JPEG pictures decode to the pixels of tf.io.decode_jpeg with its default transform, bit for bit") {
  for (const char* name : {"rgb444.jpg", "rgb420.jpg", "progressive.jpg", "grey.jpg", "turned.jpg"}) {
    CAPTURE(name);
    CHECK(as_tensorflow(name));
  }
}

TEST_CASE("orientation is reported and not applied") {
  const Image image = read_image(data("turned.jpg")->bytes(), "turned.jpg").value();
  CHECK(image.orientation == 6);
  CHECK(image.pixels.dims() == Shape{19, 23, 3});
}

TEST_CASE("PPM holds the same pixels as PNG") {
  const Image ppm = read_image(data("rgb.ppm")->bytes(), "rgb.ppm").value();
  const Image png = read_image(data("rgb.png")->bytes(), "rgb.png").value();
  REQUIRE(ppm.pixels.dims() == png.pixels.dims());
  CHECK(std::memcmp(ppm.pixels.data(), png.pixels.data(), png.pixels.bytes()) == 0);
}

TEST_CASE("what is no picture, or too large a one, is refused before anything is allocated") {
  CHECK(read_image(as_bytes("GIF89a"), "x").error().id() == "image.unknown");
  CHECK(read_image(as_bytes("P6 99999999 99999999 255 "), "x").error().id() == "image.too-large");
  CHECK(read_image(data("rgb.png")->bytes(), "x", {.pixels = 100}).error().id() == "image.too-large");
  CHECK(read_image(data("rgb444.jpg")->bytes(), "x", {.pixels = 100}).error().id() == "image.too-large");
}

TEST_CASE("a damaged picture gives pixels or a typed error") {
  for (const char* name : {"rgb.png", "palette_alpha.png", "rgb420.jpg", "progressive.jpg", "rgb.ppm"})
    for_each_damaged(data(name)->bytes(), [](Bytes damaged) {
      const auto image = read_image(damaged, "x", {.pixels = 1 << 24});
      if (!image) CHECK(image.error().id().starts_with("image."));
    });
}
