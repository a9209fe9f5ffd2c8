// Writes structs that tell their fields to a visitor as JSON.
#pragma once

#include <array>
#include <string>
#include <type_traits>
#include <vector>

#include "formats/json/writer.h"

namespace vivace::doctor {

class WriteFields {
 public:
  explicit WriteFields(JsonWriter& json) : json_(json) {}

  template <class T>
  void operator()(std::string_view key, T& field) {
    json_.key(key);
    write(field);
  }

  template <class T>
  void write(T& field) {
    if constexpr (std::is_class_v<T> && requires { field.visit(*this); }) {
      json_.begin_object();
      field.visit(*this);
      json_.end();
    } else {
      write_plain(field);
    }
  }

 private:
  void write_plain(const std::string& text) { json_.value(std::string_view(text)); }
  template <class T>
  requires std::is_arithmetic_v<T>
  void write_plain(T number) { json_.value(number); }
  template <class T>
  void write_plain(std::vector<T>& list) {
    write_list(list, list.size());
  }
  // Zeros at the end are left out: a slice is mostly zeros.
  template <class T, std::size_t n>
  void write_plain(std::array<T, n>& list) {
    std::size_t size = n;
    while (size > 0 && list[size - 1] == T{}) --size;
    write_list(list, size);
  }
  template <class List>
  void write_list(List& list, std::size_t size) {
    json_.begin_array();
    for (std::size_t i = 0; i < size; ++i) write(list[i]);
    json_.end();
  }

  JsonWriter& json_;
};

}  // namespace vivace::doctor
