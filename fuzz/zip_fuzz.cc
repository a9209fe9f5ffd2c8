// Any bytes as a zip archive: every member is read.
#include "formats/zip/zip.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vivace;
  const auto zip = ZipFile::open({reinterpret_cast<const std::byte*>(data), size}, nullptr, "fuzz.zip");
  if (!zip) return 0;
  for (const ZipMember& member : zip->members()) (void)zip->read(member, ZipVerify::always);
  return 0;
}
