// Chooses the codec by content; the checks that codecs share.
#include "formats/image/image.h"

#include "base/checked.h"
#include "base/text.h"
#include "formats/image/codec.h"

namespace vivace {

Result<Image> read_image(Bytes bytes, const std::string& name, const ImageLimits& limits) {
  const std::string_view text = as_text(bytes);
  if (text.starts_with("\x89PNG\r\n\x1a\n")) return image::read_png(bytes, name, limits);
  if (text.starts_with("\xff\xd8\xff")) return image::read_jpeg(bytes, name, limits);
  if (text.starts_with("P5") || text.starts_with("P6")) return image::read_pnm(bytes, name, limits);
  return Error("image.unknown", "this is no picture that vivace reads")
      .at(name)
      .why("its first bytes are not those of a PNG, JPEG, PGM or PPM file")
      .fix("convert it to PNG");
}

namespace image {

Result<Tensor> make_pixels(std::int64_t height, std::int64_t width, std::int64_t channels,
                           const std::string& name, const ImageLimits& limits) {
  const auto pixels = checked_mul(height, width);
  const auto bytes = pixels ? checked_mul(*pixels, channels) : std::nullopt;
  if (height <= 0 || width <= 0) return damaged(name, "it says that it has no pixels");
  if (!bytes || *pixels > limits.pixels || *bytes > limits.bytes)
    return Error("image.too-large",
                 text("a picture of {} x {} pixels is larger than the limit", width, height))
        .at(name)
        .why(text("at most {} pixels and {} are decoded", limits.pixels,
                  bytes_text(static_cast<double>(limits.bytes))))
        .fix("scale it down first");
  return Tensor(DType::u8, {height, width, channels});
}

Error damaged(const std::string& name, const std::string& why) {
  return Error("image.damaged", "the picture cannot be decoded")
      .at(name)
      .why(why)
      .fix("save or download it again");
}

int exif_orientation(Bytes tiff) {
  if (tiff.size() < 8) return 1;
  const bool big = as_text(tiff).starts_with("MM");
  if (!big && !as_text(tiff).starts_with("II")) return 1;
  const auto u16 = [&](std::size_t at) {
    const auto value = load_le<std::uint16_t>(tiff.data() + at);
    return big ? __builtin_bswap16(value) : value;
  };
  const auto first = load_le<std::uint32_t>(tiff.data() + 4);
  const std::size_t folder = big ? __builtin_bswap32(first) : first;
  if (!fits(folder, 2, tiff.size())) return 1;
  for (std::size_t i = 0, entry = folder + 2; i < u16(folder) && fits(entry, 12, tiff.size());
       ++i, entry += 12) {
    if (u16(entry) != 0x0112) continue;
    const int orientation = u16(entry + 8);
    return orientation >= 1 && orientation <= 8 ? orientation : 1;
  }
  return 1;
}

}  // namespace image
}  // namespace vivace
