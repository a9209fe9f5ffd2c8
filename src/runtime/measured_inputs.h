// Inputs of a graph that nobody gives: sizes that are found in what is given.
#pragma once

#include <array>
#include <memory>
#include <span>
#include <vector>

#include "graph/graph.h"

namespace vivace {

struct VectorizeText;

/// How many places the rows of texts have is not known before the texts are: the longest says. The importer
/// puts an input behind the given ones whose one size it is; before a run is planned, it is counted here.
class MeasuredInputs {
 public:
  /// Finds them: the last inputs before the states, each read by a VectorizeText whose texts are a given
  /// input, as they are or reshaped.
  explicit MeasuredInputs(const Graph& graph);

  std::size_t count() const { return all_.size(); }
  /// Whether a size, or something that may follow from it, is among `dims`.
  bool may_decide(const Dims& dims) const;

  /// Shapes of the given inputs with the measured ones behind them, as small as can be.
  std::vector<Shape> with_smallest(std::span<const Shape> given) const;

  /// work(inputs) with the measured inputs behind the given ones. Requires inputs of the right number and
  /// types.
  template <class Work>
  auto run(std::span<const TensorView> given, Work work) const {
    if (all_.empty()) return work(given);
    const Measured measured(*this, given);
    return work(measured.inputs);
  }

 private:
  struct One {
    std::shared_ptr<const VectorizeText> op;
    std::size_t texts;  // the number of the input that it is found in
    std::int32_t symbol;
  };
  /// `n` things, on the stack where they are few.
  template <class T>
  struct Room {
    std::span<T> of(std::size_t n) {
      if (n <= few.size()) return std::span(few).first(n);
      many.resize(n);
      return many;
    }
    std::array<T, 16> few;
    std::vector<T> many;
  };
  struct Measured {
    Measured(const MeasuredInputs& of, std::span<const TensorView> given);
    Room<TensorView> views;
    Room<std::int64_t> sizes;
    std::span<const TensorView> inputs;
  };
  std::vector<One> all_;
};

}  // namespace vivace
