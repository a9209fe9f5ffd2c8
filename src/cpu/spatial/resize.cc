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

ResizeTaps keep_axis() { return {{0, 1}, {{0, 1.0f}}}; }

struct Tables {
  ResizeTaps rows, columns;

  explicit Tables(const NodeView& node) {
    const Image from(node.inputs[0].dims), to(node.outputs[0].dims);
    const auto& op = node.as<Resize>();
    rows = node.inputs[0].dims.size() == 4 ? resize_taps(op, from.height, to.height) : keep_axis();
    columns = resize_taps(op, from.width, to.width);
  }
};

// Calls f(source, weight) for the taps of an output place.
template <class F>
void for_each_tap(const ResizeTaps& taps, std::int64_t place, F f) {
  for (auto i = static_cast<std::size_t>(taps.begin[static_cast<std::size_t>(place)]);
       i < static_cast<std::size_t>(taps.begin[static_cast<std::size_t>(place) + 1]); ++i)
    f(taps.taps[i].source, taps.taps[i].weight);
}

// y = the weighted sum of rows of `count` numbers that the taps select; a lone tap of weight 1 is a copy.
template <class Row>
void blend(const ResizeTaps& taps, std::int64_t place, std::int64_t count, float* y, Row row_at) {
  bool first = true;
  for_each_tap(taps, place, [&](std::int64_t source, float weight) {
    const float* const x = row_at(source);
    if (first)
      for (std::int64_t j = 0; j < count; ++j) y[j] = weight * x[j];
    else
      for (std::int64_t j = 0; j < count; ++j) y[j] += weight * x[j];
    first = false;
  });
  if (first) std::fill_n(y, count, 0.0f);
}

std::optional<Choice> choose(const NodeView& node, const Processor&, const NumericOptions&) {
  const std::size_t rank = node.inputs[0].dims.size();
  if (rank != 3 && rank != 4) return std::nullopt;
  const bool nearest = node.as<Resize>().mode == Resize::Mode::nearest;
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
      std::int64_t row = 0;
      for_each_tap(tables.rows, line % to.height, [&](std::int64_t source, float) { row = source; });
      const std::byte* const x =
          frame.at<const std::byte>(x_address) + (line / to.height * from.height + row) * from.width * bytes;
      for (std::int64_t column = 0; column < to.width; ++column, y += bytes)
        for_each_tap(tables.columns, column, [&](std::int64_t source, float) {
          std::memcpy(y, x + source * bytes, static_cast<std::size_t>(bytes));
        });
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
  step.work = make_work([=, tables = Tables(node), x_address = node.inputs[0].address,
                         y_address = node.outputs[0].address](const Frame& frame, Share share) noexcept {
    auto* const rows = reinterpret_cast<float*>(frame.workspace_of(share.worker));
    for (std::int64_t line = chunks.begin(share); line < chunks.end(share); ++line) {
      const float* const x = frame.at<const float>(x_address) + line / to.height * from.height * line_length;
      blend(tables.rows, line % to.height, line_length, rows,
            [=](std::int64_t source) { return x + source * line_length; });
      float* const y = frame.at<float>(y_address) + line * to.width * to.pixel;
      for (std::int64_t column = 0; column < to.width; ++column)
        blend(tables.columns, column, to.pixel, y + column * to.pixel,
              [=](std::int64_t source) { return rows + source * to.pixel; });
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
