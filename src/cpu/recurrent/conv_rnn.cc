// Convolutional LSTMs over a number of steps that only the plan knows: the taps of the state as rows of a
// matrix, a product with the recurrent kernel, and the cell at every place. Chunks are samples.
#include "ops/linear/conv_rnn.h"

#include <algorithm>
#include <cstring>

#include "cpu/recurrent/cells.h"
#include "cpu/recurrent/product.h"
#include "kernels/matrix/panels.h"
#include "ops/common/window_walk.h"

namespace vivace::cpu {
namespace {

enum Input : std::size_t { kGates, kRecurrent, kMask, kH0, kC0 };

constexpr std::int64_t kRows = 64;  // places of one product: their taps stay in the cache

Rnn lstm_of(const ConvRnn& op) {
  Rnn lstm;
  lstm.activation = op.activation;
  lstm.recurrent_activation = op.recurrent_activation;
  return lstm;
}

class ConvRnnWork : public Work {
 public:
  ConvRnnWork(const NodeView& node, const Processor& processor)
      : op_(node.as<ConvRnn>()),
        batch_(node.inputs[kGates].dims[0]),
        steps_(node.inputs[kGates].dims[1]),
        filters_(node.outputs[1].dims.back()),
        places_(count_of(node.outputs[1].dims) / std::max<std::int64_t>(1, batch_ * filters_)),
        mask_places_(node.has(kMask) && node.inputs[kMask].dims.size() > 2 ? places_ : 1),
        cell_(lstm_of(op_), filters_, processor.isa),
        gemm_(kernels::pick(kernels::gemm, processor.isa)),
        gates_(node.inputs[kGates].address),
        mask_(Optional::of(node, kMask)),
        h0_(Optional::of(node, kH0)),
        c0_(Optional::of(node, kC0)) {
    const Shape& weights = node.inputs[kRecurrent].dims;
    const Shape ones(weights.size() - 2, 1);
    axes_ = window_axes(Padding::same(), node.outputs[1].dims, node.outputs[1].dims,
                        std::span(weights).first(ones.size()), ones, ones);
    depth_ = count_of(weights) / std::max<std::int64_t>(1, weights.back());
    product_ = product(std::clamp<std::int64_t>(places_, 1, kRows), depth_, 4 * filters_,
                       node.inputs[kRecurrent].packed, processor);
    for (std::size_t i = 0; i < 3; ++i) outputs_[i] = node.outputs[i].address;
  }

  std::int64_t batch() const { return batch_; }
  std::size_t workspace_bytes() const {
    const std::int64_t numbers = kRows * (depth_ + 4 * filters_) + 3 * places_ * filters_ + filters_;
    return static_cast<std::size_t>(numbers) * sizeof(float);
  }

  Fault run(const Frame& frame, Share share) const noexcept override {
    for (std::int64_t b = share.begin; b < std::min(share.end, batch_); ++b)
      run_sample(frame, share.worker, b);
    return Fault::none;
  }

 private:
  // One sample's memory: the taps and gates of kRows places, and its state before and after a step.
  struct Sample {
    std::int64_t index;
    float *taps, *gates, *h, *next, *c, *spare;
  };

  void run_sample(const Frame& frame, int worker, std::int64_t b) const {
    auto* const memory = reinterpret_cast<float*>(frame.workspace_of(worker));
    const std::int64_t size = places_ * filters_;
    Sample s{b, memory, memory + kRows * depth_, memory + kRows * (depth_ + 4 * filters_), {}, {}, {}};
    s.next = s.h + size;
    s.c = s.next + size;
    s.spare = s.c + size;
    start(s.h, h0_.at<float>(frame), b * size);
    start(s.c, c0_.at<float>(frame), b * size);
    for (std::int64_t i = 0; i < steps_; ++i) {
      step(frame, s, op_.reverse ? steps_ - 1 - i : i, i == 0);
      std::swap(s.h, s.next);
    }
    std::copy_n(s.h, size, frame.at<float>(outputs_[1]) + b * size);
    std::copy_n(s.c, size, frame.at<float>(outputs_[2]) + b * size);
  }
  void start(float* state, const float* given, std::int64_t from) const {
    if (given)
      std::copy_n(given + from, places_ * filters_, state);
    else
      std::fill_n(state, places_ * filters_, 0.0f);
  }

  void step(const Frame& frame, const Sample& s, std::int64_t t, bool first) const {
    const std::int64_t at = s.index * steps_ + t;
    for (std::int64_t place = 0; place < places_; place += kRows) {
      const std::int64_t rows = std::min(kRows, places_ - place);
      lay_out_taps(s, place, rows);
      kernels::Gemm p = product_;
      p.a = s.taps;
      p.c = s.gates;
      p.row_end = static_cast<std::size_t>(rows);
      p.end.residual = frame.at<const float>(gates_) + (at * places_ + place) * 4 * filters_;
      p.end.residual_stride = static_cast<std::size_t>(4 * filters_);
      gemm_(p);
      for (std::int64_t r = 0; r < rows; ++r)
        finish(frame, s, at, place + r, s.gates + r * 4 * filters_, first);
    }
  }

  // The state's channels under every tap of the kernel, zeros outside.
  void lay_out_taps(const Sample& s, std::int64_t place, std::int64_t rows) const {
    std::fill_n(s.taps, rows * depth_, 0.0f);
    const std::int64_t height = axes_[1].output, width = axes_[2].output;
    for (std::int64_t r = 0; r < rows; ++r) {
      const std::int64_t p = place + r;
      const WindowPlace window{0, p / (height * width), p / width % height, p % width};
      for_each_tap(axes_, window, [&](std::int64_t pixel, std::int64_t tap) {
        std::memcpy(s.taps + r * depth_ + tap * filters_, s.h + pixel * filters_,
                    static_cast<std::size_t>(filters_) * sizeof(float));
      });
    }
  }

  // The new state of one place, or the old one where the mask holds it back, and the output.
  void finish(const Frame& frame, const Sample& s, std::int64_t at, std::int64_t place, float* gates,
              bool first) const {
    const std::int64_t size = places_ * filters_, here = place * filters_;
    float* const y = frame.at<float>(outputs_[0]) + at * size + here;
    const auto* const mask = mask_.at<std::uint8_t>(frame);
    if (!mask || mask[at * mask_places_ + (mask_places_ > 1 ? place : 0)] != 0) {
      cell_.lstm(gates, s.c + here, s.next + here, s.spare);
      std::copy_n(s.next + here, filters_, y);
      return;
    }
    std::copy_n(s.h + here, filters_, s.next + here);
    if (first || op_.zero_output_for_mask)
      std::fill_n(y, filters_, 0.0f);
    else
      std::copy_n(op_.reverse ? y + size : y - size, filters_, y);
  }

  ConvRnn op_;
  std::int64_t batch_, steps_, filters_, places_, mask_places_, depth_ = 0;
  Cell cell_;
  kernels::KernelFunction<kernels::Gemm> gemm_;
  kernels::Gemm product_{};
  WindowAxes axes_;
  Address gates_;
  Optional mask_, h0_, c0_;
  std::array<Address, 3> outputs_;
};

std::optional<Choice> choose(const NodeView& node, const Processor&, const NumericOptions&) {
  const auto& op = node.as<ConvRnn>();
  if (node.inputs[kGates].dtype != DType::f32 || !node.inputs[kRecurrent].constant) return std::nullopt;
  if (!is_numeric(op.activation.kind) || !is_numeric(op.recurrent_activation.kind)) return std::nullopt;
  Choice choice;
  choice.algorithm = "conv_rnn";
  choice.packings = {{kRecurrent, "conv_rnn16"}};
  return choice;
}

Result<Step> emit(const NodeView& node, const Choice&, const Processor& processor) {
  auto work = std::make_unique<const ConvRnnWork>(node, processor);
  Step step;
  step.kernel = VIVACE_KERNEL_NAMES("conv_rnn")[processor.isa];
  step.chunks = std::max<std::int64_t>(1, work->batch());
  step.workspace_bytes = work->workspace_bytes();
  step.work = std::move(work);
  return step;
}

// The kernel as a matrix [taps * filters, 4 filters].
kernels::MatrixView matrix_of(const NodeView& node, std::size_t input) {
  const Operand& weights = node.inputs[input];
  const auto columns = static_cast<std::size_t>(weights.dims.back());
  const std::size_t rows = columns == 0 ? 0 : static_cast<std::size_t>(weights.count()) / columns;
  return {weights.constant ? weights.constant->as<float>() : nullptr, rows, columns, columns, 1};
}

std::size_t layout_bytes(const NodeView& node, std::size_t input) {
  const kernels::MatrixView matrix = matrix_of(node, input);
  return kernels::panels16_size(matrix.k, matrix.n) * sizeof(float);
}

void pack(const NodeView& node, std::size_t input, std::byte* into) {
  kernels::pack_panels16(matrix_of(node, input), reinterpret_cast<float*>(into));
}

}  // namespace

extern const Emitter k_conv_rnn;
constinit const Emitter k_conv_rnn{"conv_rnn", choose, emit};
extern const WeightLayout k_conv_rnn16;
constinit const WeightLayout k_conv_rnn16 = {"conv_rnn16", layout_bytes, pack};

}  // namespace vivace::cpu
