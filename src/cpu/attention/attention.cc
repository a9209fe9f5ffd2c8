// Attention with heads where projections leave them: chunks are blocks of queries of one head; keys and
// values are packed once for as many blocks as a thread takes in a row, and scores never leave its cache.
#include "ops/linear/attention.h"

#include <algorithm>
#include <cstring>

#include "cpu/common/tiling.h"
#include "cpu/elementwise/functions.h"
#include "kernels/matrix/gemm.h"
#include "kernels/matrix/panels.h"
#include "kernels/rows/rows.h"
#include "ops/common/reference.h"

namespace vivace::cpu {
namespace {

// Queries of a block: enough to pay for reading the packed keys, few enough that their scores stay in L2.
constexpr std::int64_t kBlock = 64;

std::size_t size(std::int64_t number) { return static_cast<std::size_t>(number); }

// The mask as [B, H, T, S], where there is one.
struct Mask {
  bool given = false, is_boolean = false;
  Address address{};
  Shape strides = Shape(4, 0);

  Mask(const NodeView& node, const Shape& scores) {
    if (!node.has(3)) return;
    given = true;
    is_boolean = node.inputs[3].dtype == DType::boolean;
    address = node.inputs[3].address;
    strides = broadcast_strides(node.inputs[3].dims, scores);
  }
};

class AttentionWork : public Work {
 public:
  AttentionWork(const NodeView& node, const Processor& processor)
      : op_(node.as<Attention>()),
        heads_(node.inputs[0].dims[2]),
        groups_(node.inputs[1].dims[2]),
        queries_(node.inputs[0].dims[1]),
        keys_(node.inputs[1].dims[1]),
        depth_(node.inputs[0].dims[3]),
        width_(node.inputs[2].dims[3]),
        blocks_((queries_ + kBlock - 1) / kBlock),
        chunks_(node.inputs[0].dims[0] * heads_ * blocks_),
        mask_(node, {node.inputs[0].dims[0], heads_, queries_, keys_}),
        gemm_(kernels::pick(kernels::gemm, processor.isa)),
        softmax_(kernels::pick(kernels::softmax_rows, processor.isa)),
        score_product_(product(depth_, keys_, heads_ * depth_, keys_, processor)),
        value_product_(product(keys_, width_, keys_, heads_ * width_, processor)),
        q_(node.inputs[0].address),
        k_(node.inputs[1].address),
        v_(node.inputs[2].address),
        y_(node.outputs[0].address),
        weights_(op_.return_scores ? node.outputs[1].address : Address()) {}

  std::int64_t chunks() const { return chunks_; }
  std::size_t workspace_bytes() const {
    return (key_panels() + value_panels() + size(kBlock * keys_)) * sizeof(float);
  }

  Fault run(const Frame& frame, Share share) const noexcept override {
    auto* const keys = reinterpret_cast<float*>(frame.workspace_of(share.worker));
    float *const values = keys + key_panels(), *const scores = values + value_panels();
    std::int64_t packed = -1;
    for (std::int64_t chunk = share.begin; chunk < std::min(share.end, chunks_); ++chunk) {
      const std::int64_t head = chunk / blocks_;
      if (head != packed) pack(frame, head, keys, values);
      packed = head;
      attend(frame, head, chunk % blocks_ * kBlock, keys, values, scores);
    }
    return Fault::none;
  }

 private:
  std::size_t key_panels() const { return kernels::panels16_size(size(depth_), size(keys_)); }
  std::size_t value_panels() const { return kernels::panels16_size(size(keys_), size(width_)); }

  // Of a block of queries: a's and c's rows are so many floats apart.
  static kernels::Gemm product(std::int64_t k, std::int64_t n, std::int64_t a_stride, std::int64_t c_stride,
                               const Processor& processor) {
    const Tiling tiling =
        choose_tiling({size(kBlock), size(n), size(k), size(a_stride) * sizeof(float)}, processor);
    kernels::Gemm p{};
    p.a_stride = size(a_stride);
    p.c_stride = size(c_stride);
    p.k = size(k);
    p.n = size(n);
    p.panel_end = (size(n) + kernels::kPanel - 1) / kernels::kPanel;
    p.tile_rows = tiling.tile_rows;
    p.tile_panels = tiling.tile_panels;
    p.block_rows = tiling.block_rows;
    return p;
  }

  // `head` counts through all samples.
  void pack(const Frame& frame, std::int64_t head, float* keys, float* values) const {
    const std::int64_t sample = head / heads_, group = head % heads_ / (heads_ / groups_);
    const std::int64_t first = sample * keys_ * groups_ + group;
    kernels::pack_panels16(
        {frame.at<const float>(k_) + first * depth_, size(depth_), size(keys_), 1, size(groups_ * depth_)},
        keys);
    kernels::pack_panels16(
        {frame.at<const float>(v_) + first * width_, size(keys_), size(width_), size(groups_ * width_), 1},
        values);
  }

  void attend(const Frame& frame, std::int64_t head, std::int64_t first, const float* keys,
              const float* values, float* scores) const {
    const std::int64_t sample = head / heads_, h = head % heads_;
    const std::int64_t rows = std::min(kBlock, queries_ - first);
    const std::int64_t place = (sample * queries_ + first) * heads_ + h;
    kernels::Gemm p = score_product_;
    p.a = frame.at<const float>(q_) + place * depth_;
    p.b = keys;
    p.c = scores;
    p.row_end = size(rows);
    gemm_(p);
    for (std::int64_t i = 0; i < rows; ++i) adjust(frame, sample, h, first + i, scores + i * keys_);
    softmax_({scores, scores, size(rows), size(keys_), false});
    if (op_.zero_masked)
      for (std::int64_t i = 0; i < rows; ++i) clear(frame, sample, h, first + i, scores + i * keys_);
    if (op_.return_scores)
      std::memcpy(frame.at<float>(weights_) + (head * queries_ + first) * keys_, scores,
                  size(rows * keys_) * sizeof(float));
    p = value_product_;
    p.a = scores;
    p.b = values;
    p.c = frame.at<float>(y_) + place * width_;
    p.row_end = size(rows);
    gemm_(p);
  }

  std::int64_t mask_row(std::int64_t sample, std::int64_t h, std::int64_t t) const {
    return sample * mask_.strides[0] + h * mask_.strides[1] + t * mask_.strides[2];
  }

  // Calls leave_out(s) for the places of a row that the mask or the causal rule takes away.
  template <class F>
  void for_each_left_out(const Frame& frame, std::int64_t sample, std::int64_t h, std::int64_t t,
                         F leave_out) const {
    const std::int64_t visible = op_.causal ? std::min(keys_, t + 1) : keys_;
    if (mask_.given && mask_.is_boolean) {
      const auto* const mask = frame.at<const std::uint8_t>(mask_.address) + mask_row(sample, h, t);
      for (std::int64_t s = 0; s < visible; ++s)
        if (mask[s * mask_.strides[3]] == 0) leave_out(s);
    }
    for (std::int64_t s = visible; s < keys_; ++s) leave_out(s);
  }

  // Scale and mask, on one row of scores.
  void adjust(const Frame& frame, std::int64_t sample, std::int64_t h, std::int64_t t, float* row) const {
    const auto scale = static_cast<float>(op_.scale), masked = static_cast<float>(op_.masked_score);
    if (scale != 1)
      for (std::int64_t s = 0; s < keys_; ++s) row[s] *= scale;
    if (mask_.given && !mask_.is_boolean) {
      const auto* const bias = frame.at<const float>(mask_.address) + mask_row(sample, h, t);
      for (std::int64_t s = 0; s < keys_; ++s) row[s] += bias[s * mask_.strides[3]];
    }
    for_each_left_out(frame, sample, h, t,
                      [&](std::int64_t s) { row[s] = op_.additive_mask ? row[s] + masked : masked; });
  }

  void clear(const Frame& frame, std::int64_t sample, std::int64_t h, std::int64_t t, float* row) const {
    for_each_left_out(frame, sample, h, t, [&](std::int64_t s) { row[s] = 0; });
  }

  Attention op_;
  std::int64_t heads_, groups_, queries_, keys_, depth_, width_;
  std::int64_t blocks_;  // of queries of one head
  std::int64_t chunks_;
  Mask mask_;
  kernels::KernelFunction<kernels::Gemm> gemm_;
  kernels::KernelFunction<kernels::SoftmaxRows> softmax_;
  kernels::Gemm score_product_, value_product_;
  Address q_, k_, v_, y_, weights_;
};

std::optional<Choice> choose(const NodeView& node, const Processor&, const NumericOptions&) {
  if (node.inputs[0].dtype != DType::f32) return std::nullopt;
  if (node.has(3) && node.inputs[3].dtype != DType::boolean && node.inputs[3].dtype != DType::f32)
    return std::nullopt;
  for (std::size_t i = 0; i < 3; ++i)
    if (node.inputs[i].count() == 0) return std::nullopt;
  Choice choice;
  choice.algorithm = "attention";
  return choice;
}

Result<Step> emit(const NodeView& node, const Choice&, const Processor& processor) {
  auto work = std::make_unique<const AttentionWork>(node, processor);
  Step step;
  step.kernel = VIVACE_KERNEL_NAMES("attention")[processor.isa];
  step.chunks = work->chunks();
  step.workspace_bytes = work->workspace_bytes();
  step.work = std::move(work);
  return step;
}

}  // namespace

extern const Emitter k_attention;
constinit const Emitter k_attention{"attention", choose, emit};

}  // namespace vivace::cpu
