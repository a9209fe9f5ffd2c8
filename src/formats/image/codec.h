// What the codecs share: one function each, and the check that stands before every allocation.
#pragma once

#include "formats/image/image.h"

namespace vivace::image {

Result<Image> read_png(Bytes bytes, const std::string& name, const ImageLimits& limits);
Result<Image> read_jpeg(Bytes bytes, const std::string& name, const ImageLimits& limits);
Result<Image> read_pnm(Bytes bytes, const std::string& name, const ImageLimits& limits);

/// The tensor for a picture of that size, or image.too-large.
Result<Tensor> make_pixels(std::int64_t height, std::int64_t width, std::int64_t channels,
                           const std::string& name, const ImageLimits& limits);
Error damaged(const std::string& name, const std::string& why);
/// The orientation that an EXIF block (beginning with its TIFF header) tells; 1 where it tells none.
int exif_orientation(Bytes tiff);

}  // namespace vivace::image
