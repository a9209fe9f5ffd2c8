// Of which type the result of an operation on several types is: Keras 3's rule, which is JAX's.
#pragma once

#include "import/keras/build/call.h"

namespace vivace::keras {

/// The type of an operand. Python's own numbers are weak: they bend to the type that they meet.
struct Typed {
  DType dtype;
  bool weak = false;
};

/// Floats win over integers, integers over booleans; among integers the smallest type that holds both, and
/// float32 where there is none. Floats of any width are float32 here, as everywhere in an import.
DType common_type(Typed a, Typed b);

/// The type of an argument as common_type wants it.
Typed typed(Call& call, const Setting& setting);
/// The argument as a value of this type: cast, or a constant that has it from the start.
ValueId as_type(Call& call, const Setting& setting, DType type, std::string_view step = "cast");
/// The type in which two operands of a common type are combined: integers have no quotient but a float,
/// booleans no sum but an integer.
DType operand_type(Binary::Kind kind, DType common);
/// float32 for whatever is not a float.
DType float_type(DType type);
/// What sums and products of integers are kept in: int32, and uint32 for the small unsigned ones.
DType sum_type(DType type);

}  // namespace vivace::keras
