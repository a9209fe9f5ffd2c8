// Any bytes as a TensorFlow Lite model: a graph that verifies, or one error.
#include <cstddef>
#include <cstdint>

#include "import/tflite/tflite.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const vivace::Bytes bytes(reinterpret_cast<const std::byte*>(data), size);
  const auto model = vivace::tflite::read(bytes, nullptr, "fuzz");
  if (!model.ok()) return 0;
  const auto imported = vivace::tflite::import_records(*model);
  if (imported.ok() && !vivace::verify(imported->graph).ok()) __builtin_trap();
  return 0;
}
