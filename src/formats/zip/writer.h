// Writes zip archives of stored members: what .npz needs. Sizes past 4 GB get zip64 records.
#pragma once

#include <string>
#include <vector>

#include "base/bytes.h"

namespace vivace {

class ZipWriter {
 public:
  /// Appends a member. `name` must be new; `alignment` pads the header so that the data begin at a multiple.
  void add(const std::string& name, Bytes data, std::size_t alignment = 1);
  /// The finished archive; the writer is empty afterwards.
  std::vector<std::byte> finish();

 private:
  struct Entry {
    std::string name;
    std::uint64_t size, offset;
    std::uint32_t crc32;
  };
  std::vector<std::byte> bytes_;
  std::vector<Entry> entries_;
};

}  // namespace vivace
