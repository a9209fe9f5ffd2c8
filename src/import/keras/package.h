// The containers of Keras models: what holds the config, and what the weights.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "import/keras/weights/weight_source.h"

namespace vivace::keras {

struct Package {
  std::string config;       // JSON
  std::string config_name;  // "model.keras:config.json"
  std::string version;      // keras_version, or ""
  std::string format;       // "Keras HDF5 model"
  std::unique_ptr<WeightSource> weights;
};

/// Errors: import.not-keras, import.no-architecture, import.kind, import.npz-weights, and the readers' own.
Result<Package> open_package(const std::filesystem::path& path, const std::filesystem::path& architecture);

}  // namespace vivace::keras
