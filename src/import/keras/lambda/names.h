// What the functions in a Lambda's expression are called, and what they mean.
#pragma once

#include <string>
#include <string_view>

#include "import/keras/build/rule.h"

namespace vivace::keras {

/// A function by the name under which Python code calls it. One of `rule` and `activation` is set.
struct NamedFunction {
  const Rule* rule = nullptr;
  std::string_view activation;
  int era = 3;  // whose numbers: keras.ops are Keras 3's, tf.* and K.* what they were before
};

/// "relu", "keras.ops.image.resize", "tf.nn.relu", "K.mean". Without a prefix it is one of keras.ops or an
/// activation.
NamedFunction find_named_function(std::string_view name);

/// ", did you mean \"concatenate\"?" or "".
std::string nearest_function(std::string_view name);

}  // namespace vivace::keras
