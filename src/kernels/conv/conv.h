// Convolution over NHWC images, and its depthwise form.
#pragma once

#include "kernels/common/window.h"
#include "kernels/matrix/tile.h"

namespace vivace::kernels {

/// Output place i (a row of c; images follow one another) and channel o of group g:
/// c[i][o] = end(sum over taps, over the group's channels, of x * weights), in ascending order.
///
/// Nothing is copied into columns: tiles read x through row pointers, and padding through `zeros`. Where the
/// taps of a kernel row lie side by side in memory (one group, no dilation, few channels) they are read as
/// one long tap. Results have the same bits for every split and tile.
struct Conv {
  const float* x;
  std::size_t x_stride;  // floats from one place of x to the next
  const float* weights;  // for each group, pack_panels16 of [taps * group_inputs, group_outputs]
  const float* zeros;    // at least group_inputs of them, and 64
  float* c;
  std::size_t c_stride;
  Window window;
  std::size_t groups, group_inputs, group_outputs;
  std::size_t row_begin, row_end;      // output places
  std::size_t panel_begin, panel_end;  // groups * ceil(group_outputs / 16) in all
  std::size_t tile_rows, tile_panels;  // as Gemm
  std::size_t block_rows;
  End end;
};

/// Window taps that Conv can hold; more need another way.
inline constexpr std::size_t kMaxConvTaps = 4096;

VIVACE_KERNEL(conv, Conv);

/// The same for one group of at most kMostNarrow outputs, where `weights` are [outputs, taps * inputs] and
/// nothing is split by panels. Each sum is made in 16 lanes, which are folded at the end. Requires at most
/// 2048 weights for an output, or more than 64 inputs and at most 1024 taps: four places share the memory of
/// a block.
inline constexpr std::size_t kMostNarrow = 16;
VIVACE_KERNEL(conv_narrow, Conv);

/// One output channel for each input channel. Vectors run over channels, several places at once.
/// c must not overlap x or the residual.
struct Depthwise {
  const float* x;
  std::size_t x_stride;
  const float* weights;  // [taps, channels], as the model stores them
  float* c;
  std::size_t c_stride;
  Window window;
  std::size_t channels;
  std::size_t line_begin, line_end;    // rows of output places: images * window.lines() in all
  std::size_t panel_begin, panel_end;  // 16 channels each
  End end;
};

VIVACE_KERNEL(depthwise, Depthwise);

}  // namespace vivace::kernels
