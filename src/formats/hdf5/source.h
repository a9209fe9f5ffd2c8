// The file's bytes, and the one way to read structures out of them: a cursor that cannot leave its range.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "formats/hdf5/hdf5.h"

namespace vivace::hdf5 {

/// Addresses count from `bytes[0]`, which is the superblock; `base` bytes of user block stand before it.
struct Source {
  Bytes bytes;
  std::uint64_t base = 0;
  std::shared_ptr<const void> owner;
  std::string name;
  Limits limits;
  int offset_size = 8;
  int length_size = 8;

  /// The address that says "nothing was allocated".
  std::uint64_t undefined() const {
    return offset_size == 8 ? ~std::uint64_t{0} : (std::uint64_t{1} << (8 * offset_size)) - 1;
  }
  /// The most bytes that one dataset may be given.
  std::uint64_t allowed_bytes() const;

  std::string where(std::string_view path) const;
  std::string where(std::string_view path, std::uint64_t offset) const;
  Error damaged(std::string_view path, std::uint64_t offset, std::string why) const;
  /// `what` is "a dense group"; the message says that vivace does not read it and how to rewrite the file.
  Error unsupported(std::string_view path, std::uint64_t offset, std::string_view what) const;
  Error too_large(std::string_view path, std::string why) const;
  Error wrong_kind(std::string_view path, std::string what) const;
};

/// Ends walks over structures that share or repeat parts: honest ones do not visit more bytes than the file
/// has (four times over, since B-tree keys repeat names).
class Budget {
 public:
  explicit Budget(const Source& source) : left_(4 * (source.bytes.size() + 1024)) {}
  bool spend(std::uint64_t bytes) {
    const bool enough = bytes <= left_;
    left_ = enough ? left_ - bytes : 0;
    return enough;
  }

 private:
  std::uint64_t left_;
};

/// Reads numbers and bytes in order. Once something does not fit, it has failed and gives zeros and empty
/// spans: check ok() or status() before trusting what was read, and before looping on it.
class Cursor {
 public:
  Cursor(const Source& source, std::string_view path, std::uint64_t offset, std::uint64_t size);
  /// From `offset` to the end of the file.
  Cursor(const Source& source, std::string_view path, std::uint64_t offset);

  /// An unsigned little-endian number of 1 to 8 bytes.
  std::uint64_t number(int bytes) {
    if (bytes == 8) return fixed<std::uint64_t>();  // all addresses and lengths of real files
    const Bytes raw = take(static_cast<std::uint64_t>(bytes));
    std::uint64_t value = 0;
    if (!raw.empty()) std::memcpy(&value, raw.data(), raw.size());
    return value;
  }
  std::uint8_t u8() { return fixed<std::uint8_t>(); }
  std::uint16_t u16() { return fixed<std::uint16_t>(); }
  std::uint32_t u32() { return fixed<std::uint32_t>(); }
  std::uint64_t address() { return number(source_->offset_size); }
  std::uint64_t length() { return number(source_->length_size); }
  Bytes take(std::uint64_t bytes) {
    if (!ok_ || bytes > left()) {
      ok_ = false;
      return {};
    }
    const Bytes taken = source_->bytes.subspan(position_, bytes);
    position_ += bytes;
    return taken;
  }
  void skip(std::uint64_t bytes) { take(bytes); }
  /// Takes as many bytes as `signature` has; whether they were it.
  bool takes(std::string_view signature) { return as_text(take(signature.size())) == signature; }
  /// A cursor over the next `bytes`, which this one skips.
  Cursor part(std::uint64_t bytes);
  /// Text up to a NUL, which is taken too.
  std::string_view text();

  bool ok() const { return ok_; }
  std::uint64_t position() const { return position_; }
  std::uint64_t left() const { return end_ - position_; }
  const Source& source() const { return *source_; }
  std::string_view path() const { return path_; }
  /// hdf5.damaged where this cursor failed: "the STRUCTURE runs past its end".
  Status status(std::string_view structure) const;
  Error damaged(std::string why) const { return source_->damaged(path_, start_, std::move(why)); }
  Error unsupported(std::string_view what) const { return source_->unsupported(path_, start_, what); }

 private:
  template <class T>
  T fixed() {
    const Bytes raw = take(sizeof(T));
    return raw.empty() ? T{0} : load_le<T>(raw.data());
  }

  const Source* source_;
  std::string_view path_;
  std::uint64_t start_, position_, end_;
  bool ok_;
};

}  // namespace vivace::hdf5
