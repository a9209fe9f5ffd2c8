// Weights by their place in the model: model.weights.h5 of Keras 3, whole or in shards.
#pragma once

#include <functional>
#include <string>

#include "import/keras/weights/weights_hdf5.h"

namespace vivace::keras {

/// "layers/dense_1/vars/0": a layer is found by its class and how many of that class came before it.
class PathWeights : public WeightSource {
 public:
  Status bind(Network& network) const override;

 protected:
  virtual bool exists(const std::string& path) const = 0;
};

/// Reads a member of an archive, or a file of a folder, by name; nothing where there is none.
using ReadMember = std::function<Result<std::optional<std::string>>(const std::string& name)>;

/// The weights of a .keras archive or folder, or of save_weights(), and the assets that lie beside them.
class FileWeights : public PathWeights {
 public:
  /// `era` is 2 where tf_keras wrote it, which counts layers otherwise.
  FileWeights(hdf5::File file, std::string name, int era, ReadMember read_member = nullptr)
      : file_(std::move(file), std::move(name)), era_(era), read_member_(std::move(read_member)) {}
  SavedBy saved_by() const override { return {era_, false}; }
  Result<std::optional<std::string>> asset(const std::string& group, std::string_view name) const override;
  Result<ConstantPtr> read(const std::string& path) const override { return file_.read(path); }
  Result<ConstantPtr> read_as(const std::string& path, DType floats) const override {
    return file_.read_as(path, floats);
  }
  std::string place(const std::string& path) const override { return file_.place(path); }

 private:
  bool exists(const std::string& path) const override { return file_.has(path); }
  Hdf5Weights file_;
  int era_;
  ReadMember read_member_;
};

}  // namespace vivace::keras
