// Where the weights of a Keras model lie: an HDF5 file, alone or inside a .keras archive.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "graph/graph.h"
#include "import/keras/layer.h"

namespace vivace::keras {

/// Who wrote the weights, as far as it changes how they lie.
struct SavedBy {
  int era = 2;          // 1: Keras 1
  bool theano = false;  // whose convolutions turn their kernels round
  bool turns = false;   // an .h5 file of layers: Keras turns kernels [out, in, k...] that do not fit
};

class WeightSource {
 public:
  virtual ~WeightSource() = default;
  /// Gives every weight of `network` the path of its dataset. Errors: import.weight-missing,
  /// import.weight-count.
  virtual Status bind(Network& network) const = 0;
  /// The numbers of a dataset; floats of 16 and 64 bits arrive as float32.
  virtual Result<ConstantPtr> read(const std::string& path) const = 0;
  /// The same with floats of another width, float32 or float64; a source of float32 alone gives that.
  virtual Result<ConstantPtr> read_as(const std::string& path, DType /*floats*/) const { return read(path); }
  /// The text of a file that the model keeps for a layer beside its weights; nothing where there is none.
  virtual Result<std::optional<std::string>> asset(const std::string& /*group*/,
                                                   std::string_view /*name*/) const {
    return std::optional<std::string>();
  }
  /// "vgg.h5:/model_weights/conv/kernel:0"
  virtual std::string place(const std::string& path) const = 0;
  virtual SavedBy saved_by() const { return {}; }
};

/// The numbers of a bound weight, whatever it is made of.
Result<ConstantPtr> read_weight(const WeightSource& source, const Weight& weight, DType floats);

}  // namespace vivace::keras
