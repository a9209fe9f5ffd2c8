// Weights by their place in the model.
#include "import/keras/weights/path_weights.h"

#include <algorithm>
#include <map>
#include <string>

#include "base/text.h"
#include "base/try.h"
#include "import/keras/read/reader.h"
#include "import/keras/weights/quantised_parts.h"
#include "import/keras/weights/shared_layers.h"

namespace vivace::keras {
namespace {

// What Keras calls a layer's folder: its class, as the file knows it.
std::string folder_of(const Layer& layer) {
  const std::string& class_name = layer.saved_class.empty() ? layer.class_name : layer.saved_class;
  if (class_name == "Model") return "functional";
  if (class_name == "GroupQueryAttention") return "grouped_query_attention";
  return snake_case(class_name);
}

bool has_weights(const Layer& layer) {
  const auto inner = [](const auto& part) { return has_weights(*part); };
  return !layer.weights.empty() || std::any_of(layer.children.begin(), layer.children.end(), inner) ||
         (layer.network && std::any_of(layer.network->layers.begin(), layer.network->layers.end(), inner));
}

constexpr std::size_t kMostVariables = 8;  // of a part

// Keras 3 quantises the parts of an attention layer and leaves the layer's own policy as it was.
void find_quantised_parts(Layer& layer, const std::string& group, const WeightSource& source,
                          const std::function<bool(const std::string&)>& exists) {
  for (const std::string& part : parts_of(layer)) {
    const std::string folder = group + "/" + part + "vars/";
    std::size_t expected = 0, held = 0;
    for (const Weight& weight : layer.weights) expected += weight.name.rfind(part, 0) == 0;
    while (held <= kMostVariables && exists(folder + std::to_string(held))) ++held;
    if (held <= expected) continue;
    const auto kernel = source.read(folder + "0");
    if (kernel.ok()) requantise(layer, part, mode_by(held - expected, (*kernel)->dims().size()));
  }
}

// Walks the model as Keras does when it saves. A layer that stands in several places is saved in the first.
class Binding {
 public:
  Binding(const std::function<bool(const std::string&)>& exists, const WeightSource& source)
      : exists_(exists), source_(source), era_(source.saved_by().era) {}

  // Keras 2.12 and 2.13 kept a list in which every layer with weights stands twice, so that it counts twice.
  void network(Network& network, const std::string& group) {
    const std::string within = group.empty() ? group : group + "/";
    const std::string old = within + "_layer_checkpoint_dependencies";
    const std::string folder = !exists_(within + "layers") && exists_(old) ? old : within + "layers";
    std::map<std::string, int> seen;
    for (const auto& each : network.layers) {
      if (each->operation) continue;
      Layer* const before = first_of(*each);
      if (before && era_ < 3 && folder != old) {  // Keras 2.14 and later do not count it again
        share(*before, *each);
        continue;
      }
      const std::string name = folder_of(*each);
      const int count = seen[name]++;
      layer(*each, folder + "/" + (count ? text("{}_{}", name, count) : name));
      if (folder == old && has_weights(*each)) seen[name] += 1;
      if (before) share(*before, *each);
    }
  }

 private:
  Layer* first_of(Layer& layer) {
    if (layer.shared_object == 0) return nullptr;
    const auto [place, fresh] = first_.emplace(layer.shared_object, &layer);
    return fresh ? nullptr : place->second;
  }

  static void share(Layer& from, Layer& to) {
    if (to.group.empty() || !has_weights(to)) to.group = from.group;
    for (std::size_t i = 0; i < std::min(from.weights.size(), to.weights.size()); ++i)
      if (to.weights[i].path.empty()) to.weights[i].path = from.weights[i].path;
    for (std::size_t i = 0; i < std::min(from.children.size(), to.children.size()); ++i)
      share(*from.children[i], *to.children[i]);
    if (!from.network || !to.network) return;
    for (std::size_t i = 0; i < std::min(from.network->layers.size(), to.network->layers.size()); ++i)
      share(*from.network->layers[i], *to.network->layers[i]);
  }

  void layer(Layer& layer, const std::string& group) {
    layer.group = group;
    if (layer.network) return network(*layer.network, group);
    if (!layer.by_name) find_quantised_parts(layer, group, source_, exists_);
    std::map<std::string, int> counts;
    for (const bool trainable : {true, false})
      for (Weight& weight : layer.weights) {
        if (layer.by_name ? !trainable : weight.trainable != trainable) continue;
        const std::size_t slash = weight.name.rfind('/');
        const std::string part = slash == std::string::npos ? "" : weight.name.substr(0, slash + 1);
        if (!is_lost(layer, weight.name, group, part)) find(weight, group, part, counts[part]++);
      }
    for (const auto& child : layer.children) {
      if (Layer* const before = first_of(*child))
        share(*before, *child);
      else
        this->layer(*child, group + "/" + child->attribute);
    }
  }

  // Keras 3.15 leaves the zero points of GPTQ and AWQ out of a .keras file: what follows moves up.
  bool is_lost(const Layer& layer, const std::string& name, const std::string& group,
               const std::string& part) const {
    if (name != part + "kernel_zero") return false;
    const auto count =
        std::ranges::count_if(layer.weights, [&](const Weight& w) { return w.name.starts_with(part); });
    return !exists_(text("{}/{}vars/{}", group, part, count - 1));
  }

  // tf_keras calls the parts of MultiHeadAttention by their private names; cuDNN's layers have no cell.
  void find(Weight& weight, const std::string& group, const std::string& part, int index) {
    std::vector<std::string> places{part};
    if (!part.empty()) places.push_back("_" + part);
    if (part == "cell/") places.emplace_back();
    for (const std::string& place : places) {
      const std::string path = text("{}/{}vars/{}", group, place, index);
      if (weight.path.empty() && exists_(path)) weight.path = path;
    }
  }

  const std::function<bool(const std::string&)>& exists_;
  const WeightSource& source_;
  int era_;
  std::map<std::int64_t, Layer*> first_;
};

}  // namespace

Status PathWeights::bind(Network& network) const {
  const std::function<bool(const std::string&)> exists = [this](const std::string& path) {
    return this->exists(path);
  };
  VIVACE_CHECK_OK(restore_marks(network));
  Binding(exists, *this).network(network, "");
  return {};
}

// A group is made of names in the config, so it must not lead out of the model's folder.
Result<std::optional<std::string>> FileWeights::asset(const std::string& group, std::string_view name) const {
  if (!read_member_ || group.empty() || group.find("..") != std::string::npos)
    return std::optional<std::string>();
  return read_member_(text("assets/{}/{}", group, name));
}

}  // namespace vivace::keras
