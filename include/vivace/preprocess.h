// SPDX-License-Identifier: Apache-2.0
/// What a picture's numbers become before a network sees them, and what a classifier's numbers are called.
///
///     auto how = vivace::Preprocessing::parse("keras-resnet50").value();
///     auto ready = how.apply(photo).value();  // float32, blue before red, less the means
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "vivace/model.h"
#include "vivace/result.h"
#include "vivace/tensor.h"

namespace vivace {

/// Channel c of a pixel becomes (x * scale / divisor - mean[c]) / deviation[c]; red and blue change places
/// first where asked. In float32, in this order, as NumPy does: the same bits as keras.applications.
struct VIVACE_API Preprocessing {
  double scale = 1, divisor = 1;
  std::array<double, 3> mean = {0, 0, 0}, deviation = {1, 1, 1};
  bool per_channel = false;  // mean and deviation differ: the last axis must have three channels
  bool blue_first = false;   // the network wants blue, green, red
  bool imagenet = false;     // a network of keras.applications: 1000 outputs are ImageNet's classes

  /// "keras-NAME", NAME a module of keras.applications ("resnet50", "mobilenet_v2"), or "SCALE,MEAN,STD".
  /// Errors: usage.preprocess (the nearest known name is told).
  static Result<Preprocessing> parse(std::string_view words);
  /// What the model's own file says of pictures for an input; nothing where it is silent, or speaks of other
  /// channels than one or three.
  static std::optional<Preprocessing> stated(const TensorCard& card);
  /// uint8 or float32 numbers [..., channels] as float32. Errors: usage.preprocess.
  Result<Tensor> apply(const Tensor& numbers) const;
};

struct ImageNetClass {
  std::string_view wordnet;  // "n01440764" without its n
  std::string_view name;     // "tench"
};

inline constexpr int kImageNetClasses = 1000;
/// Requires 0 <= index < kImageNetClasses.
VIVACE_API ImageNetClass imagenet_class(int index);

}  // namespace vivace
