// The graph while it grows out of a file's operators.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "formats/tflite/tflite.h"
#include "graph/graph.h"
#include "import/imported.h"
#include "import/tflite/tflite.h"

namespace vivace::tflite {

/// One subgraph while it is built: which value each of its tensors has become.
struct Scope {
  std::size_t subgraph = 0;
  std::vector<ValueId> values;                  // by tensor; kNoValue while nothing has made it
  std::vector<ValueId> imaginary;               // of a complex tensor, beside its real part in `values`
  std::map<std::int32_t, std::size_t> handles;  // tensors that stand for a variable
  bool initialising = false;                    // runs once, before everything else: it sets variables

  explicit Scope(const Model& model, std::size_t number)
      : subgraph(number),
        values(model.subgraphs[number].tensors.size(), kNoValue),
        imaginary(values.size(), kNoValue) {}
};

/// Runs operators in the file's order and collects nodes. The first mistake stops everything.
class Builder {
 public:
  explicit Builder(std::shared_ptr<const Model> model, TfliteOptions options = {})
      : model_(std::move(model)), options_(std::move(options)) {}

  const std::shared_ptr<const Model>& model() const { return model_; }
  Graph& graph() { return graph_; }
  /// Whether float activations stay so where they meet 8-bit weights.
  bool dynamic_range_float() const { return options_.dynamic_range_float; }
  Graph take_graph() { return std::move(graph_); }
  /// The tensors that became the graph's inputs and outputs.
  std::span<const std::int32_t> input_tensors() const { return input_tensors_; }
  std::span<const std::int32_t> output_tensors() const { return output_tensors_; }
  void fail(Error error) {
    if (!trouble_) trouble_ = std::move(error);
  }
  bool failed() const { return trouble_.has_value(); }
  Status status() const { return trouble_ ? Status(*trouble_) : Status(); }

  /// A subgraph as the whole graph, under the names of a signature where one is given.
  void build(std::size_t subgraph, const Signature* signature);
  /// The operators of a scope whose inputs have their values.
  void run(Scope& scope);

  /// The value of a tensor; of a constant or variable, made when it is first asked for.
  ValueId value(Scope& scope, std::int32_t tensor, const std::string& where);
  /// The numbers of a constant as the file has them; nullptr where it is none, or after a mistake.
  ConstantPtr stored(const Scope& scope, std::int32_t tensor);

  /// Appends a node, or computes it at once where all its inputs are small constants.
  std::vector<ValueId> add(OpPtr op, std::vector<ValueId> inputs, const std::string& name,
                           const std::string& origin);

  /// Integers that are known while the graph is built although they depend on unknown sizes: what SHAPE
  /// gives, and what is computed from it.
  std::optional<Dims> content(ValueId value) const;
  void set_content(ValueId value, Dims content);

  /// A variable that operators name, made when it is first named.
  std::size_t variable(const std::string& key);
  /// Its value as the call finds it or has left it so far; zeros, or what the initialiser says, before the
  /// first.
  ValueId read_variable(std::size_t variable, DType dtype, const Shape& dims);
  void assign_variable(std::size_t variable, ValueId value);
  void initialise(std::size_t variable, ConstantPtr content) {
    variables_[variable].initial = std::move(content);
  }

 private:
  struct Variable {
    ValueId at_start = kNoValue, now = kNoValue;
    ConstantPtr initial;
  };
  Dims input_dims(std::string_view input, const TensorRecord& tensor);
  /// What the caller says of inputs: sizes that can be, of inputs that there are.
  void check_sizes();
  void check_resized();
  void add_inputs(Scope& scope, const Signature* signature);
  void add_outputs(Scope& scope, const Signature* signature);
  ValueId started();
  ValueId fresh_variable(std::size_t variable, DType dtype, const Shape& dims);
  std::optional<std::vector<ValueId>> folded(const Op& op, std::span<const ValueId> inputs,
                                             const std::string& name);
  void follow_content(const Op& op, std::span<const ValueId> inputs, std::span<const ValueId> outputs);
  std::string unique(const std::string& name);

  std::shared_ptr<const Model> model_;
  TfliteOptions options_;
  Graph graph_;
  std::optional<Error> trouble_;
  std::map<std::string, int> names_;
  std::map<ValueId, Dims> contents_;
  std::map<std::string, std::size_t> variable_numbers_;
  std::vector<Variable> variables_;
  std::vector<std::int32_t> input_tensors_, output_tensors_;
  ValueId started_ = kNoValue;               // whether a call has ended before
  std::size_t operators_ = 0, tensors_ = 0;  // of all subgraphs that were run
  int depth_ = 0;
};

}  // namespace vivace::tflite
