// Weights of layers that Keras quantised: which belong to which part, and how they are called.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "import/keras/layer.h"

namespace vivace::keras {

/// The parts of a layer that have a kernel: "query_dense/".
std::vector<std::string> parts_of(const Layer& layer);
/// How a part was quantised, by how many variables stand beside its kernel and bias, and its kernel's axes.
std::string mode_by(std::size_t more, std::size_t kernel_axes);
/// Gives each weight of the layer the path that ends in Keras's own name of it, where there is one.
void bind_by_name(Layer& layer, const std::vector<std::string>& paths);
/// What Keras calls a weight or part that is called differently here.
std::vector<std::string> keras_names(const std::string& name);
bool ends_with(std::string_view path, std::string_view end);

}  // namespace vivace::keras
