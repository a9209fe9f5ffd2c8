// Einstein sums as matrix products: tables of offsets, made when planned, bring any order of labels into
// rows, columns and sums.
#include "ops/linear/einsum.h"

#include <algorithm>
#include <cstring>

#include "cpu/common/tiling.h"
#include "cpu/elementwise/functions.h"
#include "kernels/matrix/gemm.h"
#include "kernels/matrix/panels.h"
#include "ops/common/einsum_equation.h"
#include "ops/common/reference.h"

namespace vivace::cpu {
namespace {

constexpr std::int64_t kBlock = 64;  // rows of a chunk
constexpr float kOne = 1;            // the second factor where there is one input

using Labels = std::vector<std::int32_t>;
using Offsets = std::vector<std::int64_t>;

bool has(const Labels& labels, std::int32_t label) {
  return std::find(labels.begin(), labels.end(), label) != labels.end();
}

// How far a label's next value is in a tensor; 0 where the tensor lacks it or repeats.
std::int64_t stride_of(const Labels& labels, const Shape& dims, std::int32_t label) {
  const Shape strides = strides_of(dims);
  std::int64_t stride = 0;
  for (std::size_t i = 0; i < labels.size(); ++i)
    if (labels[i] == label && dims[i] != 1) stride += strides[i];
  return stride;
}

// The tensors of a sum: a, b, y.
struct Tensors {
  Labels labels[3];
  Shape dims[3];

  std::int64_t size_of_label(std::int32_t label) const {
    std::int64_t size = 1;
    for (std::size_t t = 0; t < 3; ++t)
      for (std::size_t i = 0; i < labels[t].size(); ++i)
        if (labels[t][i] == label && dims[t][i] != 1) size = dims[t][i];
    return size;
  }
  // The offsets of a tensor over all values of these labels, the last one fastest.
  Offsets offsets(std::size_t tensor, const Labels& over) const {
    Offsets all = {0};
    for (const std::int32_t label : over) {
      const std::int64_t stride = stride_of(labels[tensor], dims[tensor], label);
      Offsets next;
      for (const std::int64_t offset : all)
        for (std::int64_t i = 0; i < size_of_label(label); ++i) next.push_back(offset + i * stride);
      all = std::move(next);
    }
    return all;
  }
};

bool is_dense(const Offsets& offsets) {
  for (std::size_t i = 0; i < offsets.size(); ++i)
    if (offsets[i] != static_cast<std::int64_t>(i)) return false;
  return true;
}

// y[batch, row, column] = sum over depth of a[batch, row, depth] b[batch, depth, column].
struct Tables {
  Offsets batch[3];  // of a, b, y
  Offsets a_row, y_row, a_depth, b_depth, b_column, y_column;
  bool a_dense = false, y_dense = false;

  explicit Tables(const Tensors& t) {
    Labels groups[4];  // batch, rows, columns, depth
    const auto sort = [&](const Labels& labels) {
      for (const std::int32_t label : labels) {
        if (std::any_of(groups, groups + 4, [&](const Labels& g) { return has(g, label); })) continue;
        const bool in_a = has(t.labels[0], label), in_b = has(t.labels[1], label);
        groups[!has(t.labels[2], label) ? 3 : in_a && in_b ? 0 : in_a ? 1 : 2].push_back(label);
      }
    };
    sort(t.labels[2]);
    sort(t.labels[0]);
    sort(t.labels[1]);
    for (std::size_t i = 0; i < 3; ++i) batch[i] = t.offsets(i, groups[0]);
    a_row = t.offsets(0, groups[1]);
    y_row = t.offsets(2, groups[1]);
    b_column = t.offsets(1, groups[2]);
    y_column = t.offsets(2, groups[2]);
    a_depth = t.offsets(0, groups[3]);
    b_depth = t.offsets(1, groups[3]);
    a_dense = is_dense(a_depth);
    y_dense = is_dense(y_column);
  }
};

std::optional<Tensors> tensors_of(const NodeView& node) {
  std::vector<std::size_t> ranks;
  for (const Operand& input : node.inputs) ranks.push_back(input.dims.size());
  auto equation = parse_einsum(node.as<Einsum>().equation, ranks);
  if (!equation.ok()) return std::nullopt;
  Tensors tensors;
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    tensors.labels[i] = equation->inputs[i];
    tensors.dims[i] = node.inputs[i].dims;
  }
  tensors.labels[2] = equation->output;
  tensors.dims[2] = node.outputs[0].dims;
  return tensors;
}

std::size_t panels_of(const Tables& tables) {
  return kernels::panels16_size(tables.b_depth.size(), tables.b_column.size());
}

// Panels of 16 columns, as the product reads them.
void pack(const Tables& tables, const float* b, float* panels) {
  for (std::size_t first = 0; first < tables.b_column.size(); first += kernels::kPanel) {
    const std::size_t count = std::min(kernels::kPanel, tables.b_column.size() - first);
    for (const std::int64_t depth : tables.b_depth) {
      for (std::size_t j = 0; j < count; ++j) panels[j] = b[depth + tables.b_column[first + j]];
      std::fill(panels + count, panels + kernels::kPanel, 0.0f);
      panels += kernels::kPanel;
    }
  }
}

// Weights are one matrix for all batches.
bool is_shared(const Tables& tables) {
  return std::all_of(tables.batch[1].begin(), tables.batch[1].end(),
                     [](std::int64_t offset) { return offset == 0; });
}

std::size_t packed_bytes(const NodeView& node, std::size_t) {
  return panels_of(Tables(tensors_of(node).value_or(Tensors()))) * sizeof(float);
}

void pack_weights(const NodeView& node, std::size_t input, std::byte* into) {
  pack(Tables(tensors_of(node).value_or(Tensors())), node.inputs[input].constant->as<float>(),
       reinterpret_cast<float*>(into));
}

class EinsumWork : public Work {
 public:
  EinsumWork(const NodeView& node, const Tensors& tensors, const Processor& processor)
      : tables_(tensors),
        depth_(tables_.a_depth.size()),
        columns_(tables_.b_column.size()),
        rows_(static_cast<std::int64_t>(tables_.a_row.size())),
        blocks_((rows_ + kBlock - 1) / kBlock),
        gemm_(kernels::pick(kernels::gemm, processor.isa)),
        a_(node.inputs[0].address),
        packed_(node.inputs.size() > 1 ? reinterpret_cast<const float*>(node.inputs[1].packed) : nullptr),
        b_(node.inputs.size() > 1 ? node.inputs[1].address : Address::of(&kOne)),
        y_(node.outputs[0].address) {
    const Tiling tiling = choose_tiling(
        {static_cast<std::size_t>(kBlock), columns_, depth_, depth_ * sizeof(float)}, processor);
    product_.a_stride = product_.k = depth_;
    product_.c_stride = product_.n = columns_;
    product_.panel_end = (columns_ + kernels::kPanel - 1) / kernels::kPanel;
    product_.tile_rows = tiling.tile_rows;
    product_.tile_panels = tiling.tile_panels;
    product_.block_rows = tiling.block_rows;
  }

  std::int64_t chunks() const {
    return std::max<std::int64_t>(1, static_cast<std::int64_t>(tables_.batch[0].size()) * blocks_);
  }
  std::size_t workspace_bytes() const {
    return (panels() + static_cast<std::size_t>(kBlock) * (depth_ + columns_)) * sizeof(float);
  }

  Fault run(const Frame& frame, Share share) const noexcept override {
    if (rows_ == 0 || columns_ == 0) return Fault::none;
    auto* const b = reinterpret_cast<float*>(frame.workspace_of(share.worker));
    float *const a = b + panels(), *const c = a + static_cast<std::size_t>(kBlock) * depth_;
    std::int64_t packed = -1;  // offset of the b that is packed
    for (std::int64_t chunk = share.begin; chunk < share.end; ++chunk) {
      const auto batch = static_cast<std::size_t>(chunk / blocks_);
      if (batch >= tables_.batch[0].size()) break;
      const std::int64_t from = tables_.batch[1][batch];
      if (!packed_ && from != packed) pack(tables_, frame.at<const float>(b_) + from, b);
      packed = from;
      const auto row = static_cast<std::size_t>(chunk % blocks_ * kBlock);
      const std::size_t rows = std::min(static_cast<std::size_t>(kBlock), tables_.a_row.size() - row);
      collect(frame.at<const float>(a_) + tables_.batch[0][batch], row, rows, a);
      kernels::Gemm p = product_;
      p.a = a;
      p.b = packed_ ? packed_ : b;
      p.c = c;
      p.row_end = rows;
      gemm_(p);
      spread(c, row, rows, frame.at<float>(y_) + tables_.batch[2][batch]);
    }
    return Fault::none;
  }

 private:
  std::size_t panels() const { return packed_ ? 0 : panels_of(tables_); }

  void collect(const float* a, std::size_t row, std::size_t rows, float* block) const {
    for (std::size_t i = 0; i < rows; ++i, block += depth_) {
      const float* const from = a + tables_.a_row[row + i];
      if (tables_.a_dense)
        std::copy_n(from, depth_, block);
      else
        for (std::size_t k = 0; k < depth_; ++k) block[k] = from[tables_.a_depth[k]];
    }
  }
  void spread(const float* block, std::size_t row, std::size_t rows, float* y) const {
    for (std::size_t i = 0; i < rows; ++i, block += columns_) {
      float* const to = y + tables_.y_row[row + i];
      if (tables_.y_dense)
        std::copy_n(block, columns_, to);
      else
        for (std::size_t j = 0; j < columns_; ++j) to[tables_.y_column[j]] = block[j];
    }
  }

  Tables tables_;
  std::size_t depth_, columns_;
  std::int64_t rows_, blocks_;
  kernels::KernelFunction<kernels::Gemm> gemm_;
  kernels::Gemm product_{};
  Address a_;
  const float* packed_;  // b in panels, where it is constant
  Address b_, y_;
};

std::optional<Choice> choose(const NodeView& node, const Processor&, const NumericOptions&) {
  if (node.inputs[0].dtype != DType::f32 || node.inputs.size() > 2) return std::nullopt;
  const auto tensors = tensors_of(node);
  if (!tensors) return std::nullopt;
  Choice choice;
  choice.algorithm = "einsum";
  if (node.inputs.size() == 2 && node.inputs[1].constant && is_shared(Tables(*tensors)))
    choice.packings.push_back({1, "einsum16"});
  return choice;
}

Result<Step> emit(const NodeView& node, const Choice&, const Processor& processor) {
  auto work = std::make_unique<const EinsumWork>(node, tensors_of(node).value_or(Tensors()), processor);
  Step step;
  step.kernel = VIVACE_KERNEL_NAMES("einsum")[processor.isa];
  step.chunks = work->chunks();
  step.workspace_bytes = work->workspace_bytes();
  step.work = std::move(work);
  return step;
}

}  // namespace

extern const WeightLayout k_einsum16;
constinit const WeightLayout k_einsum16{"einsum16", packed_bytes, pack_weights};

extern const Emitter k_einsum;
constinit const Emitter k_einsum{"einsum", choose, emit};

}  // namespace vivace::cpu
