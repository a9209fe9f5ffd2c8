// Writes JSON through RapidJSON's writers.
#include "formats/json/writer.h"

#include <cmath>
#include <vector>

#include "formats/json/rapidjson.h"

namespace vivace {
namespace {

/// Bytes of the well-formed UTF-8 sequence at the front of `text`; 0 where there is none.
std::size_t sequence_length(std::string_view text) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned lead = at(0);
  const std::size_t length = lead < 0x80   ? 1
                             : lead < 0xc2 ? 0
                             : lead < 0xe0 ? 2
                             : lead < 0xf0 ? 3
                             : lead < 0xf5 ? 4
                                           : 0;
  if (length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i)
    if ((at(i) & 0xc0) != 0x80) return 0;
  const unsigned next = length > 1 ? at(1) : 0;
  const bool overlong = (lead == 0xe0 && next < 0xa0) || (lead == 0xf0 && next < 0x90);
  const bool surrogate = lead == 0xed && next > 0x9f, too_large = lead == 0xf4 && next > 0x8f;
  return overlong || surrogate || too_large ? 0 : length;
}

std::string as_utf8(std::string_view text) {
  std::string clean;
  clean.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = sequence_length(text);
    if (length == 0)
      clean += "\xef\xbf\xbd";
    else
      clean += text.substr(0, length);
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return clean;
}

}  // namespace

struct JsonWriter::Impl {
  using Compact = rapidjson::Writer<rapidjson::StringBuffer>;
  using Indented = rapidjson::PrettyWriter<rapidjson::StringBuffer>;

  explicit Impl(Layout l) : layout(l), compact(buffer), indented(buffer) { indented.SetIndent(' ', 2); }

  /// Runs `f` on the writer in use.
  template <class F>
  void with(F f) {
    if (layout == Layout::compact)
      f(compact);
    else
      f(indented);
  }

  Layout layout;
  rapidjson::StringBuffer buffer;
  Compact compact;
  Indented indented;
  std::vector<bool> open;  // true for an object
};

JsonWriter::JsonWriter(Layout layout) : impl_(std::make_unique<Impl>(layout)) {}
JsonWriter::~JsonWriter() = default;
JsonWriter::JsonWriter(JsonWriter&&) noexcept = default;
JsonWriter& JsonWriter::operator=(JsonWriter&&) noexcept = default;

JsonWriter& JsonWriter::begin_object() {
  impl_->open.push_back(true);
  return impl_->with([](auto& w) { w.StartObject(); }), *this;
}

JsonWriter& JsonWriter::begin_array() {
  impl_->open.push_back(false);
  return impl_->with([](auto& w) { w.StartArray(); }), *this;
}

JsonWriter& JsonWriter::end() {
  if (impl_->open.empty()) return *this;
  const bool object = impl_->open.back();
  impl_->open.pop_back();
  return impl_->with([&](auto& w) { object ? w.EndObject() : w.EndArray(); }), *this;
}

JsonWriter& JsonWriter::key(std::string_view name) {
  return value(name);
}  // RapidJSON knows from the position

JsonWriter& JsonWriter::value(std::string_view string) {
  const std::string clean = as_utf8(string);
  impl_->with([&](auto& w) { w.String(clean.data(), static_cast<rapidjson::SizeType>(clean.size())); });
  return *this;
}

JsonWriter& JsonWriter::value(bool boolean) {
  return impl_->with([&](auto& w) { w.Bool(boolean); }), *this;
}

JsonWriter& JsonWriter::value(double number) {
  if (!std::isfinite(number)) return null();
  return impl_->with([&](auto& w) { w.Double(number); }), *this;
}

JsonWriter& JsonWriter::null() {
  return impl_->with([](auto& w) { w.Null(); }), *this;
}

JsonWriter& JsonWriter::integer(std::int64_t number) {
  return impl_->with([&](auto& w) { w.Int64(number); }), *this;
}

JsonWriter& JsonWriter::natural(std::uint64_t number) {
  return impl_->with([&](auto& w) { w.Uint64(number); }), *this;
}

std::string JsonWriter::take() {
  std::string text(impl_->buffer.GetString(), impl_->buffer.GetSize());
  impl_ = std::make_unique<Impl>(impl_->layout);
  return text;
}

}  // namespace vivace
