// A value of a configuration or of a call: a number, text, a tensor, or a list or map of these.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "graph/graph.h"

namespace vivace::keras {

/// A tensor on its way through the model, with the mask that Keras lets travel beside it. `narrow` is the
/// 16-bit type that it has in Keras, where the graph computes it in float32; float32 otherwise. Complex
/// numbers are two values on their way together.
struct Flow {
  ValueId value = kNoValue;
  ValueId mask = kNoValue;
  DType narrow = DType::f32;
  ValueId imaginary = kNoValue;
};

/// "Output `tensor` of call `node` of layer `layer`": how Keras writes an edge.
struct Reference {
  std::string layer;
  std::int64_t node = 0;
  std::int64_t tensor = 0;
};

/// Python's None, bool, int, float, str, list, dict and slice, as JSON carries them, and a place in the
/// graph.
struct Setting {
  enum class Kind { none, boolean, integer, number, text, list, map, tensor, slice, ellipsis };
  Kind kind = Kind::none;
  std::int64_t integer = 0;       // boolean too
  double number = 0;              // set for integers and booleans as well
  std::string text;               // text
  std::vector<Setting> items;     // list, map; slice: start, stop, step
  std::vector<std::string> keys;  // map
  Reference reference;            // tensor
  Flow flow;                      // tensor, once the call runs
  std::optional<DType> dtype;     // of an array that the file stored as one

  Setting() = default;
  explicit Setting(Kind k) : kind(k) {}
  static Setting of(std::string word) {
    Setting setting(Kind::text);
    setting.text = std::move(word);
    return setting;
  }
  static Setting of(bool flag) {
    Setting setting(Kind::boolean);
    setting.integer = flag;
    setting.number = flag ? 1 : 0;
    return setting;
  }
  static Setting of(Flow tensor) {
    Setting setting(Kind::tensor);
    setting.flow = tensor;
    return setting;
  }

  bool is(Kind k) const { return kind == k; }
  bool is_number() const { return is(Kind::boolean) || is(Kind::integer) || is(Kind::number); }
  /// The entry of a map, or nullptr.
  const Setting* find(std::string_view key) const;
};

/// Every tensor in it, in the order of Keras's flattening (maps by sorted key).
std::vector<Setting*> tensors_of(Setting& setting);

}  // namespace vivace::keras
