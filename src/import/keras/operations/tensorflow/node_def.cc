#include "import/keras/operations/tensorflow/node_def.h"

#include <charconv>
#include <cstring>

#include "vivace/tensor.h"

namespace vivace::keras {
namespace {

using Kind = Setting::Kind;

// TensorFlow's numbers of the types that vivace knows, in their order.
constexpr std::string_view kTypes[] = {
    "", "float32",  "float64", "int32", "uint8",  "int16", "int8",    "", "", "int64",  "bool",  "", "",
    "", "bfloat16", "",        "",      "uint16", "",      "float16", "", "", "uint32", "uint64"};

Setting number(std::int64_t value) {
  Setting setting(Kind::integer);
  setting.integer = value;
  setting.number = static_cast<double>(value);
  return setting;
}

Setting real(double value) {
  Setting setting(Kind::number);
  setting.number = value;
  return setting;
}

std::string_view type_named(std::string_view name) {
  constexpr std::pair<std::string_view, std::string_view> kNames[] = {
      {"DT_FLOAT", "float32"}, {"DT_DOUBLE", "float64"}, {"DT_HALF", "float16"},  {"DT_BFLOAT16", "bfloat16"},
      {"DT_INT8", "int8"},     {"DT_INT16", "int16"},    {"DT_INT32", "int32"},   {"DT_INT64", "int64"},
      {"DT_UINT8", "uint8"},   {"DT_UINT16", "uint16"},  {"DT_UINT32", "uint32"}, {"DT_UINT64", "uint64"},
      {"DT_BOOL", "bool"}};
  for (const auto& [theirs, ours] : kNames)
    if (theirs == name) return ours;
  return "";
}

int digit_of(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  return c == '+' || c == '-' ? 62 : c == '/' || c == '_' ? 63 : -1;
}

std::string from_base64(std::string_view coded) {
  std::string bytes;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : coded) {
    const int digit = digit_of(c);
    if (digit < 0) continue;  // padding
    bits = bits << 6 | static_cast<std::uint32_t>(digit);
    count += 6;
    if (count >= 8) bytes.push_back(static_cast<char>(bits >> (count -= 8) & 0xff));
  }
  return bytes;
}

// One value out of JSON: integers of 64 bits stand in quotes there.
Setting of_json(std::string_view key, const Setting& value) {
  if (key == "s" && value.is(Kind::text)) return Setting::of(from_base64(value.text));
  if (key == "type" && value.is(Kind::text)) return Setting::of(std::string(type_named(value.text)));
  if (key == "i" && value.is(Kind::text)) {
    std::int64_t whole = 0;
    std::from_chars(value.text.data(), value.text.data() + value.text.size(), whole);
    return number(whole);
  }
  if (key == "list" && value.is(Kind::map)) {
    Setting list(Kind::list);
    for (std::size_t i = 0; i < value.keys.size(); ++i)
      for (const Setting& item : value.items[i].items) list.items.push_back(of_json(value.keys[i], item));
    return list;
  }
  return value;
}

NodeDef from_map(const Setting& map) {
  NodeDef node;
  if (const Setting* op = map.find("op"); op && op->is(Kind::text)) node.op = op->text;
  const Setting* attributes = map.find("attr");
  for (std::size_t i = 0; attributes && attributes->is(Kind::map) && i < attributes->keys.size(); ++i) {
    const Setting& value = attributes->items[i];
    if (!value.is(Kind::map) || value.keys.empty()) continue;
    node.attributes.keys.push_back(attributes->keys[i]);
    node.attributes.items.push_back(of_json(value.keys.front(), value.items.front()));
  }
  return node;
}

// A protobuf message, field by field.
class Fields {
 public:
  explicit Fields(std::string_view message) : rest_(message) {}

  int field = 0;
  std::uint64_t value = 0;  // varint, or the bits of a fixed number
  std::string_view bytes;   // of a length-delimited one

  /// False at the end, and where the bytes make no sense.
  bool next() {
    std::uint64_t key = 0;
    if (rest_.empty() || !varint(key)) return false;
    field = static_cast<int>(key >> 3 & 0xffff);
    switch (key & 7) {
      case 0:
        return varint(value);
      case 1:
        return fixed(8);
      case 5:
        return fixed(4);
      case 2: {
        std::uint64_t size = 0;
        if (!varint(size) || size > rest_.size()) return false;
        bytes = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return true;
      }
      default:
        return false;
    }
  }

 private:
  bool varint(std::uint64_t& number) {
    number = 0;
    for (int shift = 0; shift < 64 && !rest_.empty(); shift += 7) {
      const auto byte = static_cast<unsigned char>(rest_.front());
      rest_.remove_prefix(1);
      number |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) return true;
    }
    return false;
  }
  bool fixed(std::size_t size) {
    if (rest_.size() < size) return false;
    value = 0;
    std::memcpy(&value, rest_.data(), size);
    rest_.remove_prefix(size);
    return true;
  }

  std::string_view rest_;
};

float float_of(std::uint64_t bits) {
  const auto low = static_cast<std::uint32_t>(bits);
  float number = 0;
  std::memcpy(&number, &low, sizeof number);
  return number;
}

Setting type_numbered(std::uint64_t type) {
  return Setting::of(std::string(type < std::size(kTypes) ? kTypes[type] : ""));
}

// AttrValue's lists hold what it holds itself; packed numbers follow one another.
Setting list_of(std::string_view bytes) {
  Setting list(Kind::list);
  Fields fields(bytes);
  while (fields.next()) {
    if (fields.field == 2) list.items.push_back(Setting::of(std::string(fields.bytes)));
    if (fields.field == 3 && fields.bytes.empty())
      list.items.push_back(number(static_cast<std::int64_t>(fields.value)));
    if (fields.field == 3 && !fields.bytes.empty()) {
      // Read as fields of a message they would be keys; the numbers themselves are varints.
      std::uint64_t whole = 0;
      int shift = 0;
      for (const char c : fields.bytes) {
        const auto byte = static_cast<unsigned char>(c);
        whole |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
        shift = byte < 0x80 || shift >= 63 ? 0 : shift + 7;
        if (shift != 0) continue;
        list.items.push_back(number(static_cast<std::int64_t>(whole)));
        whole = 0;
      }
    }
    fields.bytes = {};
  }
  return list;
}

std::optional<Setting> attribute_of(std::string_view bytes) {
  Fields fields(bytes);
  if (!fields.next()) return std::nullopt;
  switch (fields.field) {
    case 1:
      return list_of(fields.bytes);
    case 2:
      return Setting::of(std::string(fields.bytes));
    case 3:
      return number(static_cast<std::int64_t>(fields.value));
    case 4:
      return real(static_cast<double>(float_of(fields.value)));
    case 5:
      return Setting::of(fields.value != 0);
    case 6:
      return type_numbered(fields.value);
    default:
      return std::nullopt;
  }
}

NodeDef from_protobuf(std::string_view bytes) {
  NodeDef node;
  Fields fields(bytes);
  while (fields.next()) {
    if (fields.field == 2) node.op = fields.bytes;
    if (fields.field != 5) continue;
    Fields entry(fields.bytes);
    std::string_view key;
    while (entry.next()) {
      if (entry.field == 1) key = entry.bytes;
      if (entry.field != 2) continue;
      auto value = attribute_of(entry.bytes);
      if (!value) continue;
      node.attributes.keys.emplace_back(key);
      node.attributes.items.push_back(*std::move(value));
    }
  }
  return node;
}

}  // namespace

std::optional<NodeDef> read_node_def(const Setting& setting) {
  NodeDef node;
  if (setting.is(Kind::map)) node = from_map(setting);
  if (setting.is(Kind::text)) node = from_protobuf(setting.text);
  return node.op.empty() ? std::nullopt : std::optional(std::move(node));
}

Setting plain_array(const Setting& setting) {
  const Setting* config = setting.find("config");
  const Setting* value = config ? config->find("value") : setting.find("value");
  if (!setting.is(Kind::map) || !value) return setting;
  Setting array = *value;
  if (const Setting* type = config ? config->find("dtype") : nullptr; type && type->is(Kind::text))
    for (int i = 0; i < kDTypes; ++i)
      if (name_of(static_cast<DType>(i)) == type->text) array.dtype = static_cast<DType>(i);
  return array;
}

}  // namespace vivace::keras
