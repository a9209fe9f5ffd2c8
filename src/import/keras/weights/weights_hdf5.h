// Weights in an HDF5 file, alone or inside an archive.
#pragma once

#include <string>

#include "formats/hdf5/hdf5.h"
#include "import/keras/weights/weight_source.h"

namespace vivace::keras {

class Hdf5Weights : public WeightSource {
 public:
  Hdf5Weights(hdf5::File file, std::string name) : file_(std::move(file)), name_(std::move(name)) {}
  Result<ConstantPtr> read(const std::string& path) const override { return read_as(path, DType::f32); }
  Result<ConstantPtr> read_as(const std::string& path, DType floats) const override;
  std::string place(const std::string& path) const override;
  Status bind(Network&) const override { return {}; }
  bool has(const std::string& path) const { return file_.root().find(path).ok(); }

 protected:
  const hdf5::File& file() const { return file_; }

 private:
  hdf5::File file_;
  std::string name_;
};

}  // namespace vivace::keras
