// Reductions: rows and columns of float32 by vectors, everything else one group after another.
#include "ops/reduce/reduce.h"

#include <cmath>

#include "cpu/common/chunks.h"
#include "cpu/common/groups.h"
#include "cpu/elementwise/functions.h"
#include "cpu/reduce/scalar_reduce.h"
#include "kernels/rows/rows.h"

namespace vivace::cpu {
namespace {

using Kind = Reduce::Kind;
using kernels::Fold;

std::optional<Fold> fold_of(Kind kind) {
  switch (kind) {
    case Kind::sum:
    case Kind::mean:
      return Fold::sum;
    case Kind::max:
      return Fold::maximum;
    case Kind::min:
      return Fold::minimum;
    case Kind::sum_squares:
    case Kind::l2:
      return Fold::squares;
    default:
      return std::nullopt;
  }
}

std::optional<Choice> choose(const NodeView& node, const Processor&, const NumericOptions&) {
  const auto& op = node.as<Reduce>();
  const auto bands = bands_of(node.inputs[0].dims, op.axes);
  Choice choice;
  if (node.has(1))
    choice.algorithm = "masked_mean";
  else if (node.inputs[0].dtype != DType::f32 || !bands || !fold_of(op.kind))
    choice.algorithm = "scalar";
  else
    choice.algorithm = bands->inner == 1 ? "fold_rows" : "fold_columns";
  if (node.has(1) && node.inputs[0].dtype != DType::f32) return std::nullopt;
  return choice;
}

void finish(Kind kind, float* y, std::int64_t count, std::int64_t length) {
  const auto divisor = static_cast<float>(length);
  if (kind == Kind::mean)
    for (std::int64_t i = 0; i < count; ++i) y[i] /= divisor;
  if (kind == Kind::l2)
    for (std::int64_t i = 0; i < count; ++i) y[i] = std::sqrt(y[i]);
}

Result<Step> emit_rows(const NodeView& node, const Bands& bands, kernels::Isa isa) {
  const Kind kind = node.as<Reduce>().kind;
  const Chunks chunks = Chunks::of(bands.outer, bands.along);
  Step step;
  step.kernel = VIVACE_KERNEL_NAMES("fold_rows")[isa];
  step.chunks = chunks.count();
  step.work = make_work([=, fold = fold_of(kind).value_or(Fold::sum),
                         run = kernels::pick(kernels::fold_rows, isa), x = node.inputs[0].address,
                         y = node.outputs[0].address](const Frame& frame, Share share) noexcept {
    const std::int64_t begin = chunks.begin(share), rows = chunks.end(share) - begin;
    float* const to = frame.at<float>(y) + begin;
    run({fold, frame.at<const float>(x) + begin * bands.along, nullptr, to, static_cast<std::size_t>(rows),
         static_cast<std::size_t>(bands.along)});
    finish(kind, to, rows, bands.along);
  });
  return step;
}

// Chunks are blocks of columns of one outer place.
Result<Step> emit_columns(const NodeView& node, const Bands& bands, kernels::Isa isa) {
  constexpr std::int64_t kColumns = 64;
  const Kind kind = node.as<Reduce>().kind;
  const std::int64_t blocks = (bands.inner + kColumns - 1) / kColumns;
  const Chunks chunks = Chunks::of(bands.outer * blocks, bands.along * std::min(bands.inner, kColumns));
  Step step;
  step.kernel = VIVACE_KERNEL_NAMES("fold_columns")[isa];
  step.chunks = chunks.count();
  step.work = make_work([=, fold = fold_of(kind).value_or(Fold::sum),
                         run = kernels::pick(kernels::fold_columns, isa), x = node.inputs[0].address,
                         y = node.outputs[0].address](const Frame& frame, Share share) noexcept {
    for (std::int64_t i = chunks.begin(share); i < chunks.end(share); ++i) {
      const std::int64_t outer = i / blocks, column = i % blocks * kColumns;
      const std::int64_t columns = std::min(kColumns, bands.inner - column);
      float* const to = frame.at<float>(y) + outer * bands.inner + column;
      run({fold, frame.at<const float>(x) + outer * bands.along * bands.inner + column, nullptr, to,
           static_cast<std::size_t>(bands.along), static_cast<std::size_t>(columns),
           static_cast<std::size_t>(bands.inner)});
      finish(kind, to, columns, bands.along);
    }
  });
  return step;
}

// The mean over axis 1 of x [B, T, ...] where mask [B, T] is true.
Result<Step> emit_masked(const NodeView& node) {
  const Shape& dims = node.inputs[0].dims;
  const std::int64_t steps = dims[1], width = count_of(std::span(dims).subspan(2));
  const Chunks chunks = Chunks::of(dims[0], steps * width);
  Step step;
  step.kernel = "masked_mean";
  step.chunks = chunks.count();
  step.work = make_work([=, x_address = node.inputs[0].address, mask_address = node.inputs[1].address,
                         y_address = node.outputs[0].address](const Frame& frame, Share share) noexcept {
    for (std::int64_t b = chunks.begin(share); b < chunks.end(share); ++b) {
      const auto* x = frame.at<const float>(x_address) + b * steps * width;
      const auto* mask = frame.at<const std::uint8_t>(mask_address) + b * steps;
      auto* y = frame.at<float>(y_address) + b * width;
      std::fill(y, y + width, 0.0f);
      std::int64_t count = 0;
      for (std::int64_t t = 0; t < steps; ++t) {
        if (mask[t] == 0) continue;
        ++count;
        for (std::int64_t j = 0; j < width; ++j) y[j] += x[t * width + j];
      }
      finish(Kind::mean, y, width, count);
    }
  });
  return step;
}

Result<Step> emit(const NodeView& node, const Choice& choice, const Processor& processor) {
  if (choice.algorithm == "masked_mean") return emit_masked(node);
  if (choice.algorithm == "scalar") return emit_scalar_reduce(node);
  const Bands bands = bands_of(node.inputs[0].dims, node.as<Reduce>().axes).value_or(Bands{});
  return choice.algorithm == "fold_rows" ? emit_rows(node, bands, processor.isa)
                                         : emit_columns(node, bands, processor.isa);
}

}  // namespace

extern const Emitter k_reduce;
constinit const Emitter k_reduce{"reduce", choose, emit};

}  // namespace vivace::cpu
