// Reads structs back that tell their fields to a visitor. A field that is absent keeps its default, so that
// an older file can be read; one of the wrong kind, or a number beyond what any honest run holds, is an
// error.
#pragma once

#include <array>
#include <cmath>
#include <string>
#include <type_traits>
#include <vector>

#include "formats/json/json.h"
#include "vivace/result.h"

namespace vivace::doctor {

class ReadFields {
 public:
  explicit ReadFields(JsonValue from) : from_(std::move(from)) {}

  template <class T>
  void operator()(std::string_view key, T& field) {
    if (!status_.ok()) return;
    if (const auto value = from_.find(key)) status_ = read(*value, field);
  }
  const Status& status() const { return status_; }

  template <class T>
  static Status read(const JsonValue& from, T& field) {
    if constexpr (std::is_same_v<T, bool>) {
      return take(from.as_bool(), field);
    } else if constexpr (std::is_same_v<T, std::string>) {
      const auto text = from.as_string();
      if (!text.ok()) return damaged(from, text.error().what());
      field = *text;
      return {};
    } else if constexpr (std::is_same_v<T, double>) {
      const Status status = take(from.as_double(), field);
      return status.ok() && !(std::abs(field) <= kMost) ? damaged(from, "the number is too large") : status;
    } else if constexpr (std::is_integral_v<T>) {
      const Status status = take(from.as_int(), field);
      const bool honest = field <= kMost && field >= -kMost;
      return status.ok() && !honest ? damaged(from, "the number is too large") : status;
    } else {
      return read_more(from, field);
    }
  }

 private:
  static constexpr std::int64_t kMost = std::int64_t{1} << 53;  // a hundred days in nanoseconds

  static Error damaged(const JsonValue& at, std::string_view why) {
    return Error("doctor.damaged", "the evidence holds something that no run gives")
        .at(at.where())
        .why(std::string(why));
  }
  template <class Value, class T>
  static Status take(Result<Value> value, T& field) {
    if (!value.ok()) return value.error();
    field = *value;
    return {};
  }

  template <class T>
  static Status read_more(const JsonValue& from, std::vector<T>& list) {
    const auto array = from.as_array();
    if (!array.ok()) return array.error();
    list.clear();
    list.reserve(array->size());
    for (const JsonValue& value : array->elements())
      if (Status status = read(value, list.emplace_back()); !status.ok()) return status;
    return {};
  }
  template <class T, std::size_t n>
  static Status read_more(const JsonValue& from, std::array<T, n>& list) {
    const auto array = from.as_array();
    if (!array.ok()) return array.error();
    if (array->size() > n) return damaged(from, "the list is too long");
    std::size_t i = 0;
    for (const JsonValue& value : array->elements())
      if (Status status = read(value, list[i++]); !status.ok()) return status;
    return {};
  }
  template <class T>
  static Status read_more(const JsonValue& from, T& object) {
    const auto members = from.as_object();
    if (!members.ok()) return members.error();
    ReadFields fields(*members);
    object.visit(fields);
    return fields.status();
  }

  JsonValue from_;
  Status status_;
};

}  // namespace vivace::doctor
