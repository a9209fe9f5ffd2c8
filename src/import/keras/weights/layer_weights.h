// Weights in a group for each layer: .h5 files of every era, and what save_weights() wrote before Keras 3.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "import/keras/weights/weights_hdf5.h"

namespace vivace::keras {

/// A group for each layer, with its weights in the attribute weight_names; before Keras 1, the groups
/// layer_0, layer_1, ... with param_0, param_1, ... Trainable weights come first, as they were when the file
/// was saved.
class LayerWeights : public Hdf5Weights {
 public:
  /// `group` is "model_weights", or "" in a file of weights alone.
  LayerWeights(hdf5::File file, std::string name, std::string group, SavedBy saved_by)
      : Hdf5Weights(std::move(file), std::move(name)), group_(std::move(group)), saved_by_(saved_by) {}
  Status bind(Network& network) const override;
  SavedBy saved_by() const override { return saved_by_; }

 private:
  /// A layer's name in the file, and the paths of its weights.
  struct Group {
    std::string name;
    std::vector<std::string> paths;
  };
  std::string path_of(std::string_view name) const;
  Result<std::vector<Group>> groups() const;
  Result<std::vector<Group>> numbered_groups(std::int64_t count) const;
  Result<std::vector<std::string>> paths_in(const std::string& group) const;
  Status bind_numbered(Network& network) const;
  Status assign(Layer& layer, const Group& group) const;

  std::string group_;
  SavedBy saved_by_;
};

}  // namespace vivace::keras
