// Any bytes as a table of numbers, as reals and as integers, and as one of words.
#include "formats/csv/csv.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const vivace::Bytes bytes(reinterpret_cast<const std::byte*>(data), size);
  (void)vivace::read_csv(bytes, "fuzz.csv");
  (void)vivace::read_csv(bytes, "fuzz.csv", vivace::DType::i64);
  (void)vivace::read_csv_fields(bytes, "fuzz.csv");
  return 0;
}
