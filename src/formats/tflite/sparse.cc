// Axis by axis, from the outermost: each place found so far becomes the places of the next axis within it,
// and the last axis's places are those of the stored elements, in order.
#include "formats/tflite/sparse.h"

#include <algorithm>
#include <cstring>

#include "base/text.h"
#include "base/try.h"

namespace vivace::tflite {
namespace {

// Elements for each byte in the file, above which a shape is not believed.
constexpr std::int64_t kMostPerByte = 4096, kMostElements = std::int64_t{1} << 28;

Error mistake(const std::string& what) {
  return Error("tflite.sparsity", what).fix("the file is damaged: fetch or convert the model again");
}

// How far one step along each stored axis is, in elements of the whole tensor.
Result<std::vector<std::int64_t>> steps_of(const TensorRecord& tensor) {
  const Sparsity& s = *tensor.sparsity;
  const std::size_t rank = tensor.dims.size(), axes = s.axes.size();
  if (tensor.count() == 0) return mistake("it has no elements");
  if (axes != s.order.size() || axes != rank + s.block_map.size())
    return mistake(text("{} axes and {} of blocks are stored as {} in an order of {}", rank,
                        s.block_map.size(), axes, s.order.size()));
  std::vector<std::int64_t> steps(axes, 1), blocks(rank, 1), level(axes, -1);
  for (std::size_t i = 0; i < axes; ++i) {
    const std::int32_t axis = s.order[i];
    if (axis < 0 || static_cast<std::size_t>(axis) >= axes || level[static_cast<std::size_t>(axis)] >= 0)
      return mistake(text("the order of its axes names {}", axis));
    level[static_cast<std::size_t>(axis)] = static_cast<std::int64_t>(i);
  }
  for (std::size_t axis = rank; axis-- > 1;) steps[axis - 1] = steps[axis] * tensor.dims[axis];
  for (std::size_t i = 0; i < s.block_map.size(); ++i) {
    const auto axis = static_cast<std::size_t>(s.block_map[i]);
    const std::int64_t size = s.axes[static_cast<std::size_t>(level[rank + i])].dense_size;
    if (s.block_map[i] < 0 || axis >= rank || blocks[axis] != 1 || size <= 0 || tensor.dims[axis] % size != 0)
      return mistake(
          text("blocks of {} along axis {} of {}", size, s.block_map[i], vivace::to_text(tensor.shape())));
    steps[rank + i] = steps[axis];
    blocks[axis] = size;
  }
  for (std::size_t axis = 0; axis < rank; ++axis) {
    steps[axis] *= blocks[axis];
    const std::int64_t dense = s.axes[static_cast<std::size_t>(level[axis])].dense_size;
    if (dense > 0 && dense * blocks[axis] != tensor.dims[axis])
      return mistake(text("{} blocks of {} along axis {} of {}", dense, blocks[axis], axis,
                          vivace::to_text(tensor.shape())));
  }
  return steps;
}

Result<std::vector<std::int64_t>> within(const std::vector<std::int64_t>& places, const SparseAxis& axis,
                                         std::int64_t step, std::int64_t most, std::int64_t count) {
  std::vector<std::int64_t> inner;
  if (axis.dense_size > 0) {
    if (static_cast<std::int64_t>(places.size()) * axis.dense_size > most)
      return mistake("it stores more elements than it has");
    for (const std::int64_t place : places)
      for (std::int64_t i = 0; i < axis.dense_size; ++i) inner.push_back(place + i * step);
    return inner;
  }
  if (axis.segments.size() != places.size() + 1 || axis.segments.front() != 0)
    return mistake(text("{} segments for {} rows", axis.segments.size(), places.size()));
  for (std::size_t row = 0; row < places.size(); ++row) {
    const std::int64_t begin = axis.segments[row], end = axis.segments[row + 1];
    if (begin > end || end > static_cast<std::int64_t>(axis.indices.size()))
      return mistake(text("a segment from {} to {} of {} indices", begin, end, axis.indices.size()));
    for (std::int64_t i = begin; i < end; ++i) {
      const std::int64_t index = axis.indices[static_cast<std::size_t>(i)];
      if (index < 0 || index >= count) return mistake(text("an index is {}", index));
      inner.push_back(places[row] + index * step);
    }
  }
  return inner;
}

}  // namespace

Result<std::vector<std::byte>> expanded(const TensorRecord& tensor) {
  const std::int64_t count = tensor.count();
  const auto size = static_cast<std::size_t>(bits_of(tensor.type) / 8);
  if (size == 0) return mistake(text("a sparse tensor of {}", name_of(tensor.type)));
  if (count > kMostElements || count / kMostPerByte > static_cast<std::int64_t>(tensor.data.size()))
    return mistake(text("{} bytes stand for the {} elements of {}", tensor.data.size(), count,
                        vivace::to_text(tensor.shape())));
  VIVACE_TRY(const std::vector<std::int64_t> steps, steps_of(tensor));
  // No honest file has more rows than elements and ends of rows, so no more are made room for.
  std::int64_t most = static_cast<std::int64_t>(tensor.data.size() / size);
  for (const SparseAxis& axis : tensor.sparsity->axes)
    most = std::max(most, static_cast<std::int64_t>(axis.segments.size()));
  most = std::min(most, count);
  std::vector<std::int64_t> places{0};
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const auto axis = static_cast<std::size_t>(tensor.sparsity->order[i]);
    VIVACE_TRY(places, within(places, tensor.sparsity->axes[i], steps[axis], most, count));
  }
  if (places.size() * size != tensor.data.size())
    return mistake(text("{} elements are placed, {} bytes stored", places.size(), tensor.data.size()));
  std::vector<std::byte> dense(static_cast<std::size_t>(count) * size);
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (places[i] < 0 || places[i] >= count) return mistake(text("element {} lies outside", i));
    std::memcpy(dense.data() + static_cast<std::size_t>(places[i]) * size, tensor.data.data() + i * size,
                size);
  }
  return dense;
}

}  // namespace vivace::tflite
