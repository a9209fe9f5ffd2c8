// Configs of every release of Keras, put into the form that the importer's recipes know.
#pragma once

#include <string>
#include <vector>

#include "import/keras/setting.h"

namespace vivace::keras {

/// What was found out about a config while it was put into today's form.
struct Modernised {
  bool keras1 = false;  // something in it is of Keras 1
  std::vector<std::string> warnings;
};

/// Renames classes and keys of Keras 1 and of TensorFlow 1's layers, wherever a record of a layer stands in
/// `root`; what already is in today's form stays as it is. Requires the bounded nesting of a JSON text.
Modernised modernise(Setting& root);

/// The class name under which a record was saved, where modernise() gave it another one: key of the record.
inline constexpr std::string_view kSavedClass = "saved_class_name";

/// Turns a Sequential model that begins with a Merge of other models into a functional one: Keras 1's way of
/// having several inputs.
void unfold_merge(Setting& record);

}  // namespace vivace::keras
