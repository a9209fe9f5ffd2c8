// The arguments of an operation: by name, by place, or kept in its config.
#include <cmath>

#include "base/text.h"
#include "import/keras/build/call.h"
#include "ops/common/reference.h"

namespace vivace::keras {
namespace {

using Kind = Setting::Kind;

// The sizes of a nested list and its numbers; false where it is ragged or holds anything else.
bool flatten(const Setting& setting, std::size_t depth, Sizes& dims, std::vector<const Setting*>& numbers) {
  if (!setting.is(Kind::list)) {
    numbers.push_back(&setting);
    return setting.is_number() && depth == dims.size();
  }
  if (numbers.empty() && depth == dims.size())
    dims.push_back(static_cast<std::int64_t>(setting.items.size()));
  if (depth >= dims.size() || dims[depth] != static_cast<std::int64_t>(setting.items.size())) return false;
  for (const Setting& item : setting.items)
    if (!flatten(item, depth + 1, dims, numbers)) return false;
  return true;
}

void put(Tensor& tensor, std::int64_t index, const Setting& number) {
  if (is_float(tensor.dtype()) || tensor.dtype() == DType::boolean)
    store(tensor.view(), index, number.number);
  else
    store_integer(tensor.view(), index, number.integer);
}

// Python's rule for numbers that bring no type of their own.
DType type_of(const std::vector<const Setting*>& numbers) {
  DType type = DType::boolean;
  for (const Setting* number : numbers) {
    if (number->is(Kind::number)) return DType::f32;
    if (number->is(Kind::integer)) type = DType::i32;
  }
  return numbers.empty() ? DType::f32 : type;
}

}  // namespace

const Setting* Call::option(std::string_view names, int place) const {
  for (const std::string_view name : split(names, '|'))
    if (const Setting* found = invocation_.named.find(name)) return found->is(Kind::none) ? nullptr : found;
  if (place >= 0 && static_cast<std::size_t>(place) < invocation_.positional.size()) {
    const Setting& found = invocation_.positional[static_cast<std::size_t>(place)];
    return found.is(Kind::none) ? nullptr : &found;
  }
  // A function's config names the function and the layer's own dtype, none of its arguments.
  if (config().has("function")) return nullptr;
  for (const std::string_view name : split(names, '|'))
    if (const Setting* found = config().find(name)) return found;
  return nullptr;
}

void Call::mistake(std::string_view names, std::string_view wanted, int place) {
  const Setting* found = option(names, place);
  const std::string_view name = names.substr(0, names.find('|'));
  if (failed()) return;
  if (!found || config().find(name) == found) return config().mistake(name, wanted);
  fail(Error("import.config", text("{} \"{}\" is called with {}={}, which is not {}", layer_.class_name,
                                   layer_.path, name, to_text(*found), wanted))
           .fix("correct the call and save the model again: model.save(\"model.keras\")"));
}

bool Call::flag_option(std::string_view names, int place, bool otherwise) {
  const Setting* found = option(names, place);
  if (!found) return otherwise;
  if (!is_flag(*found)) mistake(names, "true or false", place);
  return found->integer != 0;
}

std::int64_t Call::integer_option(std::string_view names, int place, std::optional<std::int64_t> otherwise) {
  const Sizes found = integers_option(names, place);
  if (found.size() == 1) return found.front();
  if (option(names, place) || !otherwise) mistake(names, "a whole number", place);
  return otherwise.value_or(0);
}

double Call::number_option(std::string_view names, int place, std::optional<double> otherwise) {
  const Setting* found = option(names, place);
  if (found && found->is(Kind::list) && found->items.size() == 1) found = &found->items.front();
  if (found && found->is_number() && !std::isnan(found->number)) return found->number;
  if (found || !otherwise) mistake(names, "a number", place);
  return otherwise.value_or(0);
}

std::string_view Call::text_option(std::string_view names, int place, std::string_view otherwise) {
  const Setting* found = option(names, place);
  if (!found) return otherwise;
  if (!found->is(Kind::text)) mistake(names, "text", place);
  return found->text;
}

Sizes Call::integers_option(std::string_view names, int place) {
  const Setting* found = option(names, place);
  if (!found) return {};
  Sizes dims, integers;
  std::vector<const Setting*> numbers;
  const bool regular = flatten(*found, 0, dims, numbers);
  for (const Setting* number : numbers) {
    const bool whole = number->is_number() && number->number == static_cast<double>(number->integer);
    if (!regular || !whole) {
      mistake(names, "whole numbers", place);
      return {};
    }
    integers.push_back(number->integer);
  }
  return integers;
}

Sizes Call::axes_option(std::string_view names, int place, std::int64_t rank) {
  if (!option(names, place)) return axes_of({-1}, rank);
  const Sizes axes = integers_option(names, place);
  if (axes.empty()) mistake(names, "an axis or several", place);
  return axes_of(axes, rank);
}

ValueId Call::tensor_option(std::string_view names, int place, ValueId like) {
  const Setting* found = option(names, place);
  return found ? as_value(*found, like) : kNoValue;
}

ValueId Call::as_value(const Setting& setting, ValueId like) {
  if (failed()) return kNoValue;
  if (setting.is(Kind::tensor)) return autocast(setting.flow.value);
  Sizes dims;
  std::vector<const Setting*> numbers;
  if (!flatten(setting, 0, dims, numbers)) {
    refuse(text("it is called with {}", to_text(setting)), "use tensors and plain numbers");
    return kNoValue;
  }
  const DType own = type_of(numbers);
  DType type = setting.dtype.value_or(own == DType::f32 ? float_type() : own);
  const bool weak = !setting.dtype && like != kNoValue;
  if (weak && (!is_float(type) || is_float(dtype(like)))) type = dtype(like);
  if (is_float(type)) type = carrier_of(type);
  Tensor tensor(type, dims);
  for (std::size_t i = 0; i < numbers.size(); ++i) put(tensor, static_cast<std::int64_t>(i), *numbers[i]);
  return constant(std::move(tensor), "constant");
}

ValueId Call::numbers(std::string_view key, double otherwise) {
  std::vector<double> list = config().numbers(key);
  if (list.empty() && config().has(key)) config().mistake(key, "a number or several");
  if (list.empty()) list.push_back(otherwise);
  const bool one = list.size() == 1;
  return constant(list, one ? Sizes{} : Sizes{static_cast<std::int64_t>(list.size())});
}

}  // namespace vivace::keras
