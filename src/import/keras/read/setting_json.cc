// JSON as settings.
#include "import/keras/read/reader.h"

namespace vivace::keras {

Setting setting_of(const JsonValue& json) {
  using Kind = Setting::Kind;
  Setting setting;
  switch (json.kind()) {
    case JsonKind::null:
      break;
    case JsonKind::boolean:
      setting.kind = Kind::boolean;
      setting.integer = *json.as_bool();
      setting.number = static_cast<double>(setting.integer);
      break;
    case JsonKind::integer:
      setting.kind = Kind::integer;
      setting.integer = *json.as_int();
      setting.number = static_cast<double>(setting.integer);
      break;
    case JsonKind::number:
      setting.kind = Kind::number;
      setting.number = *json.as_double();
      if (setting.number > -9e15 && setting.number < 9e15)
        setting.integer = static_cast<std::int64_t>(setting.number);
      break;
    case JsonKind::string:
      setting.kind = Kind::text;
      setting.text = *json.as_string();
      break;
    case JsonKind::array:
      setting.kind = Kind::list;
      setting.items.reserve(json.size());
      for (const JsonValue& element : json.elements()) setting.items.push_back(setting_of(element));
      break;
    case JsonKind::object:
      setting.kind = Kind::map;
      setting.items.reserve(json.size());
      for (const JsonMember& member : json.members()) {
        setting.keys.emplace_back(member.key);
        setting.items.push_back(setting_of(member.value));
      }
      break;
  }
  return setting;
}

}  // namespace vivace::keras
