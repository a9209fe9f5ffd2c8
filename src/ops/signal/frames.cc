#include "ops/signal/frames.h"

#include <algorithm>
#include <cstring>

#include "base/text.h"
#include "base/try.h"
#include "ops/common/reference.h"
#include "ops/common/shape_rules.h"

namespace vivace {

Result<std::vector<Fact>> Frames::infer(std::span<const Fact> inputs) const {
  VIVACE_CHECK_OK(require_inputs(kName, inputs, 1, 1));
  const Fact& x = inputs[0];
  VIVACE_CHECK_OK(require_rank(kName, "the input", x, inverse ? 2 : 1, kMaxRank - 1));
  if (inverse) VIVACE_CHECK_OK(require_float(kName, "the input", x));
  VIVACE_CHECK_OK(require_number(kName, "length", length, 1));
  VIVACE_CHECK_OK(require_number(kName, "stride", stride, 1));
  Dims dims = x.dims;
  if (inverse) {
    if (!may_equal(dims.back(), Dim(length)))
      return shape_error(kName, text("{} does not hold frames of {}", to_text(x.dims), length));
    dims.pop_back();
    if (dims.back() == Dim(0)) return shape_error(kName, text("{} holds no frame", to_text(x.dims)));
    dims.back() = (dims.back() - Dim(1)) * Dim(stride) + Dim(length);
    return inferred(kName, {Fact::tensor(x.dtype, std::move(dims))});
  }
  if (dims.back().known() && dims.back().number() < length)
    dims.back() = Dim(0);
  else
    dims.back() = floor_div(dims.back() - Dim(length), stride) + Dim(1);
  dims.push_back(Dim(length));
  return inferred(kName, {Fact::tensor(x.dtype, std::move(dims))});
}

Cost Frames::cost(std::span<const Fact> inputs, std::span<const Fact> outputs) const {
  return cost_of(inverse ? elements_of(inputs[0]) : 0, inputs, outputs);
}

Status Frames::evaluate(std::span<const TensorView> inputs,
                        std::span<const MutableTensorView> outputs) const {
  const TensorView& x = inputs[0];
  const MutableTensorView& y = outputs[0];
  const auto long_dims = inverse ? std::span<const std::int64_t>(y.dims) : x.dims;
  const auto deep_dims = inverse ? x.dims : std::span<const std::int64_t>(y.dims);
  const std::int64_t time = long_dims.back(), frames = deep_dims[deep_dims.size() - 2];
  const std::int64_t rows = count_of(long_dims.first(long_dims.size() - 1));
  const std::size_t bytes = size_of(x.dtype);
  std::vector<double> sum(inverse ? static_cast<std::size_t>(time) : 0);
  for (std::int64_t row = 0; row < rows; ++row) {
    std::fill(sum.begin(), sum.end(), 0.0);
    for (std::int64_t f = 0; f < frames; ++f) {
      const std::int64_t deep = (row * frames + f) * length, start = f * stride;
      if (inverse)
        for (std::int64_t i = 0; i < length; ++i)
          sum[static_cast<std::size_t>(start + i)] += load(x, deep + i);
      else
        std::memcpy(y.as<std::byte>() + static_cast<std::size_t>(deep) * bytes,
                    x.as<std::byte>() + static_cast<std::size_t>(row * time + start) * bytes,
                    static_cast<std::size_t>(length) * bytes);
    }
    for (std::size_t i = 0; i < sum.size(); ++i) store(y, row * time + static_cast<std::int64_t>(i), sum[i]);
  }
  return {};
}

}  // namespace vivace
