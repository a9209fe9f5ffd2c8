// Any bytes as a TensorFlow Lite file: records, or one error.
#include <cstddef>
#include <cstdint>

#include "formats/tflite/about.h"
#include "formats/tflite/sparse.h"
#include "formats/tflite/tflite.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const vivace::Bytes bytes(reinterpret_cast<const std::byte*>(data), size);
  const auto model = vivace::tflite::read(bytes, nullptr, "fuzz");
  if (!model.ok()) return 0;
  for (const auto& entry : (*model)->metadata) (void)vivace::tflite::read_about(entry.data);
  for (const auto& subgraph : (*model)->subgraphs)
    for (const auto& tensor : subgraph.tensors)
      if (tensor.sparsity && tensor.count() < (1 << 20)) (void)vivace::tflite::expanded(tensor);
  return 0;
}
