#include "import/report/unsupported.h"

#include <algorithm>
#include <map>
#include <utility>

#include "base/text.h"

namespace vivace {
namespace {

constexpr std::size_t kListed = 8;

// Layers of one class that lack for one reason: `LayerScale a, b and 16 more: the class is not known`.
struct Alike {
  std::string_view class_name, reason;
  std::string names;
  std::size_t count;
};

std::vector<Alike> by_class(const std::vector<Unsupported>& list) {
  std::vector<Alike> groups;
  std::map<std::pair<std::string_view, std::string_view>, std::size_t> places;  // a hostile file has many
  for (const Unsupported& one : list) {
    const std::string_view layer = one.layer;
    const std::size_t space = std::min(layer.find(' '), layer.size());
    const std::string_view class_name = layer.substr(0, space);
    const auto [place, fresh] = places.try_emplace({class_name, one.reason}, groups.size());
    if (fresh) groups.push_back({class_name, one.reason, {}, 0});
    Alike& group = groups[place->second];
    if (group.count++ < kListed)
      group.names += text("{}{}", group.names.empty() ? "" : ",", layer.substr(space));
  }
  return groups;
}

}  // namespace

Error unsupported_error(const std::vector<Unsupported>& list, const char* id, std::string_view things,
                        const std::string& name) {
  std::string all, fixes;
  const std::vector<Alike> groups = by_class(list);
  for (std::size_t i = 0; i < std::min(groups.size(), kListed); ++i) {
    const Alike& group = groups[i];
    const std::string more =
        group.count > kListed ? text(" and {} more", group.count - kListed) : std::string();
    all += text("{}{}{}{}: {}", i ? "; " : "", group.class_name, group.names, more, group.reason);
  }
  if (groups.size() > kListed) all += text("; and {} more kinds", groups.size() - kListed);
  for (const Unsupported& one : list)
    if (fixes.find(one.fix) == std::string::npos) fixes += (fixes.empty() ? "" : "; ") + one.fix;
  return Error(id, text("{} of the model's {} cannot be imported: {}", list.size(), things, all))
      .at(name)
      .fix(fixes);
}

}  // namespace vivace
