// Any bytes as a picture of at most a million pixels.
#include "formats/image/image.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  (void)vivace::read_image({reinterpret_cast<const std::byte*>(data), size}, "fuzz", {.pixels = 1 << 20});
  return 0;
}
