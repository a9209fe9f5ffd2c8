// Chunked datasets: the filters that their chunks went through, and putting the chunks together.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "formats/hdf5/storage.h"

namespace vivace::hdf5 {

/// In the order in which they were applied on writing.
struct Filter {
  enum class Kind : std::uint8_t { deflate, shuffle };
  Kind kind;
};
using Filters = std::vector<Filter>;

/// Deflate and shuffle, each at most once; all others are hdf5.unsupported. `message` may be null: none.
Result<Filters> read_filters(const Source& source, std::string_view path, const Message* message);

/// A chunk's bytes before the filters: exactly `chunk_bytes`. A set bit of `mask` skips that filter.
Result<std::vector<std::byte>> undo_filters(const Source& source, std::string_view path,
                                            const Filters& filters, std::uint32_t mask, Bytes stored,
                                            std::uint64_t chunk_bytes, std::uint32_t element_bytes);

/// Copies all stored chunks into `out`, which holds the whole dataset and its fill value.
Status read_chunks(const Source& source, std::string_view path, const Layout& layout, const Filters& filters,
                   const Info& info, std::span<std::byte> out);

/// One chunk as the index knows it.
struct Chunk {
  Shape at;  // its first element
  std::uint64_t address = 0;
  std::uint64_t size = 0;  // as stored
  std::uint32_t mask = 0;
};

/// How a dataset is cut.
struct Grid {
  Shape counts;  // chunks along each dimension
  std::int64_t chunks = 0;
  std::uint64_t chunk_bytes = 0;
};

/// All chunks that were ever written.
Result<std::vector<Chunk>> read_index(const Source& source, std::string_view path, const Layout& layout,
                                      const Grid& grid, bool filtered);

}  // namespace vivace::hdf5
