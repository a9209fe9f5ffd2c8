// JsonValue: looking into a document, and saying where it disappoints.
#include <algorithm>

#include "base/text.h"
#include "base/try.h"
#include "formats/json/document.h"

namespace vivace {
namespace {

constexpr JsonNode kNull{};

const JsonNode& node_of(const JsonDocument* document, std::uint32_t index) {
  return document == nullptr ? kNull : document->nodes[index];
}

bool is_word(std::string_view key) {
  return !key.empty() && std::all_of(key.begin(), key.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

/// The value as a message shows it: short, one line.
std::string shown(const JsonValue& value, std::string_view string) {
  if (value.is(JsonKind::string))
    return text("\"{}\"{}", string.substr(0, 40), string.size() > 40 ? "..." : "");
  if (value.is(JsonKind::integer)) return std::to_string(*value.as_int());
  if (value.is(JsonKind::number)) return text("{}", *value.as_double());
  if (value.is(JsonKind::boolean)) return *value.as_bool() ? "true" : "false";
  return std::string(name_of(value.kind()));
}

}  // namespace

std::string_view name_of(JsonKind kind) {
  constexpr std::string_view kNames[] = {"null",     "a boolean", "an integer", "a number",
                                         "a string", "an array",  "an object"};
  return kNames[static_cast<std::size_t>(kind)];
}

JsonKind JsonValue::kind() const { return node_of(document_.get(), index_).kind; }

std::size_t JsonValue::size() const {
  return is(JsonKind::array) || is(JsonKind::object) ? document_->nodes[index_].text.size : 0;
}

JsonValue JsonValue::operator[](std::size_t i) const {
  return {document_, document_->children[document_->nodes[index_].text.offset + i]};
}

std::string_view JsonValue::key(std::size_t i) const {
  return document_->view(document_->nodes[(*this)[i].index_].key);
}

std::optional<JsonValue> JsonValue::find(std::string_view key) const {
  if (!is(JsonKind::object)) return std::nullopt;
  const JsonText members = document_->nodes[index_].text;
  const auto key_of = [&](std::uint32_t node) { return document_->view(document_->nodes[node].key); };
  const auto sorted = document_->children.begin() + members.offset + members.size;
  const auto at = std::lower_bound(sorted, sorted + members.size, key,
                                   [&](std::uint32_t node, std::string_view k) { return key_of(node) < k; });
  if (at == sorted + members.size || key_of(*at) != key) return std::nullopt;
  return JsonValue(document_, *at);
}

std::optional<JsonValue> JsonValue::find_set(std::string_view key) const {
  auto found = find(key);
  return found && !found->is_null() ? found : std::nullopt;
}

Error JsonValue::wrong_kind(std::string_view wanted) const {
  const std::string_view string = is(JsonKind::string) ? document_->view(document_->nodes[index_].text) : "";
  const std::string here = path();
  return Error("json.kind", text("{} should be {}, it is {}", here.empty() ? "the document" : here, wanted,
                                 shown(*this, string)))
      .at(where());
}

Result<bool> JsonValue::as_bool() const {
  if (!is(JsonKind::boolean)) return wrong_kind("a boolean");
  return document_->nodes[index_].boolean;
}

Result<std::int64_t> JsonValue::as_int() const {
  if (!is(JsonKind::integer)) return wrong_kind("an integer");
  return document_->nodes[index_].integer;
}

Result<double> JsonValue::as_double() const {
  if (is(JsonKind::integer)) return static_cast<double>(document_->nodes[index_].integer);
  if (!is(JsonKind::number)) return wrong_kind("a number");
  return document_->nodes[index_].number;
}

Result<std::string_view> JsonValue::as_string() const {
  if (!is(JsonKind::string)) return wrong_kind("a string");
  return document_->view(document_->nodes[index_].text);
}

Result<JsonValue> JsonValue::as_array() const {
  if (!is(JsonKind::array)) return wrong_kind("an array");
  return *this;
}

Result<JsonValue> JsonValue::as_object() const {
  if (!is(JsonKind::object)) return wrong_kind("an object");
  return *this;
}

Result<std::vector<std::int64_t>> JsonValue::as_ints() const {
  if (!is(JsonKind::array)) return wrong_kind("an array of integers");
  std::vector<std::int64_t> numbers;
  numbers.reserve(size());
  for (const JsonValue& element : elements()) {
    VIVACE_TRY(const std::int64_t number, element.as_int());
    numbers.push_back(number);
  }
  return numbers;
}

Result<JsonValue> JsonValue::at(std::string_view key) const {
  if (!is(JsonKind::object)) return wrong_kind(text("an object with a member \"{}\"", key));
  if (auto found = find(key)) return *std::move(found);
  std::vector<std::string_view> known;
  for (std::size_t i = 0; i < size(); ++i) known.push_back(this->key(i));
  return Error("json.missing-key", text("there is no \"{}\"{}", key, did_you_mean(key, known))).at(where());
}

Result<bool> JsonValue::bool_at(std::string_view key) const {
  VIVACE_TRY(const JsonValue value, at(key));
  return value.as_bool();
}
Result<std::int64_t> JsonValue::int_at(std::string_view key) const {
  VIVACE_TRY(const JsonValue value, at(key));
  return value.as_int();
}
Result<double> JsonValue::double_at(std::string_view key) const {
  VIVACE_TRY(const JsonValue value, at(key));
  return value.as_double();
}
Result<std::string_view> JsonValue::string_at(std::string_view key) const {
  VIVACE_TRY(const JsonValue value, at(key));
  return value.as_string();
}
Result<JsonValue> JsonValue::array_at(std::string_view key) const {
  VIVACE_TRY(const JsonValue value, at(key));
  return value.as_array();
}
Result<JsonValue> JsonValue::object_at(std::string_view key) const {
  VIVACE_TRY(const JsonValue value, at(key));
  return value.as_object();
}
Result<std::vector<std::int64_t>> JsonValue::ints_at(std::string_view key) const {
  VIVACE_TRY(const JsonValue value, at(key));
  return value.as_ints();
}

Result<bool> JsonValue::bool_or(std::string_view key, bool otherwise) const {
  const auto value = find_set(key);
  return value ? value->as_bool() : otherwise;
}
Result<std::int64_t> JsonValue::int_or(std::string_view key, std::int64_t otherwise) const {
  const auto value = find_set(key);
  return value ? value->as_int() : otherwise;
}
Result<double> JsonValue::double_or(std::string_view key, double otherwise) const {
  const auto value = find_set(key);
  return value ? value->as_double() : otherwise;
}
Result<std::string_view> JsonValue::string_or(std::string_view key, std::string_view otherwise) const {
  const auto value = find_set(key);
  return value ? value->as_string() : otherwise;
}

std::string JsonValue::path() const {
  if (document_ == nullptr) return "";
  std::vector<std::uint32_t> line;  // from here up; as long as the document is deep
  for (std::uint32_t i = index_; i != 0; i = document_->nodes[i].parent) line.push_back(i);
  std::string path;
  for (auto i = line.rbegin(); i != line.rend(); ++i) {
    const JsonNode& node = document_->nodes[*i];
    if (document_->nodes[node.parent].kind == JsonKind::array) {
      path += text("[{}]", node.key.offset);
    } else if (const std::string_view key = document_->view(node.key); is_word(key)) {
      path += path.empty() ? std::string(key) : "." + std::string(key);
    } else {
      path += text("[\"{}\"]", key.substr(0, 80));
    }
  }
  return path;
}

std::string JsonValue::where() const {
  if (document_ == nullptr) return "";
  const std::string here = path();
  return here.empty() ? document_->name : document_->name + ":" + here;
}

}  // namespace vivace
