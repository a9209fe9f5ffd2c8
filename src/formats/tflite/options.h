// An operator's options by the types that flatc makes of schema.fbs.
#pragma once

#include "formats/tflite/schema_generated.h"
#include "formats/tflite/tflite.h"

namespace vivace::tflite {

using Code = schema::BuiltinOperator;
using OptionsKind = schema::BuiltinOptions;

/// A table without fields: all of them have their defaults.
const void* empty_table();

/// The options of the kind T; the defaults where the file has none, or others.
template <class T>
const T& options_of(const Operator& op) {
  const bool here =
      op.options && op.options_kind == static_cast<std::uint8_t>(schema::BuiltinOptionsTraits<T>::enum_value);
  return *static_cast<const T*>(here ? op.options : empty_table());
}

/// The same of the union that newer operators have theirs in.
template <class T>
const T& options2_of(const Operator& op) {
  const bool here = op.options2 && op.options2_kind == static_cast<std::uint8_t>(
                                                           schema::BuiltinOptions2Traits<T>::enum_value);
  return *static_cast<const T*>(here ? op.options2 : empty_table());
}

}  // namespace vivace::tflite
