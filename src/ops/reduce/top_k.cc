#include "ops/reduce/top_k.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>

#include "base/text.h"
#include "base/try.h"
#include "ops/common/elements/integers.h"
#include "ops/common/reference.h"
#include "ops/common/shape_rules.h"

namespace vivace {
namespace {

bool larger(double a, double b) { return std::isnan(a) ? !std::isnan(b) : a > b; }
bool larger(std::int64_t a, std::int64_t b) { return a > b; }

// The places of the k largest of `row`, the first of equals first.
template <class T>
void choose(const std::vector<T>& row, std::size_t k, std::vector<std::int64_t>& places) {
  places.resize(row.size());
  std::iota(places.begin(), places.end(), std::int64_t{0});
  const auto before = [&](std::int64_t i, std::int64_t j) {
    const T a = row[static_cast<std::size_t>(i)], b = row[static_cast<std::size_t>(j)];
    return larger(a, b) || (!larger(b, a) && i < j);
  };
  std::partial_sort(places.begin(), places.begin() + static_cast<std::ptrdiff_t>(k), places.end(), before);
}

}  // namespace

Result<std::vector<Fact>> TopK::infer(std::span<const Fact> inputs) const {
  VIVACE_CHECK_OK(require_inputs(kName, inputs, 1, 1));
  const Fact& x = inputs[0];
  VIVACE_CHECK_OK(require_rank(kName, "x", x, 1, kMaxRank));
  VIVACE_CHECK_OK(require_number(kName, "k", k, 0));
  const Dim& last = x.dims.back();
  if (last.known() && last.number() < k)
    return shape_error(kName, text("there are no {} largest among {} elements", k, last.number()));
  if (last.known() && last.number() > kMaxAttribute)
    return shape_error(kName, text("an axis of {} elements is too long for int32 places", last.number()));
  Dims dims = x.dims;
  dims.back() = k;
  return inferred(kName, {Fact::tensor(x.dtype, dims), Fact::tensor(DType::i32, dims)});
}

Cost TopK::cost(std::span<const Fact> inputs, std::span<const Fact> outputs) const {
  return cost_of(2 * elements_of(inputs[0]), inputs, outputs);
}

Status TopK::evaluate(std::span<const TensorView> inputs, std::span<const MutableTensorView> outputs) const {
  const TensorView& x = inputs[0];
  const std::int64_t length = x.dims.back();
  const std::int64_t rows = count_of(x.dims.first(x.dims.size() - 1));
  const std::size_t size = size_of(x.dtype);
  std::vector<double> numbers(static_cast<std::size_t>(length));
  std::vector<std::int64_t> keys(numbers.size()), places;
  for (std::int64_t row = 0; row < rows; ++row) {
    for (std::int64_t j = 0; j < length; ++j) {
      const auto at = static_cast<std::size_t>(j);
      if (is_float(x.dtype))
        numbers[at] = load(x, row * length + j);
      else
        keys[at] = order_key(x.dtype, load_integer(x, row * length + j));
    }
    is_float(x.dtype) ? choose(numbers, static_cast<std::size_t>(k), places)
                      : choose(keys, static_cast<std::size_t>(k), places);
    for (std::int64_t j = 0; j < k; ++j) {
      const std::int64_t place = places[static_cast<std::size_t>(j)];
      std::memcpy(outputs[0].as<std::byte>() + static_cast<std::size_t>(row * k + j) * size,
                  x.as<std::byte>() + static_cast<std::size_t>(row * length + place) * size, size);
      store_integer(outputs[1], row * k + j, place);
    }
  }
  return {};
}

}  // namespace vivace
