// Sequential models as chains of calls.
#include <cctype>

#include "base/text.h"
#include "import/keras/build/rule.h"
#include "import/keras/read/reader.h"

namespace vivace::keras {
namespace {

using Kind = Setting::Kind;

Setting reference_to(const std::string& layer) {
  Setting tensor(Kind::tensor);
  tensor.reference.layer = layer;
  return tensor;
}

// The shape for which the first layer was made: in its own config, or kept when the model was built.
const Setting* first_shape(const Network& network, const Setting& config) {
  const Layer& first = *network.layers.front();
  for (const std::string_view key : {"batch_input_shape", "batch_shape", "input_shape"})
    if (const Setting* shape = first.config.find(key)) return shape;
  if (const Setting* shape = config.find("build_input_shape"); shape && shape->is(Kind::list)) return shape;
  if (first.network && !first.network->layers.empty()) {
    const Layer& inner = *first.network->layers.front();
    for (const std::string_view key : {"batch_input_shape", "batch_shape"})
      if (const Setting* shape = inner.config.find(key)) return shape;
    if (inner.build_shape.is(Kind::list)) return &inner.build_shape;
  }
  return first.build_shape.is(Kind::list) ? &first.build_shape : nullptr;
}

// The input that Keras puts in front; Keras 2 names it after the first layer.
std::unique_ptr<Layer> made_input(const Network& network, const Setting* shape, Trouble& trouble) {
  auto input = std::make_unique<Layer>();
  const Layer& first = *network.layers.front();
  input->class_name = "InputLayer";
  const bool keras3 = first.config.raw("batch_input_shape") == nullptr && first.build_shape.is(Kind::list);
  input->name = input->path = keras3 ? "input_layer" : first.name + "_input";
  if (shape) input->build_shape = *shape;
  const DType computed = policy_of(first.config, first.path).compute;
  input->input_dtype = keras3 ? computed : carrier_of(computed);
  input->config = Config(nullptr, text("layer \"{}\"", input->path), &trouble);
  return input;
}

}  // namespace

Status chain(Network& network, const Setting& config, Trouble& trouble) {
  if (network.layers.empty())
    return Error("import.config", text("the Sequential model \"{}\" has no layers", network.name));
  if (network.layers.front()->class_name != "InputLayer") {
    const Setting* shape = first_shape(network, config);
    network.layers.insert(network.layers.begin(), made_input(network, shape, trouble));
  }
  for (std::size_t i = 1; i < network.layers.size(); ++i) {
    Invocation invocation;
    invocation.positional.push_back(reference_to(network.layers[i - 1]->name));
    network.layers[i]->calls = {std::move(invocation)};
  }
  network.inputs = reference_to(network.layers.front()->name);
  network.outputs = reference_to(network.layers.back()->name);
  return {};
}

std::string snake_case(std::string_view class_name) {
  std::string snake;
  for (std::size_t i = 0; i < class_name.size(); ++i) {
    const auto is = [&](std::size_t at, int (*test)(int)) {
      return at < class_name.size() && test(static_cast<unsigned char>(class_name[at])) != 0;
    };
    // A word begins at a capital that follows a small letter or precedes a small letter.
    const bool begins = is(i, std::isupper) && i > 0 && (is(i - 1, std::islower) || is(i + 1, std::islower));
    if (begins) snake += '_';
    snake += static_cast<char>(std::tolower(static_cast<unsigned char>(class_name[i])));
  }
  return snake;
}

}  // namespace vivace::keras
