// The options of custom operators: a map of names, as FlexBuffers write it, or a C structure of int32.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "formats/tflite/tflite.h"

namespace vivace::tflite {

/// Numbers and booleans by name; what is of another kind is left out. Errors: tflite.options.
using NamedNumbers = std::map<std::string, double, std::less<>>;
Result<NamedNumbers> named_numbers(Bytes options);

/// The first `count` numbers of a structure. Errors: tflite.options.
Result<std::vector<std::int32_t>> plain_numbers(Bytes options, std::size_t count);

}  // namespace vivace::tflite
