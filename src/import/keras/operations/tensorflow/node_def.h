// TensorFlow's NodeDef: an operator with its attributes, as JSON or as the protobuf itself.
#pragma once

#include <optional>

#include "import/keras/setting.h"

namespace vivace::keras {

struct NodeDef {
  std::string op;
  Setting attributes = Setting(Setting::Kind::map);

  /// An attribute as a plain setting: a number, a word ("SAME", "float32"), a flag, or a list of these.
  const Setting* find(std::string_view name) const { return attributes.find(name); }
};

/// Nothing where it cannot be read.
std::optional<NodeDef> read_node_def(const Setting& setting);

/// A constant as Keras writes it: numbers and lists of them, or an array with its type in a wrapper.
Setting plain_array(const Setting& setting);

}  // namespace vivace::keras
