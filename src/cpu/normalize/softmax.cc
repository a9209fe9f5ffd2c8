// Softmax: rows in place where the axis is the last; otherwise each group is collected into a row first.
#include "ops/normalize/softmax.h"

#include "cpu/common/chunks.h"
#include "cpu/common/groups.h"
#include "cpu/elementwise/functions.h"
#include "kernels/rows/rows.h"

namespace vivace::cpu {
namespace {

std::optional<Choice> choose(const NodeView& node, const Processor&, const NumericOptions&) {
  if (node.inputs[0].dtype != DType::f32) return std::nullopt;
  const auto bands = bands_of(node.inputs[0].dims, node.as<Softmax>().axes);
  Choice choice;
  choice.algorithm = bands && bands->inner == 1 && !node.has(1) ? "softmax_rows" : "softmax_groups";
  if (choice.algorithm == "softmax_rows") choice.in_place = 0;
  return choice;
}

Result<Step> emit_rows(const NodeView& node, const Processor& processor) {
  const auto& op = node.as<Softmax>();
  const Bands bands = bands_of(node.inputs[0].dims, op.axes).value_or(Bands{});
  const Chunks chunks = Chunks::of(bands.outer, bands.along);
  Step step;
  step.kernel = VIVACE_KERNEL_NAMES("softmax_rows")[processor.isa];
  step.chunks = chunks.count();
  step.work = make_work([=, log = op.log, run = kernels::pick(kernels::softmax_rows, processor.isa),
                         x = node.inputs[0].address,
                         y = node.outputs[0].address](const Frame& frame, Share share) noexcept {
    const std::int64_t begin = chunks.begin(share), rows = chunks.end(share) - begin;
    run({frame.at<const float>(x) + begin * bands.along, frame.at<float>(y) + begin * bands.along,
         static_cast<std::size_t>(rows), static_cast<std::size_t>(bands.along), log});
  });
  return step;
}

// Where the mask's element for each element of x is; empty where there is no mask.
std::vector<std::int64_t> mask_places(const NodeView& node) {
  if (!node.has(1)) return {};
  const Shape& dims = node.inputs[0].dims;
  Walk walk(dims, {broadcast_strides(node.inputs[1].dims, dims)});
  std::vector<std::int64_t> places(static_cast<std::size_t>(count_of(dims)));
  for (std::int64_t& place : places) {
    place = walk[0];
    walk.next();
  }
  return places;
}

Result<Step> emit_groups(const NodeView& node, const Processor& processor) {
  const auto& op = node.as<Softmax>();
  Places places = places_along(node.inputs[0].dims, op.axes);
  const auto length = static_cast<std::int64_t>(places.inner.size());
  const Chunks chunks = Chunks::of(static_cast<std::int64_t>(places.outer.size()), length);
  Step step;
  step.kernel = VIVACE_KERNEL_NAMES("softmax_groups")[processor.isa];
  step.chunks = chunks.count();
  step.workspace_bytes = static_cast<std::size_t>(length) * sizeof(float);
  step.work =
      make_work([=, log = op.log, score = static_cast<float>(op.masked_score), places = std::move(places),
                 masks = mask_places(node), masked = node.has(1),
                 run = kernels::pick(kernels::softmax_rows, processor.isa), from = node.inputs[0].address,
                 to = node.outputs[0].address, mask_from = node.has(1) ? node.inputs[1].address : Address()](
                    const Frame& frame, Share share) noexcept {
        const auto* x = frame.at<const float>(from);
        const auto* mask = masked ? frame.at<const std::uint8_t>(mask_from) : nullptr;
        auto* y = frame.at<float>(to);
        auto* row = reinterpret_cast<float*>(frame.workspace_of(share.worker));
        for (std::int64_t g = chunks.begin(share); g < chunks.end(share); ++g) {
          const std::int64_t first = places.outer[static_cast<std::size_t>(g)];
          const auto hidden = [&](std::int64_t place) {
            return masked && mask[masks[static_cast<std::size_t>(place)]] == 0;
          };
          for (std::size_t j = 0; j < places.inner.size(); ++j) {
            const std::int64_t place = first + places.inner[j];
            row[j] = hidden(place) ? score : x[place];
          }
          run({row, row, 1, places.inner.size(), log});
          for (std::size_t j = 0; j < places.inner.size(); ++j) {
            const std::int64_t place = first + places.inner[j];
            y[place] = !log && hidden(place) ? 0.0f : row[j];
          }
        }
      });
  return step;
}

Result<Step> emit(const NodeView& node, const Choice& choice, const Processor& processor) {
  return choice.algorithm == "softmax_rows" ? emit_rows(node, processor) : emit_groups(node, processor);
}

}  // namespace

extern const Emitter k_softmax;
constinit const Emitter k_softmax{"softmax", choose, emit};

}  // namespace vivace::cpu
