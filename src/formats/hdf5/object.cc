// Groups, datasets and their attributes.
#include <algorithm>

#include "base/checked.h"
#include "base/text.h"
#include "base/try.h"
#include "formats/hdf5/links.h"
#include "formats/hdf5/message.h"
#include "formats/hdf5/source.h"
#include "formats/hdf5/storage.h"

namespace vivace::hdf5 {

namespace {

constexpr int kMaxDepth = 64;

Error missing(const Source& source, std::string_view path, std::string what) {
  return Error("hdf5.missing", std::move(what))
      .at(source.where(path))
      .why("the file may come from another version of Keras, or hold weights only")
      .fix("list what the file holds: h5ls -r");
}

// An attribute message, and a cursor at its datatype.
struct AttributeHead {
  std::string_view name;
  std::uint64_t type_bytes = 0;
  std::uint64_t space_bytes = 0;
  bool shared = false;
  bool padded = false;  // version 1 rounds each part up to 8 bytes
};

Result<AttributeHead> read_head(Cursor& cursor) {
  const int version = cursor.u8();
  const std::uint8_t flags = cursor.u8();
  const std::uint64_t name_bytes = cursor.u16();
  AttributeHead head{.name = {}, .type_bytes = cursor.u16(), .space_bytes = cursor.u16()};
  if (cursor.ok() && (version < 1 || version > 3))
    return cursor.unsupported(text("attributes of version {}", version));
  if (version == 3) cursor.skip(1);  // character set
  head.padded = version == 1;
  head.shared = version != 1 && (flags & 3) != 0;
  Cursor name = cursor.part(head.padded ? (name_bytes + 7) / 8 * 8 : name_bytes);
  head.name = name.text();
  VIVACE_CHECK_OK(name.status("attribute's name"));
  return head;
}

std::uint64_t padded(std::uint64_t bytes, const AttributeHead& head) {
  return head.padded ? (bytes + 7) / 8 * 8 : bytes;
}

Result<Info> read_info(Cursor type_cursor, Cursor space_cursor) {
  Info info;
  VIVACE_TRY(info.type, read_type(type_cursor));
  VIVACE_TRY(info.dims, read_dims(space_cursor));
  const auto bytes =
      checked_mul<std::uint64_t>(static_cast<std::uint64_t>(count_of(info.dims)), info.type.size);
  if (!bytes) return space_cursor.damaged(text("a size of {} elements cannot be", to_text(info.dims)));
  info.bytes = *bytes;
  return info;
}

// Reverses each element's bytes.
void swap_bytes(std::span<std::byte> elements, std::size_t size) {
  for (std::size_t i = 0; i + size <= elements.size(); i += size) {
    std::reverse(elements.begin() + static_cast<std::ptrdiff_t>(i),
                 elements.begin() + static_cast<std::ptrdiff_t>(i + size));
  }
}

}  // namespace

Result<Object> Object::open(std::shared_ptr<const Source> source, std::string path, std::uint64_t address,
                            int depth) {
  Object object;
  VIVACE_TRY(object.messages_, read_messages(*source, path.empty() ? "/" : path, address));
  object.source_ = std::move(source);
  object.path_ = path.empty() ? "/" : std::move(path);
  object.address_ = address;
  object.depth_ = depth;
  return object;
}

const Message* Object::message(std::uint16_t type) const {
  const auto found =
      std::find_if(messages_.begin(), messages_.end(), [&](const Message& m) { return m.type == type; });
  return found == messages_.end() ? nullptr : &*found;
}

bool Object::is_group() const { return message(kSymbolTable) || message(kLinkInfo) || message(kLink); }
bool Object::is_dataset() const { return !is_group() && message(kLayout) != nullptr; }

Status Object::needs_group() const {
  if (is_group()) return {};
  return source_->wrong_kind(path_, text("\"{}\" is not a group", path_));
}

Result<std::vector<std::string_view>> Object::children() const {
  VIVACE_CHECK_OK(needs_group());
  VIVACE_TRY(const auto links, read_links(*source_, path_, messages_));
  std::vector<std::string_view> names;
  names.reserve(links.size());
  for (const Link& link : links) names.push_back(link.name);
  return names;
}

Result<bool> Object::has_child(std::string_view name) const {
  VIVACE_CHECK_OK(needs_group());
  VIVACE_TRY(const auto links, read_links(*source_, path_, messages_, name));
  return !links.empty();
}

Result<Object> Object::child(std::string_view name) const {
  VIVACE_CHECK_OK(needs_group());
  VIVACE_TRY(const auto links, read_links(*source_, path_, messages_, name));
  if (links.empty()) return missing(*source_, path_, text("\"{}\" has nothing named \"{}\"", path_, name));
  std::string path = (path_ == "/" ? "" : path_) + "/" + std::string(name);
  if (links.front().kind != Link::Kind::hard) {
    const bool soft = links.front().kind == Link::Kind::soft;
    return Error("hdf5.link", text("\"{}\" is {} link, which vivace does not follow", path,
                                   soft ? "a soft" : "an external"))
        .at(source_->where(path))
        .why("a model's data must stand in the file itself")
        .fix("rewrite the file with its links resolved, or save the model again with Keras");
  }
  if (depth_ >= kMaxDepth) {
    return Error("hdf5.limit", text("groups are nested deeper than {}", kMaxDepth))
        .at(source_->where(path))
        .why("no model needs that; the file may link a group into itself")
        .fix("save the model again with Keras");
  }
  return open(source_, std::move(path), links.front().address, depth_ + 1);
}

Result<Object> Object::find(std::string_view path) const {
  Object object = *this;
  for (const std::string_view name : split(path, '/')) {
    if (name.empty()) continue;
    VIVACE_TRY(object, object.child(name));
  }
  return object;
}

Result<std::vector<std::string_view>> Object::attribute_names() const {
  std::vector<std::string_view> names;
  for (const Message& message : messages_) {
    Cursor cursor(*source_, path_, message.offset, message.size);
    if (message.type == kAttributeInfo) {
      cursor.skip(1);
      if ((cursor.u8() & 1) != 0) cursor.skip(2);
      const std::uint64_t heap = cursor.address();
      VIVACE_CHECK_OK(cursor.status("attribute info message"));
      if (heap != source_->undefined()) {
        return cursor.unsupported("dense attributes (they stand in a fractal heap)");
      }
    } else if (message.type == kAttribute) {
      if (message.shared()) return cursor.unsupported("shared attributes");
      VIVACE_TRY(const AttributeHead head, read_head(cursor));
      names.push_back(head.name);
    }
  }
  return names;
}

Result<const Message*> Object::find_attribute(std::string_view name) const {
  VIVACE_TRY(const auto names, attribute_names());
  std::size_t position = 0;
  for (const Message& message : messages_) {
    if (message.type == kAttribute && names[position++] == name) return &message;
  }
  return static_cast<const Message*>(nullptr);
}

Result<bool> Object::has_attribute(std::string_view name) const {
  VIVACE_TRY(const Message* message, find_attribute(name));
  return message != nullptr;
}

Result<Values> Object::attribute(std::string_view name) const {
  VIVACE_TRY(const Message* message, find_attribute(name));
  if (!message) return missing(*source_, path_, text("\"{}\" has no attribute \"{}\"", path_, name));
  Values values;
  values.path_ = path_ + "@" + std::string(name);
  Cursor cursor(*source_, values.path_, message->offset, message->size);
  VIVACE_TRY(const AttributeHead head, read_head(cursor));
  if (head.shared) return cursor.unsupported("a committed datatype");
  const Cursor type = cursor.part(padded(head.type_bytes, head));
  const Cursor space = cursor.part(padded(head.space_bytes, head));
  VIVACE_CHECK_OK(cursor.status("attribute"));
  VIVACE_TRY(values.info_, read_info(type, space));
  values.source_ = source_;
  values.raw_ = cursor.take(values.info_.bytes);
  VIVACE_CHECK_OK(cursor.status("attribute"));
  return values;
}

Result<std::vector<std::string_view>> Object::split_texts(std::string_view name) const {
  VIVACE_TRY(const bool whole, has_attribute(name));
  if (whole) {
    VIVACE_TRY(const Values values, attribute(name));
    return values.texts();
  }
  std::vector<std::string_view> all;
  for (int part = 0;; ++part) {
    const std::string part_name = text("{}{}", name, part);
    VIVACE_TRY(const bool more, has_attribute(part_name));
    if (!more && part > 0) return all;
    if (!more) return missing(*source_, path_, text("\"{}\" has no attribute \"{}\"", path_, name));
    VIVACE_TRY(const Values values, attribute(part_name));
    VIVACE_TRY(const auto texts, values.texts());
    all.insert(all.end(), texts.begin(), texts.end());
  }
}

Result<Info> Object::info() const {
  const Message* type = message(kDatatype);
  const Message* space = message(kDataspace);
  if (!is_dataset() || !type || !space) {
    return source_->wrong_kind(path_, text("\"{}\" is not a dataset", path_));
  }
  const Cursor type_cursor(*source_, path_, type->offset, type->size);
  if (type->shared() || space->shared()) return type_cursor.unsupported("a committed datatype");
  return read_info(type_cursor, Cursor(*source_, path_, space->offset, space->size));
}

Result<Elements> Object::read() const {
  VIVACE_TRY(Info info, this->info());
  if (info.type.is_text())
    return source_->wrong_kind(path_, text("\"{}\" holds strings where numbers are needed", path_));
  VIVACE_TRY(Raw raw, read_raw(*source_, path_, messages_, info));
  const DType dtype = info.type.dtype;
  const auto wild = [](std::byte b) { return b > std::byte{1}; };
  if (dtype == DType::boolean && std::any_of(raw.bytes.begin(), raw.bytes.end(), wild)) {
    return source_->damaged(path_, raw.offset, "a truth value there is neither 0 nor 1");
  }
  Elements elements{dtype, std::move(info.dims), raw.bytes.data(), raw.in_place, std::move(raw.owner)};
  if (info.type.big_endian && info.type.size > 1) {
    auto swapped = std::make_shared<Tensor>(dtype, elements.dims);
    const std::span<std::byte> bytes(static_cast<std::byte*>(swapped->data()), raw.bytes.size());
    std::copy(raw.bytes.begin(), raw.bytes.end(), bytes.begin());
    swap_bytes(bytes, info.type.size);
    elements.data = bytes.data();
    elements.in_place = false;
    elements.owner = std::move(swapped);
  }
  return elements;
}

Result<Values> Object::values() const {
  Values values;
  VIVACE_TRY(values.info_, info());
  // Decoding gives each element a string_view or a double, which may be 16 times what is stored.
  const auto decoded = checked_mul<std::uint64_t>(static_cast<std::uint64_t>(count_of(values.info_.dims)),
                                                  sizeof(std::string_view));
  if (!decoded || *decoded > source_->allowed_bytes()) {
    return source_->too_large(path_, text("it has {} elements to decode", count_of(values.info_.dims)));
  }
  VIVACE_TRY(Raw raw, read_raw(*source_, path_, messages_, values.info_));
  values.source_ = source_;
  values.path_ = path_;
  values.raw_ = raw.bytes;
  values.owner_ = std::move(raw.owner);
  return values;
}

}  // namespace vivace::hdf5
