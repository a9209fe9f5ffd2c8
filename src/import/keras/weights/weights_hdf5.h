// Weights in HDF5: by layer name as Keras 2 saves them, or by path as Keras 3 does.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "formats/hdf5/hdf5.h"
#include "import/keras/weights/weight_source.h"

namespace vivace::keras {

class Hdf5Weights : public WeightSource {
 public:
  Hdf5Weights(hdf5::File file, std::string name) : file_(std::move(file)), name_(std::move(name)) {}
  Result<ConstantPtr> read(const std::string& path) const override;
  std::string place(const std::string& path) const override;

 protected:
  const hdf5::File& file() const { return file_; }

 private:
  hdf5::File file_;
  std::string name_;
};

/// A group for each layer, with its weights in the attribute weight_names: .h5 files of every era. Trainable
/// weights come first, as they were when the file was saved.
class LayerWeights : public Hdf5Weights {
 public:
  /// `group` is "model_weights", or "" in a file of weights alone.
  LayerWeights(hdf5::File file, std::string name, std::string group)
      : Hdf5Weights(std::move(file), std::move(name)), group_(std::move(group)) {}
  Status bind(Network& network) const override;

 private:
  Result<std::vector<std::string>> paths_in(const std::string& group) const;
  Status assign(Layer& layer, const std::string& group) const;
  std::string group_;
};

/// Reads a member of an archive, or a file of a folder, by name; nothing where there is none.
using ReadMember = std::function<Result<std::optional<std::string>>(const std::string& name)>;

/// model.weights.h5 of a .keras archive, and the assets that lie beside it.
class PathWeights : public Hdf5Weights {
 public:
  PathWeights(hdf5::File file, std::string name, ReadMember read_member = nullptr)
      : Hdf5Weights(std::move(file), std::move(name)), read_member_(std::move(read_member)) {}
  Status bind(Network& network) const override;
  Result<std::optional<std::string>> asset(const std::string& group, std::string_view name) const override;

 private:
  Status bind_network(Network& network, const std::string& group) const;
  Status bind_layer(Layer& layer, const std::string& group) const;
  bool exists(const std::string& path) const;
  ReadMember read_member_;
};

}  // namespace vivace::keras
