#include "ops/common/quantised/hybrid.h"

#include "base/text.h"
#include "base/try.h"
#include "ops/common/quantised/scales.h"
#include "ops/common/reference.h"
#include "ops/common/shape_rules.h"

namespace vivace {

void HybridEnd::attributes(AttributeVisitor& v) {
  v("weights_scales", weights_scales);
  v("weights_scale_first", weights_scale_first);
}

Status require_hybrid(std::string_view op, const HybridEnd& end, std::span<const Fact> inputs,
                      const Dims& rows, const Dim& channels) {
  VIVACE_CHECK_OK(require_dtype(op, "the input", inputs[0], DType::i8));
  VIVACE_CHECK_OK(require_dtype(op, "the weights", inputs[1], DType::i8));
  VIVACE_CHECK_OK(require_dtype(op, "the rows' scales", inputs[2], DType::f32));
  VIVACE_CHECK_OK(require_dtype(op, "the rows' zero points", inputs[3], DType::i32));
  for (const std::size_t i : {std::size_t{2}, std::size_t{3}}) {
    VIVACE_CHECK_OK(require_rank(op, "what the rows have", inputs[i], rows.size(), rows.size()));
    VIVACE_CHECK_OK(require_dims(op, "what the rows have", inputs[i], rows));
  }
  if (given(inputs, 4)) {
    VIVACE_CHECK_OK(require_dtype(op, "the bias", inputs[4], DType::f32));
    VIVACE_CHECK_OK(require_rank(op, "the bias", inputs[4], 1, 1));
    VIVACE_CHECK_OK(require_dims(op, "the bias", inputs[4], {channels}));
  }
  const std::size_t count = end.weights_scales.size();
  if (count != 1 && (!channels.known() || channels.number() != static_cast<std::int64_t>(count)))
    return attribute_error(op, text("there are {} scales for {} channels", count, to_text(Dims{channels})));
  for (const double scale : end.weights_scales) VIVACE_CHECK_OK(require_scale(op, "a weights' scale", scale));
  return {};
}

HybridReference::HybridReference(const HybridEnd& end, std::span<const TensorView> inputs,
                                 const MutableTensorView& y)
    : weights_scale_first_(end.weights_scale_first),
      weights_scales_(end.weights_scales.begin(), end.weights_scales.end()),
      bias_(static_cast<std::size_t>(y.dims.back())),
      row_scales_(inputs[2].as<float>()),
      y_(y.as<float>()) {
  if (given(inputs, 4))
    for (std::size_t c = 0; c < bias_.size(); ++c) bias_[c] = inputs[4].as<float>()[c];
}

void HybridReference::store_row(std::span<const std::uint32_t> sums, std::int64_t row,
                                std::int64_t first) const {
  const float row_scale = row_scales_[row];
  for (std::size_t c = 0; c < sums.size(); ++c) {
    const auto sum = static_cast<float>(static_cast<std::int32_t>(sums[c]));
    const float scale = weights_scales_[weights_scales_.size() > 1 ? c : 0];
    const float scaled = weights_scale_first_ ? sum * scale * row_scale : sum * (row_scale * scale);
    y_[first + static_cast<std::int64_t>(c)] = scaled + bias_[c];
  }
}

std::vector<std::int32_t> load_rows_less_zero(const TensorView& q, const TensorView& zeros) {
  std::vector<std::int32_t> all(static_cast<std::size_t>(q.count()));
  const std::int64_t rows = zeros.count(), size = rows == 0 ? 1 : q.count() / rows;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto zero =
        static_cast<std::uint32_t>(zeros.as<std::int32_t>()[static_cast<std::int64_t>(i) / size]);
    all[i] = static_cast<std::int32_t>(static_cast<std::uint32_t>(q.as<std::int8_t>()[i]) - zero);
  }
  return all;
}

}  // namespace vivace
