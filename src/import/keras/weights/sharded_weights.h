// Weights in several files, and the JSON that says which holds what: Keras 3's
// save_weights(max_shard_size=...).
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "import/keras/weights/path_weights.h"

namespace vivace::keras {

/// "/layers/dense/vars" to the names of the files that hold a part of it.
using ShardMap = std::map<std::string, std::vector<std::string>, std::less<>>;

/// Whether a JSON text could be such a map.
bool looks_like_shard_map(Bytes head);

/// Errors: import.shard where it is no such map, or names a file that is not plainly beside it.
Result<ShardMap> read_shard_map(Bytes bytes, const std::string& name);

/// The files that a map names, each once, in the folder of the map.
std::vector<std::filesystem::path> files_of(const ShardMap& map, const std::filesystem::path& folder);

class ShardedWeights : public PathWeights {
 public:
  /// Opens every shard. Errors: import.shard, file.*, hdf5.*.
  static Result<std::unique_ptr<ShardedWeights>> open(const std::filesystem::path& map_path, Bytes bytes);
  Result<ConstantPtr> read(const std::string& path) const override { return read_as(path, DType::f32); }
  Result<ConstantPtr> read_as(const std::string& path, DType floats) const override;
  std::string place(const std::string& path) const override;
  SavedBy saved_by() const override { return {3, false}; }

 private:
  bool exists(const std::string& path) const override;
  /// The shard that holds a dataset, or nullptr.
  const Hdf5Weights* shard_of(const std::string& path) const;

  std::string name_;
  ShardMap map_;
  std::map<std::string, Hdf5Weights, std::less<>> shards_;
};

}  // namespace vivace::keras
