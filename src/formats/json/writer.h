// Writes JSON: what the programs print with --json. Text is UTF-8, numbers read back as the same double.
//
//     JsonWriter json;
//     json.begin_object().key("seconds").value(0.25).key("layers").begin_array().value("conv").end().end();
//     std::puts(json.take().c_str());
#pragma once

#include <concepts>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace vivace {

class JsonWriter {
 public:
  enum class Layout { compact, indented };
  explicit JsonWriter(Layout layout = Layout::compact);
  ~JsonWriter();
  JsonWriter(JsonWriter&&) noexcept;
  JsonWriter& operator=(JsonWriter&&) noexcept;

  JsonWriter& begin_object();
  JsonWriter& begin_array();
  /// Closes the innermost open object or array; does nothing where none is open.
  JsonWriter& end();
  JsonWriter& key(std::string_view name);

  /// Bytes that are not UTF-8 become U+FFFD.
  JsonWriter& value(std::string_view string);
  JsonWriter& value(const char* string) { return value(std::string_view(string)); }
  JsonWriter& value(bool boolean);
  /// NaN and infinities become null: JSON has no word for them.
  JsonWriter& value(double number);
  template <std::signed_integral T>
  JsonWriter& value(T number) {
    return integer(std::int64_t{number});
  }
  template <std::unsigned_integral T>
  requires(!std::same_as<T, bool>) JsonWriter& value(T number) { return natural(std::uint64_t{number}); }
  JsonWriter& null();

  /// The text so far; requires that all is closed. The writer is fresh afterwards.
  std::string take();

 private:
  JsonWriter& integer(std::int64_t number);
  JsonWriter& natural(std::uint64_t number);
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace vivace
