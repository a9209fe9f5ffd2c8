// Any bytes as .npy and as .npz: the last element of every array is touched, and all of every string.
#include "formats/npy/npy.h"

namespace {

void touch(const vivace::NpyArray& array) {
  const auto* bytes = static_cast<const volatile std::byte*>(array.data);
  if (array.view().bytes() != 0) (void)bytes[array.view().bytes() - 1];
  if (array.dtype == vivace::DType::string)
    (void)vivace::write_npy(array.view());  // looks at every character
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const vivace::Bytes bytes(reinterpret_cast<const std::byte*>(data), size);
  if (const auto array = vivace::read_npy(bytes, nullptr, "fuzz.npy")) touch(*array);
  if (const auto arrays = vivace::read_npz(bytes, nullptr, "fuzz.npz"))
    for (const auto& array : *arrays) touch(array);
  return 0;
}
