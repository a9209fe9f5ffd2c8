// Weights that older releases, Theano and cuDNN laid out otherwise.
#include "import/keras/weights/old_layouts.h"

#include <algorithm>

#include "base/try.h"
#include "import/keras/weights/rearrange.h"

namespace vivace::keras {
namespace {

using Parts = std::vector<ConstantPtr>;
using Order = std::vector<std::int64_t>;

std::int64_t gates_of(const Layer& layer) {
  if (layer.class_name == "LSTM" || layer.class_name == "ConvLSTM2D") return 4;
  return layer.class_name == "GRU" ? 3 : 0;
}

bool plain(const ConstantPtr& x, std::size_t rank) {
  return x->dtype() == DType::f32 && x->dims().size() == rank;
}

// Keras 1 kept LSTM's gates as input, cell, forget, output.
Result<ConstantPtr> joined_gates(const Parts& parts) {
  Parts order = parts;
  if (order.size() == 4) std::swap(order[1], order[2]);
  const ConstantPtr whole = concatenated(order);
  return whole ? whole : parts.front();  // whose shape tells what is wrong
}

// Whether `bias` is cuDNN's: one for the input and one for the state, in one row.
bool from_cudnn(const ConstantPtr& bias, std::int64_t units, std::int64_t gates) {
  return plain(bias, 1) && units > 0 && bias->dims()[0] == 2 * gates * units;
}

// cuDNN keeps each gate's kernel transposed; of the input's, Keras keeps the bytes and calls them by the old
// sizes.
ConstantPtr cudnn_kernel(const ConstantPtr& kernel, std::int64_t gates, bool recurrent) {
  const std::int64_t rows = kernel->dims()[0], width = kernel->dims()[1], units = width / gates;
  Tensor tensor(DType::f32, {rows, width});
  const auto from = kernel->as<float>();
  for (std::int64_t gate = 0; gate < gates; ++gate)
    for (std::int64_t row = 0; row < rows; ++row)
      for (std::int64_t unit = 0; unit < units; ++unit) {
        // Of the gate's own rows x units numbers, which one.
        const std::int64_t flat = row + unit * rows;
        const std::int64_t r = recurrent ? unit : flat / units, u = recurrent ? row : flat % units;
        tensor.as<float>()[row * width + gate * units + unit] =
            from[static_cast<std::size_t>(r * width + gate * units + u)];
      }
  return Constant::own(std::move(tensor));
}

Result<ConstantPtr> kernel_of(const Parts& parts, std::int64_t gates, bool recurrent) {
  const ConstantPtr &kernel = parts.front(), &bias = parts.back();
  if (!plain(kernel, 2) || kernel->dims()[1] % gates != 0) return kernel;
  const std::int64_t units = kernel->dims()[1] / gates;
  if (recurrent && kernel->dims()[0] != units) return kernel;
  return from_cudnn(bias, units, gates) ? cudnn_kernel(kernel, gates, recurrent) : kernel;
}

Result<ConstantPtr> bias_of(const ConstantPtr& bias, std::int64_t units, std::int64_t gates,
                            bool reset_after) {
  if (!from_cudnn(bias, units, gates)) return bias;
  const std::int64_t width = gates * units;
  if (gates == 3) return reset_after ? Constant::reshaped(bias, {2, width}) : bias;
  Tensor sum(DType::f32, {width});
  const auto from = bias->as<float>();
  for (std::int64_t i = 0; i < width; ++i)
    sum.as<float>()[i] = from[static_cast<std::size_t>(i)] + from[static_cast<std::size_t>(i + width)];
  return Constant::own(std::move(sum));
}

void restore_recurrent(Layer& layer, std::int64_t gates) {
  Weight *kernel = layer.weight("cell/kernel"), *recurrent = layer.weight("cell/recurrent_kernel"),
         *bias = layer.weight("cell/bias");
  for (Weight* weight : {kernel, recurrent, bias})
    if (weight && !weight->more.empty()) weight->assemble = joined_gates;
  if (!kernel || !recurrent || !bias || !bias->more.empty() || bias->path.empty()) return;
  if (layer.class_name == "ConvLSTM2D") return;
  for (Weight* weight : {kernel, recurrent}) {
    weight->more = {bias->path};
    const bool is_recurrent = weight == recurrent;
    weight->assemble = [gates, is_recurrent](const Parts& parts) {
      return kernel_of(parts, gates, is_recurrent);
    };
  }
  const std::int64_t units = layer.config.size("units", 1);
  const bool reset_after = layer.config.flag("reset_after", false);
  bias->assemble = [=](const Parts& parts) { return bias_of(parts.front(), units, gates, reset_after); };
}

// How a convolution's kernel lies, and what its config says of it.
struct Kernel {
  std::size_t axes = 2;  // spatial ones
  std::vector<std::int64_t> sizes;
  std::int64_t filters = 0;
  bool first = false;  // channels_first
  bool transpose = false, flips = false, turns = false;
  int era = 2;
};

// Whether the kernel lies as today: [k..., in, out], or [k..., out, in] of a transposed convolution.
bool fits(const Kernel& k, const Shape& dims) {
  if (dims.size() != k.axes + 2) return false;
  if (!std::equal(k.sizes.begin(), k.sizes.end(), dims.begin())) return false;
  return dims[k.axes + (k.transpose ? 0 : 1)] == k.filters;
}

// Keras 1: [filters, in, k...] under channels_first; Conv1D has an axis of one behind its own.
ConstantPtr of_keras1(const Kernel& k, ConstantPtr x) {
  if (k.axes == 1 && plain(x, 4)) {
    const Shape& dims = x->dims();
    const bool today = dims[0] == k.sizes[0] && dims[1] == 1 && dims[3] == k.filters;
    if (!today) x = transposed(*x, {2, 3, 1, 0});
    const Shape now = x->dims();
    return now[1] == 1 ? Constant::reshaped(x, {now[0], now[2], now[3]}) : x;
  }
  if (!plain(x, k.axes + 2) || k.axes == 1) return x;
  if (k.transpose && k.axes == 2) return transposed(*x, k.first ? Order{2, 3, 0, 1} : Order{0, 1, 3, 2});
  if (!k.first) return x;
  return transposed(*x, k.axes == 2 ? Order{2, 3, 1, 0} : Order{2, 3, 4, 1, 0});
}

Result<ConstantPtr> restored(const Kernel& k, ConstantPtr x) {
  if (x->dtype() != DType::f32) return x;
  if (k.era == 1) {
    const ConstantPtr turned = of_keras1(k, x);
    if (fits(k, turned->dims()) || !fits(k, x->dims())) x = turned;
  }
  if (k.flips && plain(x, k.axes + 2)) x = flipped(*x, k.axes);
  if (k.turns && k.axes == 2 && plain(x, 4) && !fits(k, x->dims())) {
    const ConstantPtr other = transposed(*x, {3, 2, 0, 1});
    if (fits(k, other->dims())) return other;
  }
  return x;
}

void restore_kernel(Layer& layer, std::size_t axes, const SavedBy& saved_by) {
  Kernel k;
  k.axes = axes;
  k.sizes = layer.config.sizes("kernel_size", axes, 1);
  k.filters = layer.config.size("filters", 1);
  k.first = layer.config.text("data_format") == "channels_first";
  k.transpose = layer.class_name.ends_with("Transpose");
  k.flips = saved_by.theano;
  k.turns = saved_by.turns;
  k.era = saved_by.era;
  if (Weight* kernel = layer.weight("kernel"))
    kernel->assemble = [k](const Parts& parts) { return restored(k, parts.front()); };
}

// Keras 1's [multiplier, in, rows, columns] and [out, in, 1, 1].
void restore_separable(Layer& layer, const SavedBy& saved_by) {
  if (saved_by.era != 1 || layer.config.text("data_format") != "channels_first") return;
  for (const std::string_view name : {"depthwise_kernel", "pointwise_kernel"})
    if (Weight* weight = layer.weight(name))
      weight->assemble = [](const Parts& parts) -> Result<ConstantPtr> {
        return plain(parts.front(), 4) ? transposed(*parts.front(), {2, 3, 1, 0}) : parts.front();
      };
}

void restore(Layer& layer, const SavedBy& saved_by) {
  for (const auto& child : layer.children) restore(*child, saved_by);
  if (layer.network) return restore_layouts(*layer.network, saved_by);
  if (const std::int64_t gates = gates_of(layer)) return restore_recurrent(layer, gates);
  const std::string_view name = layer.class_name;
  if (name == "Conv1D") return restore_kernel(layer, 1, saved_by);
  if (name == "Conv2D" || name == "Conv2DTranspose") return restore_kernel(layer, 2, saved_by);
  if (name == "Conv3D") return restore_kernel(layer, 3, saved_by);
  if (name == "SeparableConv2D") restore_separable(layer, saved_by);
}

}  // namespace

Result<ConstantPtr> read_weight(const WeightSource& source, const Weight& weight, DType floats) {
  if (!weight.assemble) return source.read_as(weight.path, floats);
  Parts parts;
  VIVACE_TRY(parts.emplace_back(), source.read_as(weight.path, floats));
  for (const std::string& path : weight.more) {
    VIVACE_TRY(parts.emplace_back(), source.read_as(path, floats));
  }
  return weight.assemble(parts);
}

std::size_t saved_parts(const Layer& layer, const SavedBy& saved_by) {
  const std::int64_t gates = gates_of(layer);
  return saved_by.era == 1 && gates != 0 ? static_cast<std::size_t>(gates) : 1;
}

void restore_layouts(Network& network, const SavedBy& saved_by) {
  for (const auto& layer : network.layers) restore(*layer, saved_by);
}

}  // namespace vivace::keras
