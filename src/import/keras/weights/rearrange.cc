// Moving the numbers of a weight.
#include "import/keras/weights/rearrange.h"

#include <cstring>

namespace vivace::keras {
namespace {

std::vector<std::int64_t> strides_of(const Shape& dims) {
  std::vector<std::int64_t> strides(dims.size(), 1);
  for (std::size_t axis = dims.size(); axis-- > 1;) strides[axis - 1] = strides[axis] * dims[axis];
  return strides;
}

// The numbers of x at `start`, walked by `strides` over `dims`.
ConstantPtr walked(const Constant& x, Shape dims, std::int64_t start,
                   const std::vector<std::int64_t>& strides) {
  Tensor tensor(DType::f32, std::move(dims));
  const std::int64_t count = tensor.count();
  const auto* from = static_cast<const float*>(x.tensor().data);
  std::vector<std::int64_t> place(strides.size());
  std::int64_t at = start;
  for (std::int64_t i = 0; i < count; ++i) {
    tensor.as<float>()[i] = from[at];
    for (std::size_t axis = place.size(); axis-- > 0;) {
      at += strides[axis];
      if (++place[axis] < tensor.dims()[axis]) break;
      at -= strides[axis] * place[axis];
      place[axis] = 0;
    }
  }
  return Constant::own(std::move(tensor));
}

}  // namespace

ConstantPtr transposed(const Constant& x, const std::vector<std::int64_t>& order) {
  const auto strides = strides_of(x.dims());
  Shape dims;
  std::vector<std::int64_t> walk;
  for (const std::int64_t axis : order) {
    dims.push_back(x.dims()[static_cast<std::size_t>(axis)]);
    walk.push_back(strides[static_cast<std::size_t>(axis)]);
  }
  return walked(x, std::move(dims), 0, walk);
}

ConstantPtr flipped(const Constant& x, std::size_t axes) {
  auto strides = strides_of(x.dims());
  std::int64_t start = 0;
  for (std::size_t axis = 0; axis < axes; ++axis) {
    start += strides[axis] * (x.dims()[axis] - 1);
    strides[axis] = -strides[axis];
  }
  return walked(x, x.dims(), start, strides);
}

ConstantPtr concatenated(std::span<const ConstantPtr> parts) {
  Shape dims = parts.front()->dims();
  if (dims.empty()) return nullptr;
  std::int64_t rows = 1, width = 0;
  for (std::size_t axis = 0; axis + 1 < dims.size(); ++axis) rows *= dims[axis];
  for (const ConstantPtr& part : parts) {
    Shape other = part->dims();
    if (part->dtype() != DType::f32 || other.size() != dims.size()) return nullptr;
    width += other.back();
    other.back() = dims.back();
    if (other != dims) return nullptr;
  }
  dims.back() = width;
  Tensor tensor(DType::f32, dims);
  float* to = tensor.as<float>();
  for (std::int64_t row = 0; row < rows; ++row)
    for (const ConstantPtr& part : parts) {
      const std::int64_t count = part->dims().back();
      const auto* from = static_cast<const float*>(part->tensor().data) + row * count;
      if (count != 0) std::memcpy(to, from, static_cast<std::size_t>(count) * sizeof(float));
      to += count;
    }
  return Constant::own(std::move(tensor));
}

}  // namespace vivace::keras
