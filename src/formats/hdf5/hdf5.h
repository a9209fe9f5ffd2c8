// The HDF5 subset that Keras writes, read from untrusted bytes: bounded, in place, without libhdf5.
//
//     VIVACE_TRY(auto file, hdf5::File::open(bytes, owner, "model.h5"));
//     VIVACE_TRY(auto kernel, file.root().find("model_weights/dense/dense/kernel:0"));
//     VIVACE_TRY(auto elements, kernel.read());
//
// Bounds: nothing is walked before it is asked for. One call does work and takes memory in proportion to the
// file's size, except that a dataset which must be allocated (chunked, big-endian, or never written) may have
// max(Limits::free_bytes, Limits::expansion * file size) bytes. Hard links may form cycles; paths end at 64
// names, and whoever walks everything skips an Object::id() seen before.
//
// Errors: hdf5.not-hdf5, hdf5.truncated, hdf5.damaged, hdf5.unsupported, hdf5.link (soft and external links
// are never followed), hdf5.limit, hdf5.missing (no such name), hdf5.kind (a group where a dataset is needed,
// text where numbers are). `at` is "model.h5:/path@0xOFFSET", the offset counted from the first of `bytes`.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "formats/hdf5/message.h"
#include "formats/hdf5/type.h"
#include "vivace/result.h"
#include "vivace/tensor.h"

namespace vivace::hdf5 {

struct Source;

struct Limits {
  std::uint64_t free_bytes = std::uint64_t{256} << 20;
  std::uint64_t expansion = 100;
};

/// What a dataset holds.
struct Info {
  Type type;
  Shape dims;
  std::uint64_t bytes = 0;
};

/// The numbers of a dataset in native byte order: in the file's own bytes where they stand there like that,
/// else in memory of their own (64-byte aligned). A Keras file promises no alignment in place.
struct Elements {
  DType dtype = DType::f32;
  Shape dims;
  const std::byte* data = nullptr;
  bool in_place = false;
  std::shared_ptr<const void> owner;  // keeps `data` alive

  bool aligned() const { return reinterpret_cast<std::uintptr_t>(data) % size_of(dtype) == 0; }
  TensorView view() const { return {data, dtype, dims}; }
};

/// The values of an attribute, or of a dataset of strings. Views into it live as long as it does; those of an
/// attribute, as long as the File does.
class Values {
 public:
  bool is_text() const { return info_.type.is_text(); }
  const Info& info() const { return info_; }
  /// The only string.
  Result<std::string_view> text() const;
  /// All strings in order. An empty list of any type is an empty list: Keras stores one as float64 (0,).
  Result<std::vector<std::string_view>> texts() const;
  /// The only integer, or bool as 0 and 1.
  Result<std::int64_t> integer() const;
  Result<std::vector<double>> numbers() const;

 private:
  friend class Object;
  std::shared_ptr<const Source> source_;
  std::string path_;
  Info info_;
  Bytes raw_;
  std::shared_ptr<const void> owner_;
};

/// A group or a dataset. Cheap to copy; safe to read from many threads.
class Object {
 public:
  const std::string& path() const { return path_; }
  /// The same for all hard links to one object.
  std::uint64_t id() const { return address_; }
  bool is_group() const;
  bool is_dataset() const;

  /// Names in this group, in byte order; views into the file.
  Result<std::vector<std::string_view>> children() const;
  Result<Object> child(std::string_view name) const;
  /// Follows names separated by '/'; "" and "/" are this object.
  Result<Object> find(std::string_view path) const;
  /// Whether this group has such a name, whatever it leads to.
  Result<bool> has_child(std::string_view name) const;

  Result<std::vector<std::string_view>> attribute_names() const;
  Result<bool> has_attribute(std::string_view name) const;
  Result<Values> attribute(std::string_view name) const;
  /// A list that Keras may have split over NAME0, NAME1, ... because an attribute holds at most 64 KB.
  Result<std::vector<std::string_view>> split_texts(std::string_view name) const;

  /// Of a dataset.
  Result<Info> info() const;
  Result<Elements> read() const;
  Result<Values> values() const;

 private:
  friend class File;
  static Result<Object> open(std::shared_ptr<const Source> source, std::string path, std::uint64_t address,
                             int depth);
  const Message* message(std::uint16_t type) const;
  Status needs_group() const;
  Result<const Message*> find_attribute(std::string_view name) const;

  std::shared_ptr<const Source> source_;
  std::string path_;
  std::uint64_t address_ = 0;
  int depth_ = 0;
  std::vector<Message> messages_;
};

/// An open file. Copies share it.
class File {
 public:
  /// `owner` keeps `bytes` alive; `name` is for messages. `bytes` may start at any address.
  static Result<File> open(Bytes bytes, std::shared_ptr<const void> owner, std::string name,
                           Limits limits = {});
  const Object& root() const { return root_; }

 private:
  explicit File(Object root) : root_(std::move(root)) {}
  Object root_;
};

}  // namespace vivace::hdf5
