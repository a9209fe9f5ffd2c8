// PNG through libpng. Its errors jump: every function that calls setjmp holds no object with a destructor.
#include <png.h>

#include <cstdio>
#include <cstring>

#include "base/try.h"
#include "formats/image/codec.h"

namespace vivace::image {
namespace {

/// A decoder and its input. The structs are freed when it goes.
struct Decoder {
  Bytes rest;
  char message[160] = "";
  png_structp png = nullptr;
  png_infop info = nullptr;

  Decoder() = default;
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;
  ~Decoder() { png_destroy_read_struct(&png, &info, nullptr); }
};

void fail(png_structp png, png_const_charp message) {
  auto* decoder = static_cast<Decoder*>(png_get_error_ptr(png));
  std::snprintf(decoder->message, sizeof decoder->message, "%s", message);
  png_longjmp(png, 1);
}

void ignore(png_structp, png_const_charp) {}

void read(png_structp png, png_bytep into, std::size_t size) {
  auto* decoder = static_cast<Decoder*>(png_get_io_ptr(png));
  if (size > decoder->rest.size()) png_error(png, "the file ends too early");
  std::memcpy(into, decoder->rest.data(), size);
  decoder->rest = decoder->rest.subspan(size);
}

struct Header {
  std::int64_t height = 0, width = 0, channels = 0;
  int passes = 1;
};

/// Reads up to the pixels and asks for 8-bit samples, as TensorFlow does. False: decoder.message says why.
bool read_header(Decoder& decoder, Header& header) {
  if (setjmp(png_jmpbuf(decoder.png)) != 0) return false;
  png_set_user_limits(decoder.png, 0x7fffffff, 0x7fffffff);  // make_pixels checks the product
  png_set_chunk_malloc_max(decoder.png, 8u << 20);
  png_set_read_fn(decoder.png, &decoder, read);
  png_read_info(decoder.png, decoder.info);
  const int colour = png_get_color_type(decoder.png, decoder.info);
  const bool transparent = png_get_valid(decoder.png, decoder.info, PNG_INFO_tRNS) != 0;
  if (colour == PNG_COLOR_TYPE_PALETTE) {
    png_set_palette_to_rgb(decoder.png);
    if (transparent) png_set_tRNS_to_alpha(decoder.png);
  }
  if (colour == PNG_COLOR_TYPE_GRAY) png_set_expand_gray_1_2_4_to_8(decoder.png);
  png_set_strip_16(decoder.png);
  header.passes = png_set_interlace_handling(decoder.png);
  png_read_update_info(decoder.png, decoder.info);
  header.height = png_get_image_height(decoder.png, decoder.info);
  header.width = png_get_image_width(decoder.png, decoder.info);
  header.channels = png_get_channels(decoder.png, decoder.info);
  return true;
}

bool read_pixels(Decoder& decoder, const Header& header, png_bytep pixels) {
  if (setjmp(png_jmpbuf(decoder.png)) != 0) return false;
  const std::int64_t stride = header.width * header.channels;
  for (int pass = 0; pass < header.passes; ++pass)
    for (std::int64_t row = 0; row < header.height; ++row)
      png_read_row(decoder.png, pixels + row * stride, nullptr);
  png_read_end(decoder.png, decoder.info);
  return true;
}

int orientation_of(Decoder& decoder) {
  png_bytep exif = nullptr;
  png_uint_32 size = 0;
  if (png_get_eXIf_1(decoder.png, decoder.info, &size, &exif) == 0) return 1;
  return exif_orientation({reinterpret_cast<const std::byte*>(exif), size});
}

}  // namespace

Result<Image> read_png(Bytes bytes, const std::string& name, const ImageLimits& limits) {
  Decoder decoder;
  decoder.rest = bytes;
  decoder.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &decoder, fail, ignore);
  decoder.info = decoder.png != nullptr ? png_create_info_struct(decoder.png) : nullptr;
  if (decoder.info == nullptr) return damaged(name, "there is no memory for the decoder");
  Header header;
  if (!read_header(decoder, header)) return damaged(name, decoder.message);
  VIVACE_TRY(Tensor pixels, make_pixels(header.height, header.width, header.channels, name, limits));
  if (!read_pixels(decoder, header, pixels.as<png_byte>())) return damaged(name, decoder.message);
  return Image{std::move(pixels), orientation_of(decoder)};
}

}  // namespace vivace::image
