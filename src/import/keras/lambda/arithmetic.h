// Python's arithmetic on numbers, for the constants in a Lambda's expression.
#pragma once

#include <string_view>

#include "import/keras/setting.h"
#include "vivace/result.h"

namespace vivace::keras {

/// `a word b` for two numbers: integers stay integers but under "/". Errors: import.lambda-map for a division
/// by zero, or a result that is no number.
Result<Setting> arithmetic_of(std::string_view word, const Setting& a, const Setting& b);

}  // namespace vivace::keras
