// Winograd's convolution as a step: for 3x3 windows of stride 1 where the transformations pay.
#include <algorithm>

#include "cpu/common/fused_end.h"
#include "cpu/common/tiling.h"
#include "cpu/common/windows.h"
#include "cpu/linear/conv_steps.h"
#include "kernels/conv/winograd.h"
#include "kernels/matrix/panels.h"
#include "ops/linear/conv.h"

namespace vivace::cpu {
namespace {

// Below 12 x 12 too much of the tiles sticks out; below 16 channels the transformations cost what they save.
constexpr std::int64_t kLeastSize = 12, kLeastChannels = 16;

std::size_t zeros_of(const NodeView& node, std::size_t input) {
  const Shape& dims = node.inputs[input].dims;
  return std::max<std::size_t>(64, static_cast<std::size_t>(dims[2]));
}

std::size_t panel_floats(const NodeView& node, std::size_t input) {
  const Shape& dims = node.inputs[input].dims;
  return kernels::kWinogradPlaces *
         kernels::panels16_size(static_cast<std::size_t>(dims[2]), static_cast<std::size_t>(dims[3]));
}

std::size_t packed_bytes(const NodeView& node, std::size_t input) {
  return (panel_floats(node, input) + zeros_of(node, input)) * sizeof(float);
}

void pack(const NodeView& node, std::size_t input, std::byte* into) {
  const Operand& weights = node.inputs[input];
  kernels::pack_winograd43(weights.constant->as<float>(), static_cast<std::size_t>(weights.dims[2]),
                           static_cast<std::size_t>(weights.dims[3]), reinterpret_cast<float*>(into));
}

// Pieces for threads, and tiles at once in the workspace.
struct Cut {
  Split split;
  std::size_t block, most_panels;
};

// Pieces of tiles; or pieces of outputs where the weights, 36 for each pair of channels, outweigh the tiles:
// then every core reads its share of them once, for transforming the inputs again, which costs a tenth of 64
// outputs. Transformed inputs and products of a block stay in L2; from 7 tiles on the weights' way from L3 is
// hidden.
Cut choose_cut(std::size_t tiles, std::size_t panels, std::size_t inputs, const Processor& processor) {
  const std::size_t outputs = panels * kernels::kPanel;
  const bool by_tiles = tiles * (inputs + outputs) > inputs * outputs;
  const std::size_t unit = by_tiles ? panels : std::max<std::size_t>(4, (panels + 7) / 8);
  const std::size_t most_panels = std::min(unit, panels);
  const std::size_t one =
      kernels::winograd_workspace(1, inputs, most_panels * kernels::kPanel) * sizeof(float);
  const std::size_t fit = std::clamp<std::size_t>(processor.l2_bytes * 2 / 3 / one, 7, 56);
  const std::size_t wish =
      by_tiles ? std::max<std::size_t>(7, (tiles + 7) / 8) : std::max<std::size_t>(1, tiles);
  const std::size_t most = std::min(fit, wish), blocks = (tiles + most - 1) / most;
  const std::size_t block = tiles == 0 ? 1 : (tiles + blocks - 1) / blocks;
  const std::size_t total = by_tiles ? tiles : panels, piece = by_tiles ? block : unit;
  return {
      {by_tiles, piece, total, static_cast<std::int64_t>((total + piece - 1) / piece)}, block, most_panels};
}

}  // namespace

bool pays_winograd(const NodeView& node) {
  const auto& op = node.as<Conv>();
  const Shape &x = node.inputs[0].dims, &weights = node.inputs[1].dims, &y = node.outputs[0].dims;
  const std::vector<std::int64_t> ones{1, 1};
  return x.size() == 4 && op.groups == 1 && op.strides == ones && op.dilations == ones && weights[0] == 3 &&
         weights[1] == 3 && x[3] >= kLeastChannels && y[3] >= kLeastChannels && y[1] >= kLeastSize &&
         y[2] >= kLeastSize;
}

Step emit_winograd(const NodeView& node, const Processor& processor) {
  const auto& op = node.as<Conv>();
  const Shape& weights = node.inputs[1].dims;
  const kernels::Window window = window_of(op, node, std::span(weights).first(2));
  const auto inputs = static_cast<std::size_t>(weights[2]), outputs = static_cast<std::size_t>(weights[3]);
  const std::size_t tiles =
      static_cast<std::size_t>(node.outputs[0].dims[0]) * kernels::winograd_tiles(window);
  const std::size_t panels = (outputs + kernels::kPanel - 1) / kernels::kPanel;
  const Cut cut = choose_cut(tiles, panels, inputs, processor);
  const Tiling tiling = choose_tiling({cut.block, outputs, inputs, inputs * sizeof(float)}, processor);
  const Split split = cut.split;

  const auto* const packed = reinterpret_cast<const float*>(node.inputs[1].packed);
  kernels::Winograd winograd{nullptr,
                             node.inputs[0].step(),
                             packed,
                             packed + panel_floats(node, 1),
                             nullptr,
                             node.outputs[0].step(),
                             window,
                             inputs,
                             outputs,
                             0,
                             tiles,
                             0,
                             panels,
                             cut.block,
                             tiling.tile_rows,
                             tiling.tile_panels,
                             nullptr,
                             {}};
  Step step;
  step.kernel = kWinograd;
  step.chunks = std::max<std::int64_t>(1, split.chunks);
  step.workspace_bytes =
      kernels::winograd_workspace(cut.block, inputs, cut.most_panels * kernels::kPanel) * sizeof(float);
  const auto at = [winograd, end = fused_end(op.epilogue, node, outputs)](const Frame& frame, const void* x,
                                                                          void* c, std::byte* workspace) {
    kernels::Winograd p = winograd;
    p.x = static_cast<const float*>(x);
    p.c = static_cast<float*>(c);
    p.workspace = reinterpret_cast<float*>(workspace);
    p.end = end.at(frame);
    return p;
  };
  const auto run_panels = [split, run = kernels::pick(kernels::winograd, processor.isa)](
                              kernels::Winograd p, std::int64_t begin, std::int64_t end) {
    for (std::int64_t chunk = begin; chunk < end; ++chunk) {  // what the workspace holds
      p.panel_begin = split.begin(chunk);
      p.panel_end = split.end(chunk + 1);
      run(p);
    }
  };
  const auto run = kernels::pick(kernels::winograd, processor.isa);
  set_line_work(
      step,
      [=, x = node.inputs[0].address, c = node.outputs[0].address](const Frame& frame, Share share) {
        kernels::Winograd p =
            at(frame, frame.at<void>(x), frame.at<void>(c), frame.workspace_of(share.worker));
        if (!split.by_rows) return run_panels(p, share.begin, share.end);
        p.tile_begin = split.begin(share.begin);
        p.tile_end = split.end(share.end);
        run(p);
      },
      [=](const Frame& frame, std::byte* workspace, std::int64_t image, const void* x, void* c,
          LineSpan lines) {
        kernels::Winograd p = at(frame, x, c, workspace);
        skip_rows(p.end, static_cast<std::size_t>(image) * window.places());
        const auto columns = (window.width.output + kernels::kWinogradTile - 1) / kernels::kWinogradTile;
        p.tile_begin = static_cast<std::size_t>(lines.begin / kernels::kWinogradTile * columns);
        p.tile_end = static_cast<std::size_t>((lines.end + kernels::kWinogradTile - 1) /
                                              kernels::kWinogradTile * columns);
        if (split.by_rows) return run(p);
        run_panels(p, 0, split.chunks);
      });
  return step;
}

extern const WeightLayout k_winograd43;
constinit const WeightLayout k_winograd43 = {"winograd43", packed_bytes, pack};

}  // namespace vivace::cpu
