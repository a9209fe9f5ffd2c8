// JPEG through libjpeg-turbo. Its errors jump: every function that calls setjmp holds no object with a
// destructor.
#include <csetjmp>
#include <cstdio>
#include <cstring>

#include "base/try.h"
#include "formats/image/codec.h"

// clang-format off: jpeglib.h needs the names of <cstdio>, jerror.h those of jpeglib.h
#include <jerror.h>
#include <jpeglib.h>
// clang-format on

namespace vivace::image {
namespace {

constexpr int kMaxScans = 200;  // honest progressive files have about ten; thousands only burn time

struct Decoder {
  jpeg_decompress_struct jpeg{};
  jpeg_error_mgr errors{};
  jpeg_progress_mgr progress{};
  std::jmp_buf jump;
  char message[JMSG_LENGTH_MAX] = "";

  Decoder() = default;
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;
  ~Decoder() { jpeg_destroy_decompress(&jpeg); }
};

[[noreturn]] void fail(j_common_ptr jpeg) {
  auto* decoder = static_cast<Decoder*>(jpeg->client_data);
  jpeg->err->format_message(jpeg, decoder->message);
  std::longjmp(decoder->jump, 1);
}

/// Missing data are an error, as in TensorFlow; other warnings are not.
void on_message(j_common_ptr jpeg, int level) {
  if (level < 0 && jpeg->err->msg_code == JWRN_JPEG_EOF) fail(jpeg);
}

void on_progress(j_common_ptr jpeg) {
  auto* decoder = static_cast<Decoder*>(jpeg->client_data);
  if (decoder->jpeg.input_scan_number <= kMaxScans) return;
  std::snprintf(decoder->message, sizeof decoder->message, "it has more than %d scans", kMaxScans);
  std::longjmp(decoder->jump, 1);
}

/// Reads up to the pixels. False: decoder.message says why.
bool read_header(Decoder& decoder, Bytes bytes) {
  decoder.jpeg.err = jpeg_std_error(&decoder.errors);
  decoder.errors.error_exit = fail;
  decoder.errors.emit_message = on_message;
  decoder.jpeg.client_data = &decoder;
  if (setjmp(decoder.jump) != 0) return false;
  jpeg_create_decompress(&decoder.jpeg);
  decoder.progress.progress_monitor = on_progress;
  decoder.jpeg.progress = &decoder.progress;
  jpeg_mem_src(&decoder.jpeg, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  jpeg_save_markers(&decoder.jpeg, JPEG_APP0 + 1, 0xffff);
  jpeg_read_header(&decoder.jpeg, TRUE);
  return true;
}

bool read_pixels(Decoder& decoder, int channels, JSAMPLE* pixels) {
  if (setjmp(decoder.jump) != 0) return false;
  decoder.jpeg.out_color_space = channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
  decoder.jpeg.dct_method = JDCT_IFAST;  // what TensorFlow uses by default; JDCT_ISLOW differs by a few units
  decoder.jpeg.do_fancy_upsampling = TRUE;
  jpeg_start_decompress(&decoder.jpeg);
  const std::size_t stride = std::size_t{decoder.jpeg.output_width} * static_cast<std::size_t>(channels);
  while (decoder.jpeg.output_scanline < decoder.jpeg.output_height) {
    JSAMPROW row = pixels + decoder.jpeg.output_scanline * stride;
    jpeg_read_scanlines(&decoder.jpeg, &row, 1);
  }
  jpeg_finish_decompress(&decoder.jpeg);
  return true;
}

int orientation_of(const Decoder& decoder) {
  for (const auto* marker = decoder.jpeg.marker_list; marker != nullptr; marker = marker->next) {
    const Bytes data(reinterpret_cast<const std::byte*>(marker->data), marker->data_length);
    if (as_text(data).starts_with(std::string_view("Exif\0\0", 6))) return exif_orientation(data.subspan(6));
  }
  return 1;
}

}  // namespace

Result<Image> read_jpeg(Bytes bytes, const std::string& name, const ImageLimits& limits) {
  Decoder decoder;
  if (!read_header(decoder, bytes)) return damaged(name, decoder.message);
  const int channels = decoder.jpeg.num_components;
  if (channels != 1 && channels != 3)
    return Error("image.colours", "the picture is in CMYK").at(name).fix("convert it to RGB");
  VIVACE_TRY(Tensor pixels,
             make_pixels(decoder.jpeg.image_height, decoder.jpeg.image_width, channels, name, limits));
  const int orientation = orientation_of(decoder);  // finishing frees the markers
  if (!read_pixels(decoder, channels, pixels.as<JSAMPLE>())) return damaged(name, decoder.message);
  return Image{std::move(pixels), orientation};
}

}  // namespace vivace::image
