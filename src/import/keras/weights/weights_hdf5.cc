// Weights in HDF5: by layer name as Keras 2 saves them, or by path as Keras 3 does.
#include "import/keras/weights/weights_hdf5.h"

#include <algorithm>
#include <cstring>
#include <map>

#include "base/float16.h"
#include "base/text.h"
#include "base/try.h"
#include "import/keras/read/reader.h"

namespace vivace::keras {
namespace {

// What Keras keeps beside weights and inference never needs: the state of random generators.
bool is_seed(std::string_view name) {
  return name.find("seed_generator") != std::string_view::npos ||
         name.find("StateVar") != std::string_view::npos;
}

// A layer's weights and those of everything inside it, in Keras's order: a frozen layer freezes its parts.
struct Slots {
  std::vector<Weight*> trainable, fixed;

  void collect(Layer& layer, bool frozen) {
    frozen = frozen || !layer.trainable;
    for (Weight& weight : layer.weights) (frozen || !weight.trainable ? fixed : trainable).push_back(&weight);
    for (const auto& child : layer.children) collect(*child, frozen);
    if (layer.network)
      for (const auto& inner : layer.network->layers) collect(*inner, frozen);
  }
  std::vector<Weight*> in_order() const {
    std::vector<Weight*> all = trainable;
    all.insert(all.end(), fixed.begin(), fixed.end());
    return all;
  }
};

std::vector<Weight*> slots_of(Layer& layer) {
  Slots slots;
  slots.collect(layer, false);
  return slots.in_order();
}

template <class From, class Convert>
ConstantPtr widened(const hdf5::Elements& elements, Convert convert) {
  Tensor tensor(DType::f32, elements.dims);
  const std::int64_t count = tensor.count();
  for (std::int64_t i = 0; i < count; ++i) {
    From number;
    std::memcpy(&number, elements.data + static_cast<std::size_t>(i) * sizeof number, sizeof number);
    tensor.as<float>()[i] = convert(number);
  }
  return Constant::own(std::move(tensor));
}

ConstantPtr as_constant(const hdf5::Elements& elements) {
  switch (elements.dtype) {
    case DType::f64:
      return widened<double>(elements, [](double x) { return static_cast<float>(x); });
    case DType::f16:
      return widened<std::uint16_t>(elements, [](std::uint16_t x) { return f16_to_float(x); });
    case DType::bf16:
      return widened<std::uint16_t>(elements, [](std::uint16_t x) { return bf16_to_float(x); });
    default:
      break;
  }
  if (elements.aligned()) return Constant::view(elements.dtype, elements.dims, elements.data, elements.owner);
  Tensor copy(elements.dtype, elements.dims);
  if (copy.bytes() != 0) std::memcpy(copy.data(), elements.data, copy.bytes());
  return Constant::own(std::move(copy));
}

}  // namespace

Result<ConstantPtr> Hdf5Weights::read(const std::string& path) const {
  VIVACE_TRY(const hdf5::Object dataset, file_.root().find(path));
  VIVACE_TRY(const hdf5::Elements elements, dataset.read());
  return as_constant(elements);
}

std::string Hdf5Weights::place(const std::string& path) const {
  return path.empty() ? name_ : name_ + ":/" + path;
}

Result<std::vector<std::string>> LayerWeights::paths_in(const std::string& group) const {
  VIVACE_TRY(const hdf5::Object object, file().root().find(group));
  VIVACE_TRY(const auto names, object.split_texts("weight_names"));
  std::vector<std::string> paths;
  for (const std::string_view name : names)
    if (!is_seed(name)) paths.push_back(group + "/" + std::string(name));
  return paths;
}

Status LayerWeights::assign(Layer& layer, const std::string& group) const {
  VIVACE_TRY(const std::vector<std::string> paths, paths_in(group));
  const std::vector<Weight*> slots = slots_of(layer);
  if (paths.empty()) return {};  // whoever needs one says so
  if (paths.size() != slots.size())
    return Error("import.weight-count", text("layer \"{}\" needs {} weights, the file holds {}", layer.path,
                                             slots.size(), paths.size()))
        .at(place(group))
        .why("the weights were saved from another architecture")
        .fix("save architecture and weights together: model.save(\"model.keras\")");
  for (std::size_t i = 0; i < slots.size(); ++i) slots[i]->path = paths[i];
  return {};
}

// Keras itself goes by order, so files exist whose groups bear other names than the config's layers.
Status LayerWeights::bind(Network& network) const {
  VIVACE_TRY(const hdf5::Object root, file().root().find(group_));
  VIVACE_TRY(const auto names, root.split_texts("layer_names"));
  std::vector<Layer*> layers;
  bool all_named = true;
  for (const auto& layer : network.layers) {
    if (slots_of(*layer).empty()) continue;
    layers.push_back(layer.get());
    all_named = all_named && std::find(names.begin(), names.end(), layer->name) != names.end();
  }
  std::vector<std::string> groups;
  for (const std::string_view name : names) {
    const std::string group = group_.empty() ? std::string(name) : group_ + "/" + std::string(name);
    VIVACE_TRY(const auto paths, paths_in(group));
    if (!paths.empty()) groups.push_back(group);
  }
  if (!all_named && groups.size() != layers.size())
    return Error("import.weight-count",
                 text("{} layers need weights, the file holds weights of {}", layers.size(), groups.size()))
        .at(place(group_))
        .why("the weights were saved from another architecture")
        .fix("save architecture and weights together: model.save(\"model.keras\")");
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const std::string named = group_.empty() ? layers[i]->name : group_ + "/" + layers[i]->name;
    VIVACE_CHECK_OK(assign(*layers[i], all_named ? named : groups[i]));
  }
  return {};
}

// "layers/dense_1/vars/0": a layer is found by its class and how many of that class came before it.
Status PathWeights::bind(Network& network) const { return bind_network(network, ""); }

Status PathWeights::bind_network(Network& network, const std::string& group) const {
  std::string folder = group.empty() ? "layers" : group + "/layers";
  const std::string old =
      group.empty() ? "_layer_checkpoint_dependencies" : group + "/_layer_checkpoint_dependencies";
  if (!exists(folder) && exists(old)) folder = old;
  std::map<std::string, int> seen;
  for (const auto& layer : network.layers) {
    if (layer->operation) continue;
    std::string_view class_name = layer->class_name;
    if (class_name == "Model") class_name = "Functional";
    if (class_name == "GroupQueryAttention") class_name = "GroupedQueryAttention";
    std::string name = snake_case(class_name);
    if (const int before = seen[name]++) name += text("_{}", before);
    VIVACE_CHECK_OK(bind_layer(*layer, folder + "/" + name));
  }
  return {};
}

Status PathWeights::bind_layer(Layer& layer, const std::string& group) const {
  layer.group = group;
  if (layer.network) return bind_network(*layer.network, group);
  std::map<std::string, int> counts;
  for (const bool trainable : {true, false})
    for (Weight& weight : layer.weights) {
      if (weight.trainable != trainable) continue;
      const std::size_t slash = weight.name.rfind('/');
      const std::string part = slash == std::string::npos ? "" : weight.name.substr(0, slash + 1);
      const int index = counts[part]++;
      // tf_keras calls the parts of MultiHeadAttention by their private names.
      for (const char* prefix : {"", "_"}) {
        if (part.empty() && *prefix) continue;
        const std::string path = text("{}/{}{}vars/{}", group, prefix, part, index);
        if (weight.path.empty() && exists(path)) weight.path = path;
      }
    }
  for (const auto& child : layer.children)
    VIVACE_CHECK_OK(bind_layer(*child, group + "/" + child->attribute));
  return {};
}

// A group is made of names in the config, so it must not lead out of the model's folder.
Result<std::optional<std::string>> PathWeights::asset(const std::string& group, std::string_view name) const {
  if (!read_member_ || group.empty() || group.find("..") != std::string::npos)
    return std::optional<std::string>();
  return read_member_(text("assets/{}/{}", group, name));
}

bool PathWeights::exists(const std::string& path) const { return file().root().find(path).ok(); }

}  // namespace vivace::keras
