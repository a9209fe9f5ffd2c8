// Pictures from untrusted bytes: PNG, JPEG, and binary PGM and PPM.
#pragma once

#include <string>

#include "base/bytes.h"
#include "vivace/result.h"
#include "vivace/tensor.h"

namespace vivace {

struct Image {
  Tensor pixels;        // u8 [height, width, channels]; 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA, as stored
  int orientation = 1;  // EXIF's 1 to 8; 1 is upright. Reported, not applied, as in tf.io.decode_image
};

struct ImageLimits {
  std::int64_t pixels = std::int64_t{1} << 28;
  std::int64_t bytes = std::int64_t{1} << 30;
};

/// Decodes by content, not by name, to what tf.io.decode_png and decode_jpeg give: palettes become RGB or
/// RGBA, 16-bit samples keep their high byte. Sizes are checked before anything is allocated. Errors:
/// image.unknown, image.too-large, image.damaged, image.colours.
Result<Image> read_image(Bytes bytes, const std::string& name, const ImageLimits& limits = {});

}  // namespace vivace
