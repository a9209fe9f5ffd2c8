// Typed access to a layer's config.
#include "import/keras/config.h"

#include <cmath>

#include "base/text.h"

namespace vivace::keras {
namespace {

using Kind = Setting::Kind;
constexpr std::int64_t kLargestSize = (std::int64_t{1} << 31) - 1;

template <class T, class Take>
bool flatten(const Setting& setting, std::vector<T>& into, Take take) {
  if (!setting.is(Kind::list)) return take(setting, into);
  for (const Setting& item : setting.items)
    if (!flatten(item, into, take)) return false;
  return true;
}

bool take_integer(const Setting& setting, std::vector<std::int64_t>& into) {
  const bool whole = setting.is(Kind::number) && setting.number == std::floor(setting.number) &&
                     std::fabs(setting.number) < 9e15;
  if (!whole && !setting.is(Kind::integer) && !setting.is(Kind::boolean)) return false;
  into.push_back(whole ? static_cast<std::int64_t>(setting.number) : setting.integer);
  return true;
}

bool take_number(const Setting& setting, std::vector<double>& into) {
  if (!setting.is_number() || std::isnan(setting.number)) return false;
  into.push_back(setting.number);
  return true;
}

}  // namespace

std::string to_text(const Setting& setting) {
  switch (setting.kind) {
    case Kind::none:
      return "null";
    case Kind::boolean:
      return setting.integer ? "true" : "false";
    case Kind::integer:
      return text("{}", setting.integer);
    case Kind::number:
      return std::isnan(setting.number) ? "NaN" : text("{}", setting.number);
    case Kind::text:
      return text("\"{}\"", setting.text.substr(0, 60));
    case Kind::map:
      return "an object";
    case Kind::tensor:
      return text("a tensor of \"{}\"", setting.reference.layer);
    case Kind::slice:
      return "a slice";
    case Kind::ellipsis:
      return "...";
    case Kind::list:
      break;
  }
  std::string line = "[";
  for (std::size_t i = 0; i < setting.items.size() && i < 8; ++i)
    line += (i ? "," : "") + (setting.items[i].is(Kind::list) ? "[...]" : to_text(setting.items[i]));
  return line + (setting.items.size() > 8 ? ",...]" : "]");
}

bool is_flag(const Setting& setting) {
  return setting.is(Kind::boolean) ||
         (setting.is(Kind::integer) && (setting.integer == 0 || setting.integer == 1));
}

const Setting* Config::find(std::string_view key) const {
  const Setting* found = map_ ? map_->find(key) : nullptr;
  return found && !found->is(Kind::none) ? found : nullptr;
}

void Config::mistake(std::string_view key, std::string_view wanted) const {
  if (!trouble_) return;
  const Setting* found = find(key);
  trouble_->add(Error("import.config", found ? vivace::text("{} has {}={}, which is not {}", place_, key,
                                                            to_text(*found), wanted)
                                             : vivace::text("{} lacks \"{}\", {}", place_, key, wanted))
                    .why("a Keras config always holds this; the file was edited or damaged")
                    .fix("save the model again from Keras: model.save(\"model.keras\")"));
}

bool Config::flag(std::string_view key, bool otherwise) const {
  const Setting* found = find(key);
  if (!found) return otherwise;
  if (!is_flag(*found)) mistake(key, "true or false");
  return found->integer != 0;
}

std::int64_t Config::integer(std::string_view key, std::optional<std::int64_t> otherwise) const {
  const Setting* found = find(key);
  if (!found && otherwise) return *otherwise;
  std::vector<std::int64_t> one;
  if (found && take_integer(*found, one)) return one.front();
  mistake(key, "a whole number");
  return otherwise.value_or(1);
}

double Config::number(std::string_view key, std::optional<double> otherwise) const {
  const Setting* found = find(key);
  if (!found && otherwise) return *otherwise;
  if (found && found->is_number() && !std::isnan(found->number)) return found->number;
  mistake(key, "a number");
  return otherwise.value_or(1);
}

std::string_view Config::text(std::string_view key, std::string_view otherwise) const {
  const Setting* found = find(key);
  if (!found) return otherwise;
  if (!found->is(Kind::text)) mistake(key, "text");
  return found->text;
}

std::int64_t Config::size(std::string_view key, std::optional<std::int64_t> otherwise) const {
  return sizes(key, 1, otherwise).front();
}

std::vector<std::int64_t> Config::sizes(std::string_view key, std::size_t axes,
                                        std::optional<std::int64_t> otherwise) const {
  const Setting* found = find(key);
  if (!found && otherwise) return std::vector<std::int64_t>(axes, *otherwise);
  std::vector<std::int64_t> sizes;
  bool good = found && flatten(*found, sizes, take_integer);
  if (good && sizes.size() == 1 && !found->is(Kind::list)) sizes.resize(axes, sizes.front());
  good = good && sizes.size() == axes;
  for (const std::int64_t size : sizes) good = good && size >= 1 && size <= kLargestSize;
  if (good) return sizes;
  mistake(key, axes == 1 ? std::string("a size of 1 or more") : vivace::text("{} sizes of 1 or more", axes));
  return std::vector<std::int64_t>(axes, 1);
}

std::vector<std::int64_t> Config::integers(std::string_view key) const {
  const Setting* found = find(key);
  std::vector<std::int64_t> all;
  if (found && !flatten(*found, all, take_integer)) mistake(key, "whole numbers");
  return all;
}

std::vector<double> Config::numbers(std::string_view key) const {
  const Setting* found = find(key);
  std::vector<double> all;
  if (found && !flatten(*found, all, take_number)) mistake(key, "numbers");
  return all;
}

Config Config::child(std::string_view key) const {
  const Setting* found = find(key);
  return {found && found->is(Kind::map) ? found : nullptr, place_, trouble_};
}

}  // namespace vivace::keras
