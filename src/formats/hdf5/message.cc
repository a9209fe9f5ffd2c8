// Object headers of versions 1 and 2, with their continuation blocks.
#include "formats/hdf5/message.h"

#include "base/text.h"
#include "base/try.h"
#include "formats/hdf5/source.h"

namespace vivace::hdf5 {

namespace {

constexpr std::uint64_t kChecksumBytes = 4;

struct Block {
  std::uint64_t offset;
  std::uint64_t size;
};

struct Header {
  int version = 1;
  bool ordered = false;  // version 2: messages carry the order of their creation
  Block first{};
};

Result<Header> read_prefix(const Source& source, std::string_view path, std::uint64_t address) {
  Cursor cursor(source, path, address);
  Header header;
  if (Cursor probe = cursor; probe.takes("OHDR")) {
    cursor.skip(4);
    header.version = cursor.u8();
    const std::uint8_t flags = cursor.u8();
    header.ordered = (flags & 0x04) != 0;
    if ((flags & 0x20) != 0) cursor.skip(16);  // times
    if ((flags & 0x10) != 0) cursor.skip(4);   // when attributes go to dense storage
    header.first.size = cursor.number(1 << (flags & 3));
    if (cursor.ok() && header.version != 2) {
      return cursor.unsupported(text("object headers of version {}", header.version));
    }
  } else {
    header.version = cursor.u8();
    cursor.skip(7);  // reserved, number of messages, number of links
    header.first.size = cursor.u32();
    cursor.skip(4);
    if (cursor.ok() && header.version != 1) return cursor.damaged("there is no object header there");
  }
  header.first.offset = cursor.position();
  VIVACE_CHECK_OK(cursor.status("object header"));
  return header;
}

Message read_message(Cursor& cursor, const Header& header) {
  Message message;
  if (header.version == 1) {
    message.type = cursor.u16();
    message.size = cursor.u16();
    message.flags = cursor.u8();
    cursor.skip(3);
  } else {
    message.type = cursor.u8();
    message.size = cursor.u16();
    message.flags = cursor.u8();
    if (header.ordered) cursor.skip(2);
  }
  message.offset = cursor.position();
  cursor.skip(message.size);
  return message;
}

// Adds the block's messages to `messages`, and the blocks it continues in to `blocks`.
Status read_block(Cursor cursor, const Header& header, std::vector<Message>& messages,
                  std::vector<Block>& blocks) {
  const std::uint64_t least = header.version == 1 ? 8 : header.ordered ? 6 : 4;
  while (cursor.left() >= least) {
    const Message message = read_message(cursor, header);
    if (!cursor.ok()) return cursor.status("object header");
    if (message.type == kContinuation) {
      Cursor body(cursor.source(), cursor.path(), message.offset, message.size);
      const std::uint64_t offset = body.address();
      blocks.push_back({offset, body.length()});
      VIVACE_CHECK_OK(body.status("continuation message"));
    } else if (message.type != 0) {
      messages.push_back(message);
    }
  }
  return {};
}

}  // namespace

Result<std::vector<Message>> read_messages(const Source& source, std::string_view path,
                                           std::uint64_t address) {
  VIVACE_TRY(const Header header, read_prefix(source, path, address));
  std::vector<Message> messages;
  std::vector<Block> blocks = {header.first};
  Budget budget(source);
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    const Block block = blocks[i];
    Cursor cursor(source, path, block.offset, block.size);
    VIVACE_CHECK_OK(cursor.status("object header"));
    if (!budget.spend(block.size + 16)) return cursor.damaged("this object header continues in a circle");
    if (i > 0 && header.version == 2) {
      if (block.size < 8 || !cursor.takes("OCHK"))
        return cursor.damaged("there is no header continuation there");
      cursor = cursor.part(cursor.left() - kChecksumBytes);
    }
    VIVACE_CHECK_OK(read_block(cursor, header, messages, blocks));
  }
  return messages;
}

}  // namespace vivace::hdf5
