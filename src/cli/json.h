// JSON for --json: one object on stdout. The schemas are in docs/json.md.
#pragma once

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/utf8.h"
#include "vivace/tensor.h"

namespace vivace::cli {

/// Writes key by key: Json j; j.open(); j.put("name", 1); j.close(); print(j.text()).
/// NaN and infinities become null, as JSON has no word for them.
class Json {
 public:
  void open(std::string_view key = {}) { name(key), writer_.StartObject(); }
  void close() { writer_.EndObject(); }
  void open_list(std::string_view key = {}) { name(key), writer_.StartArray(); }
  void close_list() { writer_.EndArray(); }

  void put(std::string_view key, std::string_view value) { name(key), string(value); }
  void put(std::string_view key, const char* value) { put(key, std::string_view(value)); }
  void put(std::string_view key, const std::string& value) { put(key, std::string_view(value)); }
  void put(std::string_view key, bool value) { name(key), writer_.Bool(value); }
  void put(std::string_view key, double value) { name(key), number(value); }
  void put(std::string_view key, std::int64_t value) { name(key), writer_.Int64(value); }
  void put(std::string_view key, int value) { put(key, static_cast<std::int64_t>(value)); }
  void put(std::string_view key, std::size_t value) { put(key, static_cast<std::int64_t>(value)); }
  void put(std::string_view key, std::span<const std::int64_t> values) {
    open_list(key);
    for (const std::int64_t value : values) writer_.Int64(value);
    close_list();
  }
  void put(std::string_view key, const Shape& values) { put(key, std::span<const std::int64_t>(values)); }

  std::string text() const { return std::string(buffer_.GetString(), buffer_.GetSize()) + "\n"; }

 private:
  void name(std::string_view key) {
    if (!key.empty()) writer_.Key(key.data(), static_cast<rapidjson::SizeType>(key.size()));
  }
  void string(std::string_view value) {
    const std::string clean = cleaned_utf8(value);
    writer_.String(clean.data(), static_cast<rapidjson::SizeType>(clean.size()));
  }
  void number(double value) {
    if (std::isfinite(value))
      writer_.Double(value);
    else
      writer_.Null();
  }
  rapidjson::StringBuffer buffer_;
  rapidjson::Writer<rapidjson::StringBuffer> writer_{buffer_};
};

/// A string in quotes, as JSON writes it; bytes that are no UTF-8 become U+FFFD.
inline std::string json_string(std::string_view value) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
  const std::string clean = cleaned_utf8(value);
  writer.String(clean.data(), static_cast<rapidjson::SizeType>(clean.size()));
  return std::string(buffer.GetString(), buffer.GetSize());
}

}  // namespace vivace::cli
