// Layout messages, fill values, and the reading of a dataset's bytes.
#include "formats/hdf5/storage.h"

#include "base/checked.h"
#include "base/memory/aligned_buffer.h"
#include "base/text.h"
#include "base/try.h"
#include "formats/hdf5/chunks.h"
#include "formats/hdf5/source.h"

namespace vivace::hdf5 {

namespace {

// The last "dimension" stored is the size of an element.
Status read_chunk_dims(Cursor& cursor, int rank, int width, Layout& layout) {
  for (int i = 0; i < rank; ++i) layout.chunk.push_back(static_cast<std::int64_t>(cursor.number(width)));
  VIVACE_CHECK_OK(cursor.status("layout message"));
  if (rank < 2) return cursor.damaged("a chunked dataset needs a dimension");
  layout.chunk.pop_back();
  for (const std::int64_t dim : layout.chunk) {
    if (dim <= 0) return cursor.damaged("its chunks are empty");
  }
  return {};
}

Status read_indexed_chunks(Cursor& cursor, Layout& layout) {
  const std::uint8_t flags = cursor.u8();
  const int rank = cursor.u8();
  const int width = cursor.u8();
  if (cursor.ok() && (width < 1 || width > 8)) return cursor.damaged("its chunk sizes have an unknown width");
  VIVACE_CHECK_OK(read_chunk_dims(cursor, rank, width, layout));
  const std::uint8_t index = cursor.u8();
  switch (index) {
    case 1:
      layout.index = Layout::Index::single;
      if ((flags & 2) != 0) {
        layout.single_size = cursor.length();
        layout.single_mask = cursor.u32();
      }
      break;
    case 2:
      layout.index = Layout::Index::implicit;
      break;
    case 3:
      layout.index = Layout::Index::fixed_array;
      cursor.skip(1);  // the array's own header repeats it
      break;
    case 4:
      return cursor.unsupported("chunks in an extensible array (a dataset that can grow)");
    case 5:
      return cursor.unsupported("chunks in a version-2 B-tree (a dataset that can grow)");
    default:
      return cursor.unsupported(text("the chunk index {}", index));
  }
  layout.address = cursor.address();
  return {};
}

Result<std::shared_ptr<AlignedBuffer>> allocate(const Source& source, std::string_view path,
                                                std::uint64_t bytes) {
  if (bytes > source.allowed_bytes()) {
    return source.too_large(path, text("it says it has {} of elements; {} are allowed here",
                                       bytes_text(static_cast<double>(bytes)),
                                       bytes_text(static_cast<double>(source.allowed_bytes()))));
  }
  return std::make_shared<AlignedBuffer>(bytes);
}

Result<Bytes> read_fill(const Source& source, std::string_view path, const Message& message) {
  Cursor cursor(source, path, message.offset, message.size);
  bool defined = true;
  if (message.type == kFill) {
    const std::uint8_t version = cursor.u8();
    if (version == 3) {
      defined = (cursor.u8() & 0x20) != 0;
    } else {
      cursor.skip(2);
      const bool flag = cursor.u8() != 0;
      defined = version == 1 || flag;
    }
  }
  Bytes value;
  if (defined) value = cursor.take(cursor.u32());
  VIVACE_CHECK_OK(cursor.status("fill value"));
  return value;
}

Status fill(const Source& source, std::string_view path, std::span<const Message> messages, const Info& info,
            std::span<std::byte> out) {
  Bytes value;
  for (const Message& message : messages) {
    if (message.type != kFill && (message.type != kOldFill || !value.empty())) continue;
    if (message.shared()) return source.unsupported(path, message.offset, "a shared fill value");
    VIVACE_TRY(value, read_fill(source, path, message));
  }
  if (value.empty() || info.type.is_text()) return {};
  if (value.size() != info.type.size) {
    return source.damaged(path, 0,
                          text("its fill value has {} bytes, its elements {}", value.size(), info.type.size));
  }
  for (std::size_t i = 0; i + value.size() <= out.size(); i += value.size()) {
    std::memcpy(out.data() + i, value.data(), value.size());
  }
  return {};
}

const Message* first_of(std::span<const Message> messages, std::uint16_t type) {
  for (const Message& message : messages) {
    if (message.type == type) return &message;
  }
  return nullptr;
}

Result<Raw> in_file(const Source& source, std::string_view path, const Layout& layout, const Info& info) {
  if (layout.size < info.bytes || !fits(layout.address, layout.size, source.bytes.size())) {
    return source.damaged(
        path, layout.address,
        text("its {} bytes of elements do not fit into the {} bytes stored there", info.bytes, layout.size));
  }
  return Raw{source.bytes.subspan(layout.address, info.bytes), layout.address, true, source.owner};
}

}  // namespace

Result<Layout> read_layout(const Source& source, std::string_view path, const Message& message) {
  Cursor cursor(source, path, message.offset, message.size);
  const std::uint8_t version = cursor.u8();
  if (cursor.ok() && version != 3 && version != 4) {
    return cursor.unsupported(text("data layouts of version {}", version));
  }
  const std::uint8_t layout_class = cursor.u8();
  Layout layout;
  if (layout_class == 0) {
    layout.kind = Layout::Kind::inside;
    layout.size = cursor.u16();
    layout.address = cursor.position();
  } else if (layout_class == 1) {
    layout.address = cursor.address();
    layout.size = cursor.length();
  } else if (layout_class == 2) {
    layout.kind = Layout::Kind::chunked;
    if (version == 4) {
      VIVACE_CHECK_OK(read_indexed_chunks(cursor, layout));
    } else {
      const int rank = cursor.u8();
      layout.address = cursor.address();
      VIVACE_CHECK_OK(read_chunk_dims(cursor, rank, 4, layout));
    }
  } else {
    return cursor.unsupported(layout_class == 3 ? text("virtual storage (its data stand in other files)")
                                                : text("the storage class {}", layout_class));
  }
  VIVACE_CHECK_OK(cursor.status("layout message"));
  return layout;
}

Result<Raw> read_raw(const Source& source, std::string_view path, std::span<const Message> messages,
                     const Info& info) {
  const Message* external = first_of(messages, kExternalFiles);
  if (external)
    return source.unsupported(path, external->offset, "external storage (its data stand in other files)");
  const Message* message = first_of(messages, kLayout);
  if (!message) return source.damaged(path, 0, "it does not say where its data stand");
  VIVACE_TRY(const Layout layout, read_layout(source, path, *message));
  if (info.bytes == 0) return Raw{.bytes = {}, .owner = source.owner};
  const bool stored = layout.address != source.undefined();
  if (layout.kind != Layout::Kind::chunked && stored) return in_file(source, path, layout, info);

  VIVACE_TRY(const auto buffer, allocate(source, path, info.bytes));
  VIVACE_CHECK_OK(fill(source, path, messages, info, buffer->span()));
  if (stored) {
    VIVACE_TRY(const Filters filters, read_filters(source, path, first_of(messages, kFilters)));
    VIVACE_CHECK_OK(read_chunks(source, path, layout, filters, info, buffer->span()));
  }
  return Raw{buffer->span(), 0, false, buffer};
}

}  // namespace vivace::hdf5
