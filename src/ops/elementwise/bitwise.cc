#include "ops/elementwise/bitwise.h"

#include <algorithm>
#include <numeric>

#include "base/text.h"
#include "base/try.h"
#include "ops/common/elements/integers.h"
#include "ops/common/reference.h"
#include "ops/common/shape_rules.h"

namespace vivace {
namespace {

using Kind = Bitwise::Kind;

// How far to shift: what TensorFlow makes of any number.
int distance(DType dtype, std::int64_t b) {
  const int last = static_cast<int>(size_of(dtype) * 8) - 1;
  if (dtype == DType::u64 && b < 0) return last;
  return static_cast<int>(std::clamp<std::int64_t>(b, 0, last));
}

std::uint64_t magnitude(DType dtype, std::int64_t value) {
  const auto bits = static_cast<std::uint64_t>(value);
  return value < 0 && !is_unsigned(dtype) ? 0 - bits : bits;
}

std::int64_t combine(Kind kind, DType dtype, std::int64_t a, std::int64_t b) {
  const auto bits = static_cast<std::uint64_t>(a);
  switch (kind) {
    case Kind::both:
      return a & b;
    case Kind::either:
      return a | b;
    case Kind::differ:
      return a ^ b;
    case Kind::left_shift:
      return static_cast<std::int64_t>(bits << distance(dtype, b));
    case Kind::right_shift:
      return is_unsigned(dtype) ? static_cast<std::int64_t>(bits >> distance(dtype, b))
                                : a >> distance(dtype, b);
    case Kind::gcd:
      return static_cast<std::int64_t>(std::gcd(magnitude(dtype, a), magnitude(dtype, b)));
  }
  return 0;
}

}  // namespace

Result<std::vector<Fact>> Bitwise::infer(std::span<const Fact> inputs) const {
  VIVACE_CHECK_OK(require_inputs(kName, inputs, 2, 2));
  const Fact& a = inputs[0];
  if (!is_integer(a.dtype))
    return dtype_error(
        kName, text("{} is not defined for {}", kKinds[static_cast<std::size_t>(kind)], name_of(a.dtype)));
  VIVACE_CHECK_OK(require_dtype(kName, "the second input", inputs[1], a.dtype));
  VIVACE_TRY(Dims dims, broadcast_dims(kName, a.dims, inputs[1].dims));
  return inferred(kName, {Fact::tensor(a.dtype, std::move(dims))});
}

Cost Bitwise::cost(std::span<const Fact> inputs, std::span<const Fact> outputs) const {
  return cost_of((kind == Kind::gcd ? kTranscendentalFlops : 1) * elements_of(outputs[0]), inputs, outputs);
}

Status Bitwise::evaluate(std::span<const TensorView> inputs,
                         std::span<const MutableTensorView> outputs) const {
  const TensorView &a = inputs[0], &b = inputs[1];
  const MutableTensorView& y = outputs[0];
  Walk walk(y.dims, {broadcast_strides(a.dims, y.dims), broadcast_strides(b.dims, y.dims)});
  const std::int64_t count = y.count();
  for (std::int64_t i = 0; i < count; ++i, walk.next())
    store_integer(y, i, combine(kind, a.dtype, load_integer(a, walk[0]), load_integer(b, walk[1])));
  return {};
}

}  // namespace vivace
