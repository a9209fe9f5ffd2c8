// Damaged .viv files whose hashes are right, so that the checks behind the hashes must find what is wrong.
#pragma once

#include <cstring>
#include <string>

#include "base/bytes.h"
#include "base/hash.h"
#include "plan/viv_format.h"

namespace vivace::test {

/// Makes the header agree with the bytes as far as sizes allow: file size, hashes of records and data.
inline void fix_header(std::string& file) {
  viv::Header header;
  if (file.size() < sizeof header) return;
  std::memcpy(&header, file.data(), sizeof header);
  header.file_bytes = file.size();
  const Bytes bytes = as_bytes(file);
  if (header.record_bytes <= file.size() - sizeof header)
    header.record_hash = hash_bytes(bytes.subspan(sizeof header, header.record_bytes));
  if (header.data_offset <= file.size()) header.data_hash = hash_bytes(bytes.subspan(header.data_offset));
  std::memcpy(file.data(), &header, sizeof header);
}

}  // namespace vivace::test
