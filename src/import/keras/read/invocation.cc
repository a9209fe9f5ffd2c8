// The arguments of a call, in the two ways in which Keras writes an inbound node.
#include <cmath>

#include "base/text.h"
#include "import/keras/read/reader.h"

namespace vivace::keras {
namespace {

using Kind = Setting::Kind;

std::string_view text_at(const Setting& map, std::string_view key) {
  const Setting* found = map.find(key);
  return found && found->is(Kind::text) ? std::string_view(found->text) : std::string_view();
}

// ["layer", node, tensor] or, in the first argument of Keras 2, ["layer", node, tensor, {kwargs}].
bool is_reference(const Setting& setting) {
  return setting.is(Kind::list) && setting.items.size() >= 2 && setting.items.size() <= 4 &&
         setting.items[0].is(Kind::text) && setting.items[1].is(Kind::integer);
}

Setting reference(const Setting& list) {
  Setting tensor(Kind::tensor);
  tensor.reference = {list.items[0].text, list.items[1].integer,
                      list.items.size() > 2 ? list.items[2].integer : 0};
  return tensor;
}

std::optional<DType> dtype_named(std::string_view name) {
  for (int i = 0; i < kDTypes; ++i)
    if (name_of(static_cast<DType>(i)) == name) return static_cast<DType>(i);
  return std::nullopt;
}

Setting values_of(const Setting& map);

Setting slice_of(const Setting& parts) {
  Setting slice(Kind::slice);
  for (const std::string_view key : {"start", "stop", "step"}) {
    const Setting* part = parts.find(key);
    slice.items.push_back(part ? values_of(*part) : Setting{});
  }
  return slice;
}

// The objects into which Keras 3 wraps what JSON cannot say.
Setting wrapped(const Setting& map, std::string_view class_name) {
  const Setting empty;
  const Setting* config = map.find("config");
  if (!config) config = &empty;
  if (class_name == "__keras_tensor__") {
    const Setting* history = config->find("keras_history");
    return history && is_reference(*history) ? reference(*history) : Setting{};
  }
  if (class_name == "__slice__") return slice_of(*config);
  if (class_name == "__ellipsis__") return Setting(Kind::ellipsis);
  if (class_name == "__numpy__" || class_name == "__tensor__") {
    const Setting* value = config->find("value");
    Setting array = value ? values_of(*value) : Setting{};
    array.dtype = dtype_named(text_at(*config, "dtype"));
    return array;
  }
  return map;
}

// Keras 2 writes a slice as a map of its three parts.
bool is_slice(const Setting& map) {
  return map.keys.size() == 3 && map.find("start") && map.find("stop") && map.find("step");
}

// Arguments with every reference recognised, however deep.
Setting values_of(const Setting& setting) {
  if (is_reference(setting))
    return setting.items[0].text == "_CONSTANT_VALUE" && setting.items.size() > 2
               ? values_of(setting.items[2])
               : reference(setting);
  if (setting.is(Kind::map)) {
    const std::string_view class_name = text_at(setting, "class_name");
    if (class_name.substr(0, 2) == "__") return wrapped(setting, class_name);
    if (is_slice(setting)) return slice_of(setting);
  }
  Setting copy = setting;
  for (Setting& item : copy.items) item = values_of(item);
  return copy;
}

// The kwargs stand in the fourth place of every tensor of the first argument; all are equal.
const Setting* kwargs_of(const Setting& node) {
  if (is_reference(node))
    return node.items.size() > 3 && node.items[3].is(Kind::map) ? &node.items[3] : nullptr;
  for (const Setting& item : node.items)
    if (const Setting* found = kwargs_of(item)) return found;
  return nullptr;
}

Setting named(const Setting* map) {
  Setting result(Kind::map);
  if (!map || !map->is(Kind::map)) return result;
  result.keys = map->keys;
  for (const Setting& item : map->items) result.items.push_back(values_of(item));
  return result;
}

// Called with keywords alone, as in attention(query=x, value=y): what a layer calls its first argument.
void place_first(Invocation& invocation) {
  Setting& named = invocation.named;
  for (const std::string_view name : {"inputs", "query", "sequences", "sequence", "data"})
    for (std::size_t i = 0; i < named.keys.size(); ++i) {
      if (named.keys[i] != name) continue;
      invocation.positional.push_back(std::move(named.items[i]));
      named.keys.erase(named.keys.begin() + static_cast<std::ptrdiff_t>(i));
      named.items.erase(named.items.begin() + static_cast<std::ptrdiff_t>(i));
      return;
    }
}

}  // namespace

Setting read_references(const Setting& list) { return values_of(list); }

Invocation read_invocation(const Setting& node) {
  Invocation invocation;
  if (node.is(Kind::map) && (node.find("args") || node.find("kwargs"))) {  // Keras 3
    if (const Setting* args = node.find("args"))
      for (const Setting& item : args->items) invocation.positional.push_back(values_of(item));
    invocation.named = named(node.find("kwargs"));
    if (invocation.positional.empty()) place_first(invocation);
    return invocation;
  }
  Setting first = values_of(node);
  if (first.is(Kind::list) && first.items.size() == 1) first = Setting(first.items.front());
  invocation.positional.push_back(std::move(first));
  invocation.named = named(kwargs_of(node));
  return invocation;
}

}  // namespace vivace::keras
