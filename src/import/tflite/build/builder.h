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

/// A slice whose size is known only when it runs: the rows of x from `from` to `to`, or to its end. It can be
/// put together again with others (CONCATENATION), and nothing else.
struct OpenSlice {
  ValueId x;
  Dim from, to;
  bool to_end;
};

/// One subgraph while it is built: which value each of its tensors has become.
struct Scope {
  std::size_t subgraph = 0;
  std::vector<ValueId> values;                  // by tensor; kNoValue while nothing has made it
  std::vector<ValueId> imaginary;               // of a complex tensor, beside its real part in `values`
  std::map<std::int32_t, std::size_t> handles;  // tensors that stand for a variable
  std::map<std::int32_t, OpenSlice> open_slices;
  bool initialising = false;  // runs once, before everything else: it sets variables

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
  /// Of a graph that a node of another one will run: it has that one's unknown sizes and shares its limits
  /// and variables.
  explicit Builder(Builder& outer);

  const std::shared_ptr<const Model>& model() const { return model_; }
  Graph& graph() { return graph_; }
  /// Whether float activations stay so where they meet 8-bit weights.
  bool dynamic_range_float() const { return options_.dynamic_range_float; }
  /// Whether results of integers are rounded as XNNPACK does it.
  bool xnnpack_rounding() const { return options_.xnnpack_rounding; }
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
  /// Gives one integer that is known only when it runs a name, so that what is computed from it can be told
  /// from other numbers: the turns of a loop.
  void name_number(ValueId value);
  /// The value of a content that is such a number, more or less a constant; kNoValue where it is none.
  ValueId named_number(const Dim& content);

  /// A variable that operators name, made when it is first named.
  std::size_t variable(const std::string& key);
  /// Its value as the call finds it or has left it so far; zeros, or what the initialiser says, before the
  /// first.
  ValueId read_variable(std::size_t variable, DType dtype, const Shape& dims);
  void assign_variable(std::size_t variable, ValueId value);
  void initialise(std::size_t variable, ConstantPtr content) {
    root().at(variable).initial = std::move(content);
  }

  /// A variable of the graph around this one, which is an input here.
  struct Captured {
    std::size_t variable;
    ValueId outside;
  };
  /// In the order of their inputs.
  const std::vector<Captured>& captured() const { return captured_; }
  /// Makes a variable an input, used or not.
  void capture(const Captured& one) {
    const Value& outside = outer_->graph_.value(one.outside);
    (void)read_variable(one.variable, outside.dtype, Shape());
  }
  /// What a captured variable has become.
  ValueId variable_now(std::size_t number) { return at(number).now; }
  bool variable_changed(std::size_t number) { return at(number).now != at(number).at_start; }

 private:
  struct Variable {
    ValueId at_start = kNoValue, now = kNoValue;
    ConstantPtr initial;
  };
  Builder& root() { return outer_ ? outer_->root() : *this; }
  Variable& at(std::size_t number) {
    if (number >= variables_.size()) variables_.resize(number + 1);
    return variables_[number];
  }
  Dims input_dims(std::string_view input, const TensorRecord& tensor);
  /// What the caller says of inputs: sizes that can be, of inputs that there are.
  void check_sizes();
  void check_resized();
  ValueId captured_variable(std::size_t variable, DType dtype, const Shape& dims);
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
  Builder* outer_ = nullptr;
  Graph graph_;
  std::optional<Error> trouble_;
  std::map<std::string, int> names_;
  std::map<ValueId, Dims> contents_;
  std::map<std::string, std::size_t> variable_numbers_;
  std::vector<Variable> variables_;
  std::vector<std::int32_t> input_tensors_, output_tensors_;
  std::vector<Captured> captured_;
  std::map<std::int32_t, ValueId> numbers_;  // by symbol
  ValueId started_ = kNoValue;               // whether a call has ended before
  std::size_t operators_ = 0, tensors_ = 0;  // of all subgraphs that were run; the outermost graph's count
  std::vector<std::size_t> running_;         // subgraphs, likewise
};

}  // namespace vivace::tflite
