// Puts a dataset together from its chunks.
#include "formats/hdf5/chunks.h"

#include <algorithm>

#include "base/checked.h"
#include "base/text.h"
#include "base/try.h"
#include "formats/hdf5/source.h"

namespace vivace::hdf5 {

namespace {

Result<Grid> read_grid(const Source& source, std::string_view path, const Layout& layout, const Info& info) {
  if (layout.chunk.size() != info.dims.size()) {
    return source.damaged(path, layout.address, "its chunks differ in rank from the dataset");
  }
  Grid grid{.counts = info.dims};
  for (std::size_t d = 0; d < info.dims.size(); ++d)
    grid.counts[d] = (info.dims[d] - 1) / layout.chunk[d] + 1;
  grid.chunks = count_of(grid.counts);  // at most the dataset's elements, so it fits
  const auto elements = checked_count(layout.chunk);
  const auto bytes =
      checked_mul<std::uint64_t>(static_cast<std::uint64_t>(elements.value_or(-1)), info.type.size);
  const auto all =
      checked_mul<std::uint64_t>(bytes.value_or(~std::uint64_t{0}), static_cast<std::uint64_t>(grid.chunks));
  if (!elements || !bytes || !all || *all > source.allowed_bytes()) {
    return source.too_large(path, text("its chunks of shape {} are too large", to_text(layout.chunk)));
  }
  grid.chunk_bytes = *bytes;
  return grid;
}

// Copies a chunk row by row (a row runs along the last dimension), leaving out what hangs over the dataset's
// end.
void copy_chunk(const Chunk& chunk, const Shape& chunk_dims, const Info& info, Bytes from,
                std::span<std::byte> out) {
  const std::size_t rank = info.dims.size();
  const std::size_t element = info.type.size;
  Shape valid(rank);
  for (std::size_t d = 0; d < rank; ++d) valid[d] = std::min(chunk_dims[d], info.dims[d] - chunk.at[d]);
  const std::size_t row_bytes = static_cast<std::size_t>(valid[rank - 1]) * element;
  Shape index(rank);
  while (true) {
    std::int64_t source_row = 0, target_row = 0;
    for (std::size_t d = 0; d < rank; ++d) {
      source_row = source_row * chunk_dims[d] + index[d];
      target_row = target_row * info.dims[d] + chunk.at[d] + index[d];
    }
    std::memcpy(out.data() + static_cast<std::size_t>(target_row) * element,
                from.data() + static_cast<std::size_t>(source_row) * element, row_bytes);
    std::size_t d = rank - 1;
    while (d > 0 && ++index[d - 1] == valid[d - 1]) index[--d] = 0;
    if (d == 0) return;
  }
}

}  // namespace

Status read_chunks(const Source& source, std::string_view path, const Layout& layout, const Filters& filters,
                   const Info& info, std::span<std::byte> out) {
  VIVACE_TRY(const Grid grid, read_grid(source, path, layout, info));
  VIVACE_TRY(const std::vector<Chunk> chunks, read_index(source, path, layout, grid, !filters.empty()));
  for (const Chunk& chunk : chunks) {
    if (!fits(chunk.address, chunk.size, source.bytes.size())) {
      return source.damaged(path, chunk.address, "a chunk there runs past the end of the file");
    }
    const Bytes stored = source.bytes.subspan(chunk.address, chunk.size);
    if (filters.empty() && stored.size() == grid.chunk_bytes) {
      copy_chunk(chunk, layout.chunk, info, stored, out);
      continue;
    }
    VIVACE_TRY(const auto bytes,
               undo_filters(source, path, filters, chunk.mask, stored, grid.chunk_bytes, info.type.size));
    copy_chunk(chunk, layout.chunk, info, bytes, out);
  }
  return {};
}

}  // namespace vivace::hdf5
