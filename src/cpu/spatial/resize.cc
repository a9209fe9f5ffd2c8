// Resizing: taps of both axes found when planned; rows are combined first, then columns.
#include "ops/spatial/resize.h"

#include <algorithm>
#include <cstring>

#include "cpu/common/chunks.h"
#include "cpu/emitter.h"
#include "ops/common/resize_taps.h"

namespace vivace::cpu {
namespace {

// x as [images, height, width, pixel]: one spatial axis is an image one row high.
struct Image {
  std::int64_t count, height, width, pixel;

  explicit Image(const Shape& dims)
      : count(dims[0]),
        height(dims.size() == 4 ? dims[1] : 1),
        width(dims[dims.size() - 2]),
        pixel(dims.back()) {}
};

ResizeTaps keep_axis() { return {{0, 1}, {{0, 1.0f}}, {}}; }

struct Tables {
  ResizeTaps rows, columns;

  explicit Tables(const NodeView& node) {
    auto axes = resize_taps(node.as<Resize>(), node.inputs[0].dims, node.outputs[0].dims);
    rows = axes.size() == 2 ? std::move(axes.front()) : keep_axis();
    columns = std::move(axes.back());
  }
};

// y = the weighted sum of rows of `count` numbers that the taps of a place select, and of the filling value.
template <class Row>
void blend(const ResizeTaps& taps, std::int64_t place, float fill, std::int64_t count, float* y, Row row_at) {
  const auto at = static_cast<std::size_t>(place);
  const float outside = taps.outside_of(at);
  bool first = outside == 0;  // a lone tap of weight 1 is a copy, whatever it copies
  if (!first) std::fill_n(y, count, fill * outside);
  for (const ResizeTap& tap : taps.of(at)) {
    const float* const x = row_at(tap.source);
    if (first)
      for (std::int64_t j = 0; j < count; ++j) y[j] = tap.weight * x[j];
    else
      for (std::int64_t j = 0; j < count; ++j) y[j] += tap.weight * x[j];
    first = false;
  }
  if (first) std::fill_n(y, count, 0.0f);
}

// The columns of a line whose rows are blended; pixels of a fixed size stay in registers.
template <std::int64_t kPixel>
void blend_columns(const ResizeTaps& taps, float fill, const float* rows, float* y) {
  for (std::size_t column = 0; column + 1 < taps.begin.size(); ++column, y += kPixel) {
    float sum[kPixel];
    std::fill_n(sum, kPixel, fill * taps.outside_of(column));
    const auto of = taps.of(column);
    for (const ResizeTap& tap : of)
      for (std::int64_t c = 0; c < kPixel; ++c) sum[c] += tap.weight * rows[tap.source * kPixel + c];
    if (of.size() == 1 && of.front().weight == 1.0f)
      std::copy_n(rows + of.front().source * kPixel, kPixel, y);  // keeps a negative zero
    else
      std::copy_n(sum, kPixel, y);
  }
}

void blend_columns(const ResizeTaps& taps, float fill, std::int64_t pixel, const float* rows, float* y) {
  switch (pixel) {
    case 1:
      return blend_columns<1>(taps, fill, rows, y);
    case 3:
      return blend_columns<3>(taps, fill, rows, y);
    case 4:
      return blend_columns<4>(taps, fill, rows, y);
    default:
      break;
  }
  for (std::int64_t column = 0; column + 1 < static_cast<std::int64_t>(taps.begin.size()); ++column)
    blend(taps, column, fill, pixel, y + column * pixel,
          [=](std::int64_t source) { return rows + source * pixel; });
}

std::optional<Choice> choose(const NodeView& node, const Processor&, const NumericOptions&) {
  const std::size_t rank = node.inputs[0].dims.size();
  if (rank != 3 && rank != 4) return std::nullopt;
  const auto& op = node.as<Resize>();
  const bool nearest = op.mode == Resize::Mode::nearest && op.fit != Resize::Fit::pad;
  if (!nearest && (node.inputs[0].dtype != DType::f32 || rank != 4)) return std::nullopt;
  Choice choice;
  choice.algorithm = nearest ? "resize_nearest" : "resize_taps";
  return choice;
}

Result<Step> emit_nearest(const NodeView& node) {
  const Image from(node.inputs[0].dims), to(node.outputs[0].dims);
  const Chunks chunks = Chunks::of(to.count * to.height, to.width * to.pixel);
  const auto bytes = to.pixel * static_cast<std::int64_t>(size_of(node.inputs[0].dtype));
  Step step;
  step.kernel = "resize_nearest";
  step.chunks = chunks.count();
  step.work = make_work([=, tables = Tables(node), x_address = node.inputs[0].address,
                         y_address = node.outputs[0].address](const Frame& frame, Share share) noexcept {
    for (std::int64_t line = chunks.begin(share); line < chunks.end(share); ++line) {
      std::byte* y = frame.at<std::byte>(y_address) + line * to.width * bytes;
      const std::int64_t row = tables.rows.taps[static_cast<std::size_t>(line % to.height)].source;
      const std::byte* const x =
          frame.at<const std::byte>(x_address) + (line / to.height * from.height + row) * from.width * bytes;
      for (const ResizeTap& column : tables.columns.taps) {
        std::memcpy(y, x + column.source * bytes, static_cast<std::size_t>(bytes));
        y += bytes;
      }
    }
  });
  return step;
}

Result<Step> emit_taps(const NodeView& node) {
  const Image from(node.inputs[0].dims), to(node.outputs[0].dims);
  const std::int64_t line_length = from.width * from.pixel;
  const Chunks chunks = Chunks::of(to.count * to.height, to.width * to.pixel + line_length);
  Step step;
  step.kernel = "resize_taps";
  step.chunks = chunks.count();
  step.workspace_bytes = static_cast<std::size_t>(line_length) * sizeof(float);
  step.work = make_work([=, tables = Tables(node), fill = static_cast<float>(node.as<Resize>().fill),
                         x_address = node.inputs[0].address,
                         y_address = node.outputs[0].address](const Frame& frame, Share share) noexcept {
    auto* const rows = reinterpret_cast<float*>(frame.workspace_of(share.worker));
    for (std::int64_t line = chunks.begin(share); line < chunks.end(share); ++line) {
      const float* const x = frame.at<const float>(x_address) + line / to.height * from.height * line_length;
      blend(tables.rows, line % to.height, fill, line_length, rows,
            [=](std::int64_t source) { return x + source * line_length; });
      blend_columns(tables.columns, fill, to.pixel, rows,
                    frame.at<float>(y_address) + line * to.width * to.pixel);
    }
  });
  return step;
}

Result<Step> emit(const NodeView& node, const Choice& choice, const Processor&) {
  return choice.algorithm == "resize_nearest" ? emit_nearest(node) : emit_taps(node);
}

}  // namespace

extern const Emitter k_resize;
constinit const Emitter k_resize{"resize", choose, emit};

}  // namespace vivace::cpu
