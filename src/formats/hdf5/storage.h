// Where a dataset's elements stand, and how they come out of there.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "formats/hdf5/hdf5.h"
#include "formats/hdf5/message.h"

namespace vivace::hdf5 {

struct Layout {
  enum class Kind : std::uint8_t { inside, contiguous, chunked };
  enum class Index : std::uint8_t { btree, single, implicit, fixed_array };
  Kind kind = Kind::contiguous;
  std::uint64_t address = 0;  // of the elements, or of the index of chunks
  std::uint64_t size = 0;
  Index index = Index::btree;
  Shape chunk;                    // elements of one chunk along each dimension
  std::uint64_t single_size = 0;  // stored bytes of the only chunk; 0: not filtered
  std::uint32_t single_mask = 0;
};

Result<Layout> read_layout(const Source& source, std::string_view path, const Message& message);

/// The elements as stored, after the filters.
struct Raw {
  Bytes bytes;
  std::uint64_t offset = 0;  // in the file, where in_place
  bool in_place = false;
  std::shared_ptr<const void> owner;
};

Result<Raw> read_raw(const Source& source, std::string_view path, std::span<const Message> messages,
                     const Info& info);

}  // namespace vivace::hdf5
