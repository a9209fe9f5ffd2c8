// Binary PGM and PPM with samples of one byte.
#include <charconv>
#include <cstring>

#include "base/text.h"
#include "base/try.h"
#include "formats/image/codec.h"

namespace vivace::image {
namespace {

/// The next number of the header, after blanks and comments; -1 where there is none.
std::int64_t next_number(std::string_view& rest) {
  while (!rest.empty() &&
         (rest[0] == '#' || std::string_view(" \t\r\n").find(rest[0]) != std::string_view::npos)) {
    const std::size_t comment_end = rest[0] == '#' ? rest.find('\n') : 0;
    rest.remove_prefix(comment_end == std::string_view::npos ? rest.size() : comment_end + 1);
  }
  std::int64_t number = -1;
  const auto [end, code] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
  if (code != std::errc()) return -1;
  rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
  return number;
}

}  // namespace

Result<Image> read_pnm(Bytes bytes, const std::string& name, const ImageLimits& limits) {
  const std::int64_t channels = as_text(bytes)[1] == '6' ? 3 : 1;
  std::string_view rest = as_text(bytes).substr(2);
  const std::int64_t width = next_number(rest), height = next_number(rest), largest = next_number(rest);
  if (largest != 255 || rest.empty())
    return damaged(name, "its header is broken, or its samples do not go from 0 to 255");
  rest.remove_prefix(1);  // the one blank after the header
  VIVACE_TRY(Tensor pixels, make_pixels(height, width, channels, name, limits));
  if (rest.size() < pixels.bytes())
    return damaged(name, text("it needs {} bytes of pixels, it has {}", pixels.bytes(), rest.size()));
  std::memcpy(pixels.data(), rest.data(), pixels.bytes());
  return Image{std::move(pixels), 1};
}

}  // namespace vivace::image
