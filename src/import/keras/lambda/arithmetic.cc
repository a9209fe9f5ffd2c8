// Python's arithmetic on numbers.
#include "import/keras/lambda/arithmetic.h"

#include <cmath>

#include "base/text.h"
#include "import/keras/config.h"

namespace vivace::keras {
namespace {

double computed(std::string_view word, double a, double b) {
  if (word == "+") return a + b;
  if (word == "-") return a - b;
  if (word == "*") return a * b;
  if (word == "/") return a / b;
  if (word == "//") return std::floor(a / b);
  if (word == "%") return a - b * std::floor(a / b);
  if (word == "**") return std::pow(a, b);
  return std::nan("");
}

}  // namespace

Result<Setting> arithmetic_of(std::string_view word, const Setting& a, const Setting& b) {
  constexpr double kExact = 9e15;
  Setting result(Setting::Kind::number);
  result.number = computed(word, a.number, b.number);
  if (!std::isfinite(result.number))
    return Error("import.lambda-map", text("a Lambda's function asks for {} {} {}, which is no number",
                                           to_text(a), word, to_text(b)));
  const bool whole = !a.is(Setting::Kind::number) && !b.is(Setting::Kind::number) && word != "/";
  if (std::fabs(result.number) < kExact) result.integer = static_cast<std::int64_t>(result.number);
  if (whole && std::fabs(result.number) < kExact && result.number == std::floor(result.number))
    result.kind = Setting::Kind::integer;
  return result;
}

}  // namespace vivace::keras
