// Opening: the superblock, versions 0 to 3, behind a user block or not.
#include "base/checked.h"
#include "base/text.h"
#include "base/try.h"
#include "formats/hdf5/message.h"
#include "formats/hdf5/source.h"

namespace vivace::hdf5 {

namespace {

constexpr std::string_view kSignature = "\x89HDF\r\n\x1a\n";

// At 0, or behind a user block of 512, 1024, 2048, ... bytes.
Result<std::uint64_t> find_signature(Bytes bytes, const std::string& name) {
  for (std::uint64_t at = 0; at + kSignature.size() <= bytes.size(); at = at == 0 ? 512 : 2 * at) {
    if (as_text(bytes.subspan(at, kSignature.size())) == kSignature) return at;
  }
  return Error("hdf5.not-hdf5", text("\"{}\" is not an HDF5 file", name))
      .at(text("{}@0x0", name))
      .why("it does not begin with HDF5's signature")
      .fix(
          "check the file's name, and whether the download is complete or is a web page or a Git LFS "
          "pointer");
}

Error truncated(const Source& source, std::string why) {
  return Error("hdf5.truncated", text("\"{}\" is an HDF5 file without its end", source.name))
      .at(text("{}@0x{:x}", source.name, source.base + source.bytes.size()))
      .why(std::move(why))
      .fix("download or copy the file again");
}

struct Superblock {
  std::uint64_t end = 0;
  std::uint64_t root = 0;
};

Result<Superblock> read_superblock(Source& source) {
  Cursor cursor(source, "/", kSignature.size());
  const int version = cursor.u8();
  if (cursor.ok() && version > 3) return cursor.unsupported(text("superblock version {}", version));
  if (version < 2) cursor.skip(4);
  source.offset_size = cursor.u8();
  source.length_size = cursor.u8();
  const auto known = [](int size) { return size == 2 || size == 4 || size == 8; };
  if (cursor.ok() && (!known(source.offset_size) || !known(source.length_size))) {
    return cursor.unsupported(text("addresses of {} bytes", source.offset_size));
  }
  cursor.skip(version >= 2 ? 1 : version == 1 ? 13 : 9);
  cursor.address();  // the base: it counts where the signature was found
  cursor.address();  // free space, or the superblock's extension
  Superblock superblock{.end = cursor.address()};
  if (version < 2) {
    cursor.address();  // driver
    cursor.address();  // the root's name
  }
  superblock.root = cursor.address();
  if (!cursor.ok()) return truncated(source, "it ends inside its superblock");
  return superblock;
}

}  // namespace

Result<File> File::open(Bytes bytes, std::shared_ptr<const void> owner, std::string name, Limits limits) {
  VIVACE_TRY(const std::uint64_t base, find_signature(bytes, name));
  auto source = std::make_shared<Source>();
  *source = Source{.bytes = bytes.subspan(base),
                   .base = base,
                   .owner = std::move(owner),
                   .name = std::move(name),
                   .limits = limits};
  VIVACE_TRY(const Superblock superblock, read_superblock(*source));
  if (superblock.end > bytes.size()) {
    return truncated(*source, text("it has {} bytes, its superblock says {}", bytes.size(), superblock.end));
  }
  VIVACE_TRY(Object root, Object::open(std::move(source), "", superblock.root, 0));
  VIVACE_CHECK_OK(root.needs_group());
  return File(std::move(root));
}

}  // namespace vivace::hdf5
