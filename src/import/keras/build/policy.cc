// Dtype policies: names, quantised ones, and maps from paths to policies.
#include "import/keras/build/policy.h"

#include <algorithm>

#include "base/text.h"

namespace vivace::keras {
namespace {

using Kind = Setting::Kind;

std::string_view text_at(const Setting& map, std::string_view key) {
  const Setting* found = map.find(key);
  return found && found->is(Kind::text) ? std::string_view(found->text) : std::string_view();
}

// Types that a layer may be given although it computes in floats all the same, or hands integers on.
bool is_other_type(std::string_view name) {
  return name == "string" || name == "_infer" || name == "infer" || dtype_named(name).has_value();
}

void take_name(const Config& config, std::string_view name, Policy& policy) {
  constexpr std::string_view kQuantised = "_from_";
  if (const std::size_t from = name.find(kQuantised); from != std::string_view::npos) {
    policy.mode = name.substr(0, from);
    name.remove_prefix(from + kQuantised.size());
  }
  constexpr std::string_view kMixed = "mixed_";
  const bool mixed = name.substr(0, kMixed.size()) == kMixed;
  const auto type = dtype_named(mixed ? name.substr(kMixed.size()) : name);
  if (mixed ? !type || !is_narrow(*type) : !is_other_type(name))
    return config.mistake("dtype", text("a dtype policy: \"{}\"", name.substr(0, 60)));
  if (type && is_float(*type)) policy.compute = *type;
}

// The keys of a map are paths or patterns of them. Of patterns, those are known that say "anything": ".*".
bool matches(std::string_view pattern, std::string_view path) {
  constexpr std::string_view kAnything = ".*";
  const std::size_t open = pattern.find(kAnything);
  if (open == std::string_view::npos) return pattern == path;
  if (path.substr(0, open) != pattern.substr(0, open)) return false;
  const std::string_view rest = pattern.substr(open + kAnything.size());
  if (rest.empty()) return true;
  for (std::size_t at = open; at <= path.size(); ++at)
    if (matches(rest, path.substr(at))) return true;
  return false;
}

const Setting* entry_of(const Config& config, const Setting& map, std::string_view path) {
  if (const Setting* exact = map.find(path)) return exact;
  for (std::size_t i = 0; i < map.keys.size(); ++i) {
    const std::string& pattern = map.keys[i];
    const auto anythings = std::count(pattern.begin(), pattern.end(), '*');
    if (anythings > 4 || pattern.find_first_of("[](){}|\\?+^$") != std::string::npos)
      config.mistake("dtype", text("a map of paths: the pattern \"{}\" is not known", pattern.substr(0, 60)));
    else if (matches(pattern, path))
      return &map.items[i];
  }
  return nullptr;
}

constexpr int kDeepest = 4;  // a map holds policies, a policy its config

void take(const Config& config, const Setting& dtype, std::string_view path, int depth, Policy& policy) {
  if (dtype.is(Kind::none)) return;
  if (dtype.is(Kind::text)) return take_name(config, dtype.text, policy);
  const Setting* inner = dtype.find("config");
  if (!dtype.is(Kind::map) || !inner || !inner->is(Kind::map) || depth > kDeepest)
    return config.mistake("dtype", "a dtype policy");
  if (const Setting* map = inner->find("policy_map")) {
    const Setting* chosen = entry_of(config, *map, path);
    if (!chosen) chosen = inner->find("default_policy");
    return chosen ? take(config, *chosen, path, depth + 1, policy) : void();
  }
  const bool quantised = inner->find("mode") != nullptr;
  const std::string_view name = text_at(*inner, quantised ? "source_name" : "name");
  if (!name.empty()) take_name(config, name, policy);
  if (quantised) policy.mode = text_at(*inner, "mode");
}

}  // namespace

Policy policy_of(const Config& config, std::string_view path) {
  Policy policy;
  if (const Setting* dtype = config.find("dtype")) take(config, *dtype, path, 0, policy);
  return policy;
}

DType promoted(DType a, DType b) {
  if (a == b) return a;
  return a == DType::f64 || b == DType::f64 ? DType::f64 : DType::f32;
}

std::optional<DType> dtype_named(std::string_view name) {
  for (int i = 0; i < kDTypes; ++i)
    if (name_of(static_cast<DType>(i)) == name) return static_cast<DType>(i);
  return std::nullopt;
}

}  // namespace vivace::keras
