// Any bytes as a table of numbers, as reals and as integers.
#include "formats/csv/csv.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const vivace::Bytes bytes(reinterpret_cast<const std::byte*>(data), size);
  (void)vivace::read_csv(bytes, "fuzz.csv");
  (void)vivace::read_csv(bytes, "fuzz.csv", vivace::DType::i64);
  return 0;
}
