// JSON from untrusted bytes, as an immutable document that explains itself when it is not what was expected.
//
//     VIVACE_TRY(auto root, JsonValue::parse(bytes, "model.keras:config.json"));
//     VIVACE_TRY(auto config, root.object_at("config"));
//     VIVACE_TRY(auto units, config.int_at("units"));
//
// What Python's json module writes is read: also NaN, Infinity and -Infinity. Of members with equal keys the
// last one wins and keeps the first one's place, as in Python.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "vivace/result.h"

namespace vivace {

/// integer: a number without fraction or exponent that fits 64 bits with sign. Every other number is
/// `number`.
enum class JsonKind : std::uint8_t { null, boolean, integer, number, string, array, object };
/// "an integer", "an array": for messages.
std::string_view name_of(JsonKind kind);

struct JsonLimits {
  std::size_t bytes = std::size_t{256} << 20;
  std::size_t values = std::size_t{8} << 20;
  std::size_t depth = 128;
};

struct JsonMember;
struct JsonDocument;

/// A value of a document: a handle that is cheap to copy and keeps the document alive. String views live as
/// long as any handle does. A default-made one is null.
class JsonValue {
 public:
  template <class Item>
  class Range;

  JsonValue() = default;
  /// `name` is for messages. Errors: json.syntax, json.depth, json.size; `at` has line and column.
  static Result<JsonValue> parse(Bytes text, std::string name, const JsonLimits& limits = {});

  JsonKind kind() const;
  bool is(JsonKind wanted) const { return kind() == wanted; }
  bool is_null() const { return is(JsonKind::null); }

  /// Elements or members; 0 for everything else.
  std::size_t size() const;
  /// Element or member's value. Requires i < size().
  JsonValue operator[](std::size_t i) const;
  /// Requires an object and i < size().
  std::string_view key(std::size_t i) const;
  /// An array's elements, or an object's members with their keys, for range-for; empty for other kinds.
  Range<JsonValue> elements() const;
  Range<JsonMember> members() const;

  /// The member's value; nothing where it is absent or this is no object.
  std::optional<JsonValue> find(std::string_view key) const;
  bool has(std::string_view key) const { return find(key).has_value(); }

  /// This value as what it should be. Errors: json.kind. as_double takes integers too.
  Result<bool> as_bool() const;
  Result<std::int64_t> as_int() const;
  Result<double> as_double() const;
  Result<std::string_view> as_string() const;
  Result<JsonValue> as_array() const;
  Result<JsonValue> as_object() const;
  Result<std::vector<std::int64_t>> as_ints() const;

  /// A member as what it should be. Errors: json.kind, json.missing-key.
  Result<JsonValue> at(std::string_view key) const;
  Result<bool> bool_at(std::string_view key) const;
  Result<std::int64_t> int_at(std::string_view key) const;
  Result<double> double_at(std::string_view key) const;
  Result<std::string_view> string_at(std::string_view key) const;
  Result<JsonValue> array_at(std::string_view key) const;
  Result<JsonValue> object_at(std::string_view key) const;
  Result<std::vector<std::int64_t>> ints_at(std::string_view key) const;

  /// The same where the member may be absent or null: then `otherwise`. A wrong kind is still an error.
  Result<bool> bool_or(std::string_view key, bool otherwise) const;
  Result<std::int64_t> int_or(std::string_view key, std::int64_t otherwise) const;
  Result<double> double_or(std::string_view key, double otherwise) const;
  Result<std::string_view> string_or(std::string_view key, std::string_view otherwise) const;

  /// "config.layers[3].config.units"; "" for the root.
  std::string path() const;
  /// "model.keras:config.json:config.layers[3]": for `at` of the caller's own errors.
  std::string where() const;

 private:
  JsonValue(std::shared_ptr<const JsonDocument> document, std::uint32_t index)
      : document_(std::move(document)), index_(index) {}
  Error wrong_kind(std::string_view wanted) const;
  std::optional<JsonValue> find_set(std::string_view key) const;

  std::shared_ptr<const JsonDocument> document_;
  std::uint32_t index_ = 0;
};

struct JsonMember {
  std::string_view key;
  JsonValue value;
};

/// What range-for walks over.
template <class Item>
class JsonValue::Range {
 public:
  class Iterator {
   public:
    using difference_type = std::ptrdiff_t;
    using value_type = Item;
    Iterator(const JsonValue* of, std::size_t i) : of_(of), i_(i) {}
    Item operator*() const {
      if constexpr (std::is_same_v<Item, JsonMember>)
        return {of_->key(i_), (*of_)[i_]};
      else
        return (*of_)[i_];
    }
    Iterator& operator++() { return ++i_, *this; }
    Iterator operator++(int) { return {of_, i_++}; }
    bool operator==(const Iterator& other) const { return i_ == other.i_; }

   private:
    const JsonValue* of_;
    std::size_t i_;
  };

  Range(JsonValue of, std::size_t size) : of_(std::move(of)), size_(size) {}
  Iterator begin() const { return {&of_, 0}; }
  Iterator end() const { return {&of_, size_}; }
  std::size_t size() const { return size_; }

 private:
  JsonValue of_;
  std::size_t size_;
};

inline JsonValue::Range<JsonValue> JsonValue::elements() const {
  return {*this, is(JsonKind::array) ? size() : 0};
}
inline JsonValue::Range<JsonMember> JsonValue::members() const {
  return {*this, is(JsonKind::object) ? size() : 0};
}

}  // namespace vivace
