// Walking the settings of a call.
#include "import/keras/setting.h"

#include <algorithm>
#include <numeric>

namespace vivace::keras {
namespace {

// Requires bounded nesting, which reading the JSON made sure of.
void collect(Setting& setting, std::vector<Setting*>& found) {
  if (setting.is(Setting::Kind::tensor)) found.push_back(&setting);
  std::vector<std::size_t> order(setting.items.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  if (setting.is(Setting::Kind::map))
    std::sort(order.begin(), order.end(),
              [&](std::size_t a, std::size_t b) { return setting.keys[a] < setting.keys[b]; });
  for (const std::size_t index : order) collect(setting.items[index], found);
}

}  // namespace

const Setting* Setting::find(std::string_view key) const {
  if (!is(Kind::map)) return nullptr;
  const auto found = std::find(keys.begin(), keys.end(), key);
  return found == keys.end() ? nullptr : &items[static_cast<std::size_t>(found - keys.begin())];
}

std::vector<Setting*> tensors_of(Setting& setting) {
  std::vector<Setting*> found;
  collect(setting, found);
  return found;
}

}  // namespace vivace::keras
