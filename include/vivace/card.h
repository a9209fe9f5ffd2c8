// SPDX-License-Identifier: Apache-2.0
/// What a model's file says about itself: how real numbers become the integers it works on, what is to be
/// done to pictures, and what its outputs are called.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace vivace {

/// Of one input or output.
struct TensorCard {
  /// real = scale * (number - zero_point); a scale of 0 says that the numbers stand for themselves.
  double scale = 0;
  std::int64_t zero_point = 0;
  /// A value is to become (x - mean) / deviation before the model sees it: one number, or one a channel.
  /// Empty where the file says nothing.
  std::vector<float> mean, deviation;
  /// Names of the places along the last axis.
  std::vector<std::string> labels;
  std::string description;
};

/// Of the whole model. Everything may be empty.
struct ModelCard {
  std::string name, description, version, author, license;
  std::string ignored;  // why a part of what the file says is not believed
  std::vector<TensorCard> inputs, outputs;
};

}  // namespace vivace
