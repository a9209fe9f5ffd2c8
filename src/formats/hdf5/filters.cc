// Deflate and shuffle.
#include <zlib.h>

#include <algorithm>

#include "base/text.h"
#include "base/try.h"
#include "formats/hdf5/chunks.h"
#include "formats/hdf5/source.h"

namespace vivace::hdf5 {

namespace {

std::string_view filter_name(std::uint16_t id) {
  constexpr std::string_view kNames[] = {"",     "deflate", "shuffle",    "fletcher32",
                                         "szip", "nbit",    "scaleoffset"};
  if (id < std::size(kNames)) return kNames[id];
  return id == 32000 ? "lzf" : id == 32001 ? "blosc" : id == 32015 ? "zstd" : "plug-in";
}

// Exactly `size` bytes out of a zlib stream, or nothing.
std::vector<std::byte> inflated(Bytes stored, std::uint64_t size) {
  std::vector<std::byte> out(size);
  uLongf written = size;
  const int code = uncompress(reinterpret_cast<Bytef*>(out.data()), &written,
                              reinterpret_cast<const Bytef*>(stored.data()), stored.size());
  if (code != Z_OK || written != size) out.clear();
  return out;
}

// Shuffle stores all first bytes of the elements, then all second bytes, ...; bytes past the last whole
// element stay at the end.
std::vector<std::byte> unshuffled(Bytes stored, std::size_t element_bytes) {
  std::vector<std::byte> out(stored.begin(), stored.end());
  const std::size_t count = stored.size() / element_bytes;
  for (std::size_t byte = 0; byte < element_bytes; ++byte) {
    const std::byte* plane = stored.data() + byte * count;
    for (std::size_t i = 0; i < count; ++i) out[i * element_bytes + byte] = plane[i];
  }
  return out;
}

}  // namespace

Result<Filters> read_filters(const Source& source, std::string_view path, const Message* message) {
  Filters filters;
  if (!message) return filters;
  Cursor cursor(source, path, message->offset, message->size);
  if (message->shared()) return cursor.unsupported("a shared list of filters");
  const std::uint8_t version = cursor.u8();
  const int count = cursor.u8();
  if (cursor.ok() && version != 1 && version != 2) {
    return cursor.unsupported(text("filter lists of version {}", version));
  }
  if (version == 1) cursor.skip(6);
  for (int i = 0; i < count; ++i) {
    const std::uint16_t id = cursor.u16();
    const std::uint16_t name_bytes = version == 1 || id >= 256 ? cursor.u16() : std::uint16_t{0};
    cursor.skip(2);  // flags
    const std::uint64_t values = cursor.u16();
    cursor.skip(name_bytes + 4 * values + (version == 1 && values % 2 != 0 ? 4 : 0));
    VIVACE_CHECK_OK(cursor.status("list of filters"));
    if (id != 1 && id != 2) return cursor.unsupported(text("the filter {} ({})", id, filter_name(id)));
    const Filter filter{id == 1 ? Filter::Kind::deflate : Filter::Kind::shuffle};
    const auto same = [&](const Filter& other) { return other.kind == filter.kind; };
    if (std::any_of(filters.begin(), filters.end(), same))
      return cursor.unsupported("a filter applied twice");
    filters.push_back(filter);
  }
  VIVACE_CHECK_OK(cursor.status("list of filters"));
  const bool shuffled_after = filters.size() == 2 && filters[0].kind == Filter::Kind::deflate;
  if (shuffled_after) return cursor.unsupported("shuffle after deflate");
  return filters;
}

Result<std::vector<std::byte>> undo_filters(const Source& source, std::string_view path,
                                            const Filters& filters, std::uint32_t mask, Bytes stored,
                                            std::uint64_t chunk_bytes, std::uint32_t element_bytes) {
  std::vector<std::byte> held;
  Bytes bytes = stored;
  for (std::size_t i = filters.size(); i-- > 0;) {
    if ((mask >> i & 1) != 0) continue;
    if (filters[i].kind == Filter::Kind::deflate)
      held = inflated(bytes, chunk_bytes);
    else if (bytes.size() == chunk_bytes)
      held = unshuffled(bytes, element_bytes);
    bytes = held;
  }
  const auto offset = static_cast<std::uint64_t>(stored.data() - source.bytes.data());
  if (bytes.size() != chunk_bytes) {
    return source.damaged(path, offset, text("the chunk there does not unpack to its {} bytes", chunk_bytes));
  }
  if (held.empty()) held.assign(bytes.begin(), bytes.end());
  return held;
}

}  // namespace vivace::hdf5
