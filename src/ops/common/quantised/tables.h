// Functions of quantised numbers as tables, made in the very arithmetic of TensorFlow Lite's reference
// kernels: float32 with its roundings, or fixed point.
#pragma once

#include <cstdint>
#include <vector>

#include "vivace/tensor.h"

namespace vivace::tables {

/// What the numbers before and after stand for: scale (number - zero). int8, uint8 or int16.
struct Spaces {
  float input_scale, output_scale;
  std::int64_t input_zero, output_zero;
  DType dtype;
};

/// One output for each number of the type, from its lowest on.
using Table = std::vector<std::int16_t>;

Table logistic(const Spaces& spaces);
Table tanh(const Spaces& spaces);
Table elu(const Spaces& spaces);
Table exp(const Spaces& spaces);
Table log(const Spaces& spaces);
Table gelu(const Spaces& spaces);
Table gelu_tanh(const Spaces& spaces);
Table hard_swish(const Spaces& spaces);
Table leaky_relu(const Spaces& spaces, float alpha);
/// XNNPACK's: factors of whole 256ths, ties up.
Table leaky_relu_in_256ths(const Spaces& spaces, float alpha);
Table abs(const Spaces& spaces);
Table sqrt(const Spaces& spaces);
Table rsqrt(const Spaces& spaces);
Table rescale(const Spaces& spaces);

/// A table of 513 entries for int16, read between them along straight lines: what softmax looks up in too.
class Interpolated {
 public:
  /// Of a function over [input_low, input_high], its values from output_low to output_high over all of int16.
  template <class T>
  Interpolated(T input_low, T input_high, T output_low, T output_high, T (*function)(T));
  std::int16_t operator()(std::int16_t x) const;

 private:
  std::int16_t entries_[513];
};

}  // namespace vivace::tables
