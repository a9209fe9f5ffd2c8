// Symbol tables (B-tree, nodes of symbols, local heap of names) and link messages.
#include "formats/hdf5/links.h"

#include <algorithm>

#include "base/text.h"
#include "base/try.h"
#include "formats/hdf5/btree.h"
#include "formats/hdf5/source.h"

namespace vivace::hdf5 {

namespace {

struct NameHeap {
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
};

Result<NameHeap> read_heap(const Source& source, std::string_view path, std::uint64_t address) {
  Cursor cursor(source, path, address);
  if (!cursor.takes("HEAP")) return cursor.damaged("there is no heap of names there");
  cursor.skip(4);
  NameHeap heap;
  heap.size = cursor.length();
  cursor.length();  // free list
  heap.offset = cursor.address();
  VIVACE_CHECK_OK(cursor.status("heap of names"));
  Cursor data(source, path, heap.offset, heap.size);
  VIVACE_CHECK_OK(data.status("heap of names"));
  return heap;
}

class SymbolTable {
 public:
  SymbolTable(const Source& source, std::string_view path, NameHeap heap,
              std::optional<std::string_view> only)
      : source_(source), path_(path), heap_(heap), only_(only), budget_(source) {}

  Status read(std::uint64_t btree, std::vector<Link>& links) {
    const BTreeKind kind{0, static_cast<std::uint64_t>(source_.length_size)};
    const auto leaf = [&](std::uint64_t, std::uint64_t node) { return read_node(node, links); };
    if (!only_) return walk_btree(source_, path_, btree, kind, budget_, nullptr, leaf);
    const auto wanted = [&](std::uint64_t right_key) -> Result<bool> {
      Cursor key(source_, path_, right_key);
      VIVACE_TRY(const std::string_view last, name(key.length()));
      return *only_ <= last;
    };
    return walk_btree(source_, path_, btree, kind, budget_, wanted, leaf);
  }

 private:
  static constexpr std::uint64_t kSymbolRest = 24;  // of a symbol, after its two addresses

  Result<std::string_view> name(std::uint64_t offset) {
    Cursor cursor(source_, path_, heap_.offset + std::min(offset, heap_.size),
                  heap_.size - std::min(offset, heap_.size));
    const std::string_view text = cursor.text();
    if (!cursor.ok()) return cursor.damaged("a name there has no end");
    if (!budget_.spend(text.size() + 1)) return cursor.damaged("the names of this group overlap");
    return text;
  }

  Status read_node(std::uint64_t address, std::vector<Link>& links) {
    Cursor cursor(source_, path_, address);
    if (!cursor.takes("SNOD")) return cursor.damaged("there is no node of symbols there");
    cursor.skip(2);
    const int count = cursor.u16();
    const std::uint64_t entry_bytes = 2 * static_cast<std::uint64_t>(source_.offset_size) + kSymbolRest;
    Cursor entries = cursor.part(static_cast<std::uint64_t>(count) * entry_bytes);
    VIVACE_CHECK_OK(entries.status("node of symbols"));
    if (!budget_.spend(entries.left())) return entries.damaged("the symbols of this group overlap");
    for (int i = 0; i < count; ++i) {
      const std::uint64_t name_offset = entries.address();
      Link link{.name = {}, .address = entries.address()};
      constexpr std::uint32_t kSoft = 2;
      if (entries.u32() == kSoft) link.kind = Link::Kind::soft;
      entries.skip(kSymbolRest - 4);
      VIVACE_TRY(link.name, name(name_offset));
      if (!only_ || link.name == *only_) links.push_back(link);
    }
    return {};
  }

  const Source& source_;
  std::string_view path_;
  NameHeap heap_;
  std::optional<std::string_view> only_;
  Budget budget_;
};

Status read_symbol_table(const Source& source, std::string_view path, const Message& message,
                         std::optional<std::string_view> only, std::vector<Link>& links) {
  Cursor cursor(source, path, message.offset, message.size);
  const std::uint64_t btree = cursor.address();
  const std::uint64_t heap_address = cursor.address();
  VIVACE_CHECK_OK(cursor.status("symbol table"));
  VIVACE_TRY(const NameHeap heap, read_heap(source, path, heap_address));
  return SymbolTable(source, path, heap, only).read(btree, links);
}

Result<Link> read_link(Cursor cursor) {
  const std::uint8_t version = cursor.u8();
  const std::uint8_t flags = cursor.u8();
  const std::uint8_t type = (flags & 0x08) != 0 ? cursor.u8() : std::uint8_t{0};
  if ((flags & 0x04) != 0) cursor.skip(8);  // order of creation
  if ((flags & 0x10) != 0) cursor.skip(1);  // character set: ASCII is UTF-8 too
  const std::uint64_t size = cursor.number(1 << (flags & 3));
  Link link{.name = as_text(cursor.take(size))};
  if (type == 0)
    link.address = cursor.address();
  else
    link.kind = type == 1 ? Link::Kind::soft : Link::Kind::external;
  VIVACE_CHECK_OK(cursor.status("link message"));
  if (version != 1) return cursor.unsupported(text("links of version {}", version));
  return link;
}

// A link-info message names a fractal heap where the group's links do not stand in its header.
Status refuse_dense(Cursor cursor) {
  cursor.skip(1);
  const std::uint8_t flags = cursor.u8();
  if ((flags & 1) != 0) cursor.skip(8);
  const std::uint64_t heap = cursor.address();
  VIVACE_CHECK_OK(cursor.status("link info message"));
  if (heap == cursor.source().undefined()) return {};
  return cursor.unsupported("a dense group (its links stand in a fractal heap)");
}

}  // namespace

Result<std::vector<Link>> read_links(const Source& source, std::string_view path,
                                     std::span<const Message> messages,
                                     std::optional<std::string_view> only) {
  std::vector<Link> links;
  for (const Message& message : messages) {
    const Cursor body(source, path, message.offset, message.size);
    if (message.type == kSymbolTable) {
      VIVACE_CHECK_OK(read_symbol_table(source, path, message, only, links));
    } else if (message.type == kLinkInfo) {
      VIVACE_CHECK_OK(refuse_dense(body));
    } else if (message.type == kLink) {
      VIVACE_TRY(const Link link, read_link(body));
      if (!only || link.name == *only) links.push_back(link);
    }
  }
  const auto by_name = [](const Link& a, const Link& b) { return a.name < b.name; };
  if (!std::is_sorted(links.begin(), links.end(), by_name)) std::sort(links.begin(), links.end(), by_name);
  return links;
}

}  // namespace vivace::hdf5
