// Slices put into a tensor: the rows that a loop writes turn by turn.
#include "ops/indexing/scatter_nd.h"

#include <cstring>

#include "cpu/emitter.h"
#include "ops/common/elements/slices.h"

namespace vivace::cpu {
namespace {

std::optional<Choice> choose(const NodeView& node, const Processor&, const NumericOptions&) {
  const auto& op = node.as<ScatterNd>();
  if (op.reduction != ScatterNd::Reduction::replace || op.skip_negative) return std::nullopt;
  Choice choice;
  choice.algorithm = "slices";
  choice.in_place = 0;
  return choice;
}

Result<Step> emit(const NodeView& node, const Choice&, const Processor&) {
  const Operand &x = node.inputs[0], &indices = node.inputs[1];
  const std::size_t size = size_of(x.dtype), all = static_cast<std::size_t>(x.count()) * size;
  Step step;
  step.kernel = "slices";
  step.work = make_work([=, x_dims = x.dims, index_type = indices.dtype, index_dims = indices.dims,
                         from = x.address, places = indices.address, updates = node.inputs[2].address,
                         to = node.outputs[0].address](const Frame& frame, Share) noexcept {
    auto* const y = frame.at<std::byte>(to);
    if (const auto* const old = frame.at<const std::byte>(from); old != y && all != 0)
      std::memcpy(y, old, all);
    const Slices slices(x_dims, {frame.at<void>(places), index_type, index_dims}, 0);
    const std::size_t bytes = static_cast<std::size_t>(slices.size()) * size;
    const auto* const rows = frame.at<const std::byte>(updates);
    for (std::int64_t i = 0; i < slices.count(); ++i) {
      const std::int64_t place = slices.place(i);
      if (place < 0) return Fault::index_out_of_range;
      if (bytes != 0)
        std::memcpy(y + static_cast<std::size_t>(place) * size, rows + static_cast<std::size_t>(i) * bytes,
                    bytes);
    }
    return Fault::none;
  });
  return step;
}

}  // namespace

extern const Emitter k_scatter_nd;
constinit const Emitter k_scatter_nd{"scatter_nd", choose, emit};

}  // namespace vivace::cpu
