// Where the chunks of a dataset stand: version-1 B-tree, single chunk, implicit, fixed array.
#include "base/checked.h"
#include "base/text.h"
#include "base/try.h"
#include "formats/hdf5/btree.h"
#include "formats/hdf5/chunks.h"
#include "formats/hdf5/source.h"

namespace vivace::hdf5 {

namespace {

Shape place_of(std::int64_t number, const Layout& layout, const Grid& grid) {
  Shape at(layout.chunk.size());
  for (std::size_t d = at.size(); d-- > 0;) {
    at[d] = number % grid.counts[d] * layout.chunk[d];
    number /= grid.counts[d];
  }
  return at;
}

Result<std::vector<Chunk>> read_btree(const Source& source, std::string_view path, const Layout& layout,
                                      const Grid& grid) {
  const std::size_t rank = layout.chunk.size();
  std::vector<Chunk> chunks;
  Budget budget(source);
  const auto leaf = [&](std::uint64_t key, std::uint64_t address) -> Status {
    Cursor cursor(source, path, key);
    Chunk chunk{.at = Shape(rank), .address = address};
    chunk.size = cursor.u32();
    chunk.mask = cursor.u32();
    for (std::size_t d = 0; d < rank; ++d) {
      chunk.at[d] = static_cast<std::int64_t>(cursor.number(8));
      const bool on_grid = chunk.at[d] >= 0 && chunk.at[d] % layout.chunk[d] == 0;
      if (!on_grid || chunk.at[d] / layout.chunk[d] >= grid.counts[d]) {
        return cursor.damaged("a chunk there lies outside its dataset");
      }
    }
    chunks.push_back(std::move(chunk));
    if (static_cast<std::int64_t>(chunks.size()) > grid.chunks)
      return cursor.damaged("it has more chunks than fit");
    return {};
  };
  const BTreeKind kind{1, 8 + 8 * (rank + 1)};
  VIVACE_CHECK_OK(walk_btree(source, path, layout.address, kind, budget, nullptr, leaf));
  return chunks;
}

struct FixedArray {
  std::uint8_t entry_bytes = 0;
  std::uint64_t page_entries = 0;
  std::uint64_t block = 0;
};

Result<FixedArray> read_fixed_header(const Source& source, std::string_view path, const Layout& layout,
                                     const Grid& grid, bool filtered) {
  Cursor cursor(source, path, layout.address);
  const bool signed_right = cursor.takes("FAHD");
  cursor.skip(1);
  const std::uint8_t client = cursor.u8();
  FixedArray array{.entry_bytes = cursor.u8()};
  const std::uint8_t page_bits = cursor.u8();
  const std::uint64_t entries = cursor.length();
  array.block = cursor.address();
  VIVACE_CHECK_OK(cursor.status("fixed array"));
  const int offset_size = source.offset_size;
  const bool sized = filtered ? array.entry_bytes > offset_size + 4 && array.entry_bytes <= offset_size + 12
                              : array.entry_bytes == offset_size;
  if (!signed_right || client != (filtered ? 1 : 0) || !sized || page_bits > 32 ||
      entries != static_cast<std::uint64_t>(grid.chunks)) {
    return cursor.damaged("there is no fixed array of this dataset's chunks there");
  }
  array.page_entries = std::uint64_t{1} << page_bits;
  return array;
}

Chunk read_entry(Cursor& cursor, const FixedArray& array, const Grid& grid, bool filtered) {
  Chunk chunk{.at = {}, .address = cursor.address(), .size = grid.chunk_bytes};
  if (filtered) {
    chunk.size = cursor.number(array.entry_bytes - cursor.source().offset_size - 4);
    chunk.mask = cursor.u32();
  }
  return chunk;
}

Result<std::vector<Chunk>> read_fixed_array(const Source& source, std::string_view path, const Layout& layout,
                                            const Grid& grid, bool filtered) {
  VIVACE_TRY(const FixedArray array, read_fixed_header(source, path, layout, grid, filtered));
  std::vector<Chunk> chunks;
  if (array.block == source.undefined()) return chunks;
  Cursor cursor(source, path, array.block);
  if (!cursor.takes("FADB")) return cursor.damaged("there is no fixed array there");
  cursor.skip(2 + static_cast<std::uint64_t>(source.offset_size));
  const auto total = static_cast<std::uint64_t>(grid.chunks);
  const bool paged = total > array.page_entries;
  const std::uint64_t pages = paged ? (total - 1) / array.page_entries + 1 : 1;
  const Bytes used = cursor.take(paged ? (pages - 1) / 8 + 1 : 0);  // a bit a page, the high bit first
  if (paged) cursor.skip(4);                                        // checksum
  VIVACE_CHECK_OK(cursor.status("fixed array"));
  for (std::uint64_t page = 0; page < pages; ++page) {
    const std::uint64_t first = page * array.page_entries;
    const std::uint64_t count = std::min(array.page_entries, total - first);
    Cursor entries = cursor.part(count * array.entry_bytes);
    cursor.skip(4);  // checksum
    VIVACE_CHECK_OK(cursor.status("fixed array"));
    if (paged && (std::to_integer<int>(used[page / 8]) & 0x80 >> page % 8) == 0) continue;
    for (std::uint64_t i = 0; i < count; ++i) {
      Chunk chunk = read_entry(entries, array, grid, filtered);
      chunk.at = place_of(static_cast<std::int64_t>(first + i), layout, grid);
      if (chunk.address != source.undefined()) chunks.push_back(std::move(chunk));
    }
  }
  return chunks;
}

}  // namespace

Result<std::vector<Chunk>> read_index(const Source& source, std::string_view path, const Layout& layout,
                                      const Grid& grid, bool filtered) {
  std::vector<Chunk> chunks;
  switch (layout.index) {
    case Layout::Index::btree:
      return read_btree(source, path, layout, grid);
    case Layout::Index::fixed_array:
      return read_fixed_array(source, path, layout, grid, filtered);
    case Layout::Index::single:
      if (grid.chunks != 1)
        return source.damaged(path, layout.address, "it needs more than its single chunk");
      chunks.push_back({Shape(layout.chunk.size()), layout.address,
                        layout.single_size != 0 ? layout.single_size : grid.chunk_bytes, layout.single_mask});
      break;
    case Layout::Index::implicit: {
      const auto bytes =
          checked_mul<std::uint64_t>(static_cast<std::uint64_t>(grid.chunks), grid.chunk_bytes);
      if (filtered || !bytes || !fits(layout.address, *bytes, source.bytes.size())) {
        return source.damaged(path, layout.address, "its chunks run past the end of the file");
      }
      for (std::int64_t i = 0; i < grid.chunks; ++i) {
        chunks.push_back({place_of(i, layout, grid),
                          layout.address + static_cast<std::uint64_t>(i) * grid.chunk_bytes, grid.chunk_bytes,
                          0});
      }
    }
  }
  return chunks;
}

}  // namespace vivace::hdf5
