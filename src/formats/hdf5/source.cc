// Cursors, and the sentences of this room's errors.
#include "formats/hdf5/source.h"

#include <algorithm>

#include "base/checked.h"
#include "base/text.h"

namespace vivace::hdf5 {

namespace {

// Names come from the file and end on a terminal: no control characters.
std::string printable(std::string_view name) {
  std::string clean(name);
  for (char& c : clean) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
  }
  return clean;
}

}  // namespace

std::uint64_t Source::allowed_bytes() const {
  const auto expanded = checked_mul<std::uint64_t>(bytes.size(), limits.expansion);
  return std::max(limits.free_bytes, expanded.value_or(~std::uint64_t{0}));
}

std::string Source::where(std::string_view path) const { return name + ":" + printable(path); }

std::string Source::where(std::string_view path, std::uint64_t offset) const {
  return text("{}:{}@0x{:x}", name, printable(path), base + offset);
}

Error Source::damaged(std::string_view path, std::uint64_t offset, std::string why) const {
  return Error("hdf5.damaged", text("\"{}\" of this HDF5 file is damaged", printable(path)))
      .at(where(path, offset))
      .why(std::move(why))
      .fix("download or save the file again");
}

Error Source::unsupported(std::string_view path, std::uint64_t offset, std::string_view what) const {
  return Error("hdf5.unsupported", text("\"{}\" uses {}, which vivace does not read", printable(path), what))
      .at(where(path, offset))
      .why("vivace reads the part of HDF5 that Keras writes")
      .fix("save the model again with Keras, or rewrite the file: h5repack -f NONE -l CONTI old.h5 new.h5");
}

Error Source::too_large(std::string_view path, std::string why) const {
  return Error("hdf5.limit", text("\"{}\" is larger than a file of {} may make it", printable(path),
                                  bytes_text(static_cast<double>(bytes.size()))))
      .at(where(path))
      .why(std::move(why))
      .fix("if the file is trusted, rewrite it without compression: h5repack -f NONE old.h5 new.h5");
}

Error Source::wrong_kind(std::string_view path, std::string what) const {
  return Error("hdf5.kind", std::move(what))
      .at(where(path))
      .why("the file's layout is not the one that Keras writes")
      .fix("save the model again with Keras");
}

Cursor::Cursor(const Source& source, std::string_view path, std::uint64_t offset, std::uint64_t size)
    : source_(&source),
      path_(path),
      start_(offset),
      position_(offset),
      end_(offset),
      ok_(fits(offset, size, source.bytes.size())) {
  if (ok_) end_ = offset + size;
}

Cursor::Cursor(const Source& source, std::string_view path, std::uint64_t offset)
    : Cursor(source, path, offset, offset <= source.bytes.size() ? source.bytes.size() - offset : 1) {}

Cursor Cursor::part(std::uint64_t bytes) {
  Cursor inner(*source_, path_, position_, bytes <= left() ? bytes : 0);
  inner.ok_ = ok_ && bytes <= left();
  skip(bytes);
  return inner;
}

std::string_view Cursor::text() {
  const std::string_view rest = as_text(source_->bytes.subspan(ok_ ? position_ : 0, ok_ ? left() : 0));
  const std::size_t size = rest.find('\0');
  if (size == std::string_view::npos) {
    ok_ = false;
    return {};
  }
  position_ += size + 1;
  return rest.substr(0, size);
}

Status Cursor::status(std::string_view structure) const {
  if (ok_) return {};
  return damaged(vivace::text("the {} there runs past its end, or past the end of the file", structure));
}

}  // namespace vivace::hdf5
