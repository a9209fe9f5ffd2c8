// Finding the parts of a layer and of a network.
#include "import/keras/layer.h"

namespace vivace::keras {

Weight* Layer::weight(std::string_view weight_name) {
  for (Weight& weight : weights)
    if (weight.name == weight_name) return &weight;
  return nullptr;
}

Layer* Layer::child(std::string_view child_attribute) {
  for (const auto& child : children)
    if (child->attribute == child_attribute) return child.get();
  return nullptr;
}

Layer* Network::find(std::string_view layer_name) const {
  for (const auto& layer : layers)
    if (layer->name == layer_name) return layer.get();
  return nullptr;
}

}  // namespace vivace::keras
