// Weights in a group for each layer: by name, by order, by number.
#include "import/keras/weights/layer_weights.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "base/try.h"
#include "import/keras/read/reader.h"
#include "import/keras/weights/old_layouts.h"
#include "import/keras/weights/quantised_parts.h"

namespace vivace::keras {
namespace {

constexpr std::int64_t kMostLayers = 200'000;

// What Keras keeps beside weights and inference never needs: the state of random generators.
bool is_seed(std::string_view name) {
  return name.find("seed_generator") != std::string_view::npos ||
         name.find("StateVar") != std::string_view::npos;
}

// A place for one dataset: a weight, or one of the parts in which an old release kept it.
struct Slot {
  Layer* layer;
  Weight* weight;
  std::size_t part;
};

// A layer's weights and those of everything inside it, in Keras's order: a frozen layer freezes its parts.
struct Slots {
  const SavedBy& saved_by;
  std::vector<Slot> trainable = {}, fixed = {};

  void collect(Layer& layer, bool frozen) {
    frozen = frozen || !layer.trainable;
    const std::size_t parts = saved_parts(layer, saved_by);
    for (std::size_t part = 0; part < parts; ++part)
      for (Weight& weight : layer.weights)
        (frozen || !weight.trainable ? fixed : trainable).push_back({&layer, &weight, part});
    for (const auto& child : layer.children) collect(*child, frozen);
    if (layer.network)
      for (const auto& inner : layer.network->layers) collect(*inner, frozen);
  }
};

std::vector<Slot> slots_of(Layer& layer, const SavedBy& saved_by) {
  Slots slots{saved_by};
  slots.collect(layer, false);
  std::vector<Slot> all = std::move(slots.trainable);
  all.insert(all.end(), slots.fixed.begin(), slots.fixed.end());
  return all;
}

// "model/dense_1/kernel:0" and Keras 1's "dense_1_kernel:0" as "dense_1/kernel" and "dense_1_kernel".
std::string_view last_names(std::string_view path) {
  if (const std::size_t colon = path.rfind(':'); colon != std::string_view::npos)
    path = path.substr(0, colon);
  const std::size_t slash = path.rfind('/');
  const std::size_t before =
      slash == std::string_view::npos || slash == 0 ? slash : path.rfind('/', slash - 1);
  return before == std::string_view::npos ? path : path.substr(before + 1);
}

// The order of `paths` that puts each to the slot it is named after; empty unless all find their own.
// Keras goes by the order alone, which fails where the flags "trainable" changed after the model was built.
std::vector<std::string> by_name(const std::vector<Slot>& slots, const std::vector<std::string>& paths) {
  std::map<std::string_view, const std::string*> named;
  for (const std::string& path : paths) {
    const std::string_view both = last_names(path);
    if (!named.emplace(both, &path).second) return {};
    named.emplace(both.substr(both.rfind('/') + 1), &path);
  }
  std::vector<std::string> ordered;
  std::set<const std::string*> taken;
  for (const Slot& slot : slots) {
    const std::string_view leaf =
        std::string_view(slot.weight->name).substr(slot.weight->name.rfind('/') + 1);
    auto found = named.find(text("{}/{}", slot.layer->name, leaf));
    if (found == named.end()) found = named.find(text("{}_{}", slot.layer->name, leaf));
    if (found == named.end() || !taken.insert(found->second).second) return {};
    ordered.push_back(*found->second);
  }
  return ordered;
}

// Whether any of a layer's parts was quantised, so that its weights are told apart by their names.
bool goes_by_name(const Layer& layer) {
  bool any = layer.by_name;
  for (const auto& child : layer.children) any = any || goes_by_name(*child);
  if (layer.network)
    for (const auto& inner : layer.network->layers) any = any || goes_by_name(*inner);
  return any;
}

void bind_all_by_name(Layer& layer, const std::vector<std::string>& paths) {
  bind_by_name(layer, paths);
  for (const auto& child : layer.children) bind_all_by_name(*child, paths);
  if (layer.network)
    for (const auto& inner : layer.network->layers) bind_all_by_name(*inner, paths);
}

// Keras 3 quantises the parts of an attention layer and leaves the layer's own policy as it was.
void find_quantised_parts(Layer& layer, const std::vector<std::string>& paths, const WeightSource& source) {
  for (const std::string& part : parts_of(layer)) {
    std::size_t more = 0, kernel_axes = 0;
    const std::string theirs = "/" + keras_names(part).front();
    for (const std::string& path : paths) {
      if (path.find(theirs) == std::string::npos) continue;
      const bool kernel = ends_with(path, "/kernel") || ends_with(path, "/kernel:0");
      const bool bias = ends_with(path, "/bias") || ends_with(path, "/bias:0");
      more += !kernel && !bias;
      if (!kernel) continue;
      const auto numbers = source.read(path);
      if (numbers.ok()) kernel_axes = (*numbers)->dims().size();
    }
    if (more != 0) requantise(layer, part, mode_by(more, kernel_axes));
  }
}

Error wrong_count(std::string what, std::string at) {
  return Error("import.weight-count", std::move(what))
      .at(std::move(at))
      .why("the weights were saved from another architecture")
      .fix("save architecture and weights together: model.save(\"model.keras\")");
}

// The layers whose weights have a group of their own. Keras 1 took models apart that stood inside models.
void collect_owners(Network& network, const std::set<std::string_view>& names, const SavedBy& saved_by,
                    std::vector<Layer*>& owners) {
  for (const auto& layer : network.layers) {
    if (slots_of(*layer, saved_by).empty()) continue;
    if (saved_by.era == 1 && layer->network && names.count(layer->name) == 0)
      collect_owners(*layer->network, names, saved_by, owners);
    else
      owners.push_back(layer.get());
  }
}

}  // namespace

std::string LayerWeights::path_of(std::string_view name) const {
  return group_.empty() ? std::string(name) : group_ + "/" + std::string(name);
}

Result<std::vector<std::string>> LayerWeights::paths_in(const std::string& group) const {
  VIVACE_TRY(const hdf5::Object object, file().root().find(group));
  VIVACE_TRY(const auto names, object.split_texts("weight_names"));
  std::vector<std::string> paths;
  for (const std::string_view name : names)
    if (!is_seed(name)) paths.push_back(group + "/" + std::string(name));
  return paths;
}

Result<std::vector<LayerWeights::Group>> LayerWeights::groups() const {
  VIVACE_TRY(const hdf5::Object root, file().root().find(group_));
  VIVACE_TRY(const auto names, root.split_texts("layer_names"));
  std::vector<Group> groups;
  for (const std::string_view name : names) {
    VIVACE_TRY(auto paths, paths_in(path_of(name)));
    groups.push_back({std::string(name), std::move(paths)});
  }
  return groups;
}

Status LayerWeights::assign(Layer& layer, const Group& group) const {
  if (group.paths.empty()) return {};  // whoever needs one says so
  for (const std::string& path : group.paths)
    if (!layer.by_name && ends_with(path, "kernel_scale")) find_quantised_parts(layer, group.paths, *this);
  if (goes_by_name(layer)) {
    bind_all_by_name(layer, group.paths);
    return {};
  }
  std::vector<Slot> slots = slots_of(layer, saved_by_);
  // Keras 1 kept the gates of a recurrent layer together where it was told to run on a GPU.
  if (slots.size() != group.paths.size()) slots = slots_of(layer, {});
  if (slots.size() != group.paths.size())
    return wrong_count(text("layer \"{}\" needs {} weights, the file holds {}", layer.path, slots.size(),
                            group.paths.size()),
                       place(path_of(group.name)));
  const std::vector<std::string> named = by_name(slots, group.paths);
  const std::vector<std::string>& paths = named.empty() ? group.paths : named;
  for (std::size_t i = 0; i < slots.size(); ++i)
    if (slots[i].part == 0)
      slots[i].weight->path = paths[i];
    else
      slots[i].weight->more.push_back(paths[i]);
  return {};
}

// Keras itself goes by order, so files exist whose groups bear other names than the config's layers.
Status LayerWeights::bind(Network& network) const {
  VIVACE_TRY(const hdf5::Object root, file().root().find(group_));
  VIVACE_TRY(const bool numbered, root.has_attribute("nb_layers"));
  if (numbered) return bind_numbered(network);
  VIVACE_TRY(std::vector<Group> groups, this->groups());
  std::set<std::string_view> names;
  for (const Group& group : groups) names.insert(group.name);
  std::vector<Layer*> layers;
  collect_owners(network, names, saved_by_, layers);
  const bool all_named = std::all_of(layers.begin(), layers.end(),
                                     [&](const Layer* layer) { return names.count(layer->name) != 0; });
  std::vector<const Group*> chosen;
  std::map<std::string_view, const Group*> by_name;
  for (const Group& group : groups) by_name.emplace(group.name, &group);
  for (const Group& group : groups)
    if (!all_named && !group.paths.empty()) chosen.push_back(&group);
  for (const Layer* layer : layers)
    if (all_named) chosen.push_back(by_name[layer->name]);
  if (chosen.size() != layers.size())
    return wrong_count(
        text("{} layers need weights, the file holds weights of {}", layers.size(), chosen.size()),
        place(group_));
  for (std::size_t i = 0; i < layers.size(); ++i) {
    VIVACE_CHECK_OK(assign(*layers[i], *chosen[i]));
  }
  return {};
}

Result<std::vector<LayerWeights::Group>> LayerWeights::numbered_groups(std::int64_t count) const {
  std::vector<Group> groups;
  for (std::int64_t i = 0; i < std::min(count, kMostLayers); ++i) {
    const std::string path = path_of(text("layer_{}", i));
    VIVACE_TRY(const hdf5::Object object, file().root().find(path));
    VIVACE_TRY(const hdf5::Values attribute, object.attribute("nb_params"));
    VIVACE_TRY(const std::int64_t params, attribute.integer());
    Group group{text("layer_{}", i), {}};
    for (std::int64_t p = 0; p < std::min<std::int64_t>(params, 64); ++p)
      group.paths.push_back(text("{}/param_{}", path, p));
    groups.push_back(std::move(group));
  }
  return groups;
}

// The weights of the first models of Keras: layers by number, all of them or those with weights alone.
Status LayerWeights::bind_numbered(Network& network) const {
  VIVACE_TRY(const hdf5::Object root, file().root().find(group_));
  VIVACE_TRY(const hdf5::Values attribute, root.attribute("nb_layers"));
  VIVACE_TRY(const std::int64_t count, attribute.integer());
  VIVACE_TRY(std::vector<Group> groups, numbered_groups(count));
  std::erase_if(groups, [](const Group& group) { return group.paths.empty(); });
  std::vector<Layer*> layers;
  collect_owners(network, {}, saved_by_, layers);
  if (groups.size() != layers.size())
    return wrong_count(
        text("{} layers need weights, the file holds weights of {}", layers.size(), groups.size()),
        place(group_));
  for (std::size_t i = 0; i < layers.size(); ++i) {
    VIVACE_CHECK_OK(assign(*layers[i], groups[i]));
  }
  return {};
}

}  // namespace vivace::keras
