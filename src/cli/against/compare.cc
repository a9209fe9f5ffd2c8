#include "cli/against/compare.h"

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "cli/numbers.h"

namespace vivace::cli {
namespace {

constexpr double kLeastRange = 1e-3;  // an output of nothing but tiny numbers is not held to less than this
constexpr double kMargin = 10;        // so many tolerances between first and second make the first certain

double apart(double a, double b) {
  if (a == b || (std::isnan(a) && std::isnan(b))) return 0;
  const double difference = std::abs(a - b);
  return std::isnan(difference) ? HUGE_VAL : difference;
}

// The largest element of a row and the distance to the next; the first of equals.
std::int64_t largest_of(const Tensor& tensor, std::int64_t start, std::int64_t count, double& margin) {
  std::int64_t best = 0;
  double first = -HUGE_VAL, second = -HUGE_VAL;
  for (std::int64_t i = 0; i < count; ++i) {
    const double x = value_at(tensor, start + i);
    if (x > first) {
      second = first;
      first = x;
      best = i;
    } else if (x > second) {
      second = x;
    }
  }
  margin = first - second;
  return best;
}

void compare_rows(const Tensor& mine, const Tensor& theirs, double tolerance, Comparison& result) {
  const std::int64_t classes = theirs.dims().size() < 2 ? 0 : theirs.dims().back();
  if (classes < 2) return;
  for (std::int64_t start = 0; start < theirs.count(); start += classes) {
    double margin = 0, ignored = 0;
    const std::int64_t wanted = largest_of(theirs, start, classes, margin);
    if (!(margin > kMargin * tolerance) || std::isinf(margin)) continue;
    ++result.rows;
    result.other += largest_of(mine, start, classes, ignored) != wanted;
  }
}

bool same_text(const Tensor& mine, const Tensor& theirs) {
  for (std::int64_t i = 0; i < mine.count(); ++i)
    if (std::string_view(mine.as<StringView>()[i]) != std::string_view(theirs.as<StringView>()[i]))
      return false;
  return true;
}

}  // namespace

Comparison compare(const Tensor& mine, const Tensor& theirs, double limit) {
  Comparison result;
  const bool texts = mine.dtype() == DType::string, floats = is_float(mine.dtype());
  if (mine.dims() != theirs.dims())
    result.why = text("its shape there is {}", to_text(theirs.dims()));
  else if (texts != (theirs.dtype() == DType::string))
    result.why = text("there it is {}", name_of(theirs.dtype()));
  else if (texts && !same_text(mine, theirs))
    result.why = "other texts";
  if (texts || !result.holds()) return result;
  for (std::int64_t i = 0; i < mine.count(); ++i) {
    const double b = value_at(theirs, i);
    result.difference = std::max(result.difference, apart(value_at(mine, i), b));
    if (std::isfinite(b)) result.range = std::max(result.range, std::abs(b));
  }
  const double range = std::max(result.range, kLeastRange);
  const double tolerance = floats ? limit * range : 0;
  result.share = result.difference / range;
  if (floats) compare_rows(mine, theirs, tolerance, result);
  if (!(result.difference <= tolerance))
    result.why = floats ? text("beyond {:.0e} of its range", limit) : std::string("other numbers");
  else if (result.other > 0)
    result.why = text("another largest number in {} of {} rows", result.other, result.rows);
  return result;
}

}  // namespace vivace::cli
