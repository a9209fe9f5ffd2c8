// The graph while it grows out of a Keras model.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "import/keras/layer.h"
#include "import/keras/weights/weight_source.h"

namespace vivace::keras {

/// Runs layers in order and collects nodes. The first mistake stops everything.
class Builder {
 public:
  Builder(const WeightSource& weights, int era, Trouble& trouble)
      : weights_(weights), era_(era), trouble_(trouble) {}

  int era() const { return era_; }
  Trouble& trouble() { return trouble_; }
  const WeightSource& weights() const { return weights_; }
  Graph& graph() { return graph_; }
  const Graph& graph() const { return graph_; }
  Graph take_graph() { return std::move(graph_); }

  /// The whole model: inputs, every call, outputs.
  void build(Network& network);
  /// One call of a layer or nested model; its outputs.
  std::vector<Flow> run(Layer& layer, const Invocation& invocation);
  std::vector<Flow> run(Network& network, const std::string& place, const std::vector<Flow>& inputs);
  /// What a nested model makes of an input that it is called with: its own input's type and number of axes.
  Flow adjusted(const Layer& input, Flow given);

  /// Appends a node; nothing where something went wrong before or now.
  std::vector<ValueId> add(OpPtr op, std::vector<ValueId> inputs, const std::string& name,
                           const std::string& origin);
  /// What a person calls a value: its layer, or the model's input.
  std::string maker(ValueId value) const;
  /// Integers that are known while the graph is built although they depend on unknown sizes: what tf.shape
  /// gives, and what is computed from it.
  const Dims* shape_content(ValueId value) const;
  void set_shape_content(ValueId value, Dims content);
  /// State `index` of a stateful layer as its last call left it: zeros of `dims` before the model's first
  /// run.
  ValueId state(const Layer& layer, std::size_t index, DType dtype, const std::vector<std::int64_t>& dims);
  void set_state(const Layer& layer, std::size_t index, ValueId next);

 private:
  struct State {
    const Layer* layer;
    std::size_t index;
    ValueId at_start, now;
  };
  State* find_state(const Layer& layer, std::size_t index);
  std::string unique(const std::string& name);
  Flow add_input(const Layer& layer);
  ValueId with_axes(const Layer& input, ValueId value, std::size_t want);
  ValueId as_keras_types(const Flow& flow, const std::string& name);

  const WeightSource& weights_;
  int era_;
  Trouble& trouble_;
  Graph graph_;
  std::map<std::string, int> names_;
  std::map<ValueId, Dims> shape_contents_;
  std::vector<State> states_;
  int depth_ = 0;
  std::size_t calls_ = 0;
};

}  // namespace vivace::keras
