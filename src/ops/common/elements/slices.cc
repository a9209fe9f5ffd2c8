#include "ops/common/elements/slices.h"

#include "base/text.h"
#include "base/try.h"
#include "ops/common/elements/integers.h"
#include "ops/common/reference.h"
#include "ops/common/shape_rules.h"

namespace vivace {

Status require_slice_indices(std::string_view op, const Fact& x, const Fact& indices, std::int64_t batch) {
  if (!is_integer(indices.dtype))
    return dtype_error(op, text("the indices are {}, need an integer type", name_of(indices.dtype)));
  VIVACE_CHECK_OK(require_rank(op, "indices", indices, 1, kMaxRank));
  const auto most = static_cast<std::int64_t>(std::min(x.dims.size(), indices.dims.size() - 1));
  VIVACE_CHECK_OK(require_number(op, "batch_dims", batch, 0, most));
  const Dim& depth = indices.dims.back();
  const auto left = static_cast<std::int64_t>(x.dims.size()) - batch;
  if (!depth.known() || depth.number() > left)
    return shape_error(
               op, text("indices of {} for the {} axes of {}", to_text(indices.dims), left, to_text(x.dims)))
        .why("the last axis of the indices says how many axes of the tensor they pick from");
  for (std::size_t axis = 0; axis < static_cast<std::size_t>(batch); ++axis)
    if (!may_equal(x.dims[axis], indices.dims[axis]))
      return shape_error(op, text("batches of {} and of {}", to_text(x.dims), to_text(indices.dims)));
  return {};
}

Slices::Slices(std::span<const std::int64_t> dims, const TensorView& indices, std::size_t batch)
    : dims_(dims.subspan(batch)), indices_(indices), batch_(batch) {
  depth_ = static_cast<std::size_t>(indices.dims.back());
  count_ = count_of(indices.dims.first(indices.dims.size() - 1));
  const std::int64_t batches = count_of(dims.first(batch));
  per_batch_ = batches == 0 ? 0 : count_ / batches;
  batch_size_ = count_of(dims_);
  size_ = count_of(dims_.subspan(depth_));
}

std::int64_t Slices::place(std::int64_t i) const {
  std::int64_t slice = 0;
  for (std::size_t k = 0; k < depth_; ++k) {
    const std::int64_t index =
        load_integer(indices_, i * static_cast<std::int64_t>(depth_) + static_cast<std::int64_t>(k));
    if (index < 0 || index >= dims_[k]) return -1;
    slice = slice * dims_[k] + index;
  }
  return (per_batch_ == 0 ? 0 : i / per_batch_) * batch_size_ + slice * size_;
}

bool Slices::negative(std::int64_t i) const {
  return depth_ != 0 && load_integer(indices_, i * static_cast<std::int64_t>(depth_)) < 0;
}

Error Slices::outside(std::string_view op, std::int64_t i) const {
  for (std::size_t k = 0; k < depth_; ++k) {
    const std::int64_t index =
        load_integer(indices_, i * static_cast<std::int64_t>(depth_) + static_cast<std::int64_t>(k));
    if (index < 0 || index >= dims_[k])
      return Error("op.index", text("{}: index {} lies outside the {} elements of axis {}", op, index,
                                    dims_[k], k + batch_))
          .fix("check the ids that the model was given");
  }
  return Error("op.index", text("{}: an index lies outside", op));
}

}  // namespace vivace
