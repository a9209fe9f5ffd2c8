// Any bytes, read as HDF5 to the last attribute: an error or values, never a crash.
#include "../tests/support/hdf5_walk.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vivace;
  const hdf5::Limits limits{.free_bytes = std::uint64_t{1} << 20, .expansion = 1};
  const Bytes bytes(reinterpret_cast<const std::byte*>(data), size);
  const auto file = hdf5::File::open(bytes, nullptr, "fuzz.h5", limits);
  if (file.ok()) hdf5::Walker(std::uint64_t{1} << 21).walk(file->root());
  return 0;
}
