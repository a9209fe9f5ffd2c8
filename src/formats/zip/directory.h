// The directory of a zip archive: found, walked, and checked against the local headers.
#pragma once

#include <string>
#include <vector>

#include "base/bytes.h"
#include "formats/zip/zip.h"
#include "vivace/result.h"

namespace vivace::zip {

/// Where the central directory lies and how many members it lists.
struct Directory {
  std::uint64_t offset = 0, size = 0, members = 0;
};

/// An error at a byte of the archive.
Error error_at(const std::string& archive, std::uint64_t offset, std::string kind, std::string what);

/// Whether the archive begins at the first byte, or anywhere behind a file of another kind.
enum class Begin { first_byte, anywhere };

/// Reads the records at the archive's end, zip64 ones included.
Result<Directory> find_directory(Bytes archive, const std::string& name, Begin begin = Begin::first_byte);

/// How many bytes of a file stand before an archive at its end that counts its offsets from its own first
/// byte.
std::uint64_t bytes_before(Bytes file);

/// The central directory's entries, each checked by itself. data_offset is not yet known.
Result<std::vector<ZipMember>> read_directory(Bytes archive, const Directory& directory,
                                              const std::string& name);

/// Compares each local header (and data descriptor) with its member, sets data_offset, refuses overlaps.
Status match_local_headers(Bytes archive, const Directory& directory, const std::string& name,
                           std::vector<ZipMember>& members);

/// A 64-bit size of the zip64 extra field, whose fields stand in a fixed order but only where the 32-bit one
/// is saturated.
class Zip64Extra {
 public:
  explicit Zip64Extra(Bytes extra);
  /// `value` itself, or the next 64-bit field where it is saturated; false where that field is missing.
  bool widen(std::uint64_t& value);

 private:
  Bytes fields_;
};

}  // namespace vivace::zip
