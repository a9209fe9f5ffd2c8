// Recurrent layers: the input's part of the gates as one product over many time steps, then a product with
// the state at every step. Sequences are independent: chunks are sequences. Of a sequence alone, workers
// share out the units of every time step.
#include "ops/linear/rnn.h"

#include <algorithm>
#include <cstring>

#include "cpu/recurrent/cells.h"
#include "cpu/recurrent/product.h"
#include "kernels/recurrent/cell.h"

namespace vivace::cpu {
namespace {

enum Input : std::size_t { kX, kKernel, kRecurrent, kBias, kMask, kH0, kC0 };

// Sequences that share a reading of the weights, and bytes of gates kept from the input's product.
constexpr std::int64_t kMostRows = 16;
constexpr std::int64_t kInputBytes = 256 << 10;

// Bytes of weights that a worker reads in a time step: below, waiting for the others takes longer than it
// brings.
constexpr std::int64_t kRelayBytes = 128 << 10;
constexpr std::int64_t kMostRelayed = 8;

constexpr std::string_view kCells = "cell16", kPanels = "panel16";

// Whether a kernel does a whole step of one sequence: the cell's functions are the usual ones and its units
// whole vectors.
bool has_whole_cell(const Rnn& op, std::int64_t units) {
  return op.activation.kind == UnaryKind::tanh && op.recurrent_activation.kind == UnaryKind::sigmoid &&
         units % kernels::kPanel == 0 &&
         (op.cell == Rnn::Cell::lstm || (op.cell == Rnn::Cell::gru && op.reset_after));
}

kernels::KernelFunction<kernels::RecurrentCell> whole_cell(const Rnn& op, std::int64_t units,
                                                           kernels::Isa isa) {
  if (!has_whole_cell(op, units)) return nullptr;
  return kernels::pick(op.cell == Rnn::Cell::lstm ? kernels::lstm_cell : kernels::gru_cell, isa);
}

class RnnWork : public Work {
 public:
  RnnWork(const NodeView& node, const Choice& choice, const Processor& processor)
      : op_(node.as<Rnn>()),
        batch_(node.inputs[kX].dims[0]),
        steps_(node.inputs[kX].dims[1]),
        features_(node.inputs[kX].dims[2]),
        units_(node.inputs[kRecurrent].dims[0]),
        width_(op_.gates() * units_),
        rows_(std::clamp<std::int64_t>(batch_, 1, kMostRows)),
        block_(std::clamp<std::int64_t>(
            kInputBytes /
                std::max<std::int64_t>(1, rows_ * width_ * static_cast<std::int64_t>(sizeof(float))),
            1, std::max<std::int64_t>(1, steps_))),
        cell_(op_, units_, processor.isa),
        whole_cell_(whole_cell(op_, units_, processor.isa)),
        gemm_(kernels::pick(kernels::gemm, processor.isa)),
        input_product_(product(rows_ * block_, features_, width_, node.inputs[kKernel].packed, processor)),
        state_product_(product(rows_, units_, width_, node.inputs[kRecurrent].packed, processor)),
        x_(node.inputs[kX].address),
        bias_(Optional::of(node, kBias)),
        mask_(Optional::of(node, kMask)),
        h0_(Optional::of(node, kH0)),
        c0_(Optional::of(node, kC0)),
        sequence_(node.outputs[0].address),
        last_h_(node.outputs[1].address),
        last_c_(op_.cell == Rnn::Cell::lstm ? node.outputs[2].address : Address()) {
    if (batch_ == 1 && steps_ > 0 && whole_cell_ && !mask_.given)
      relayed_ = std::clamp<std::int64_t>(units_ * width_ * 4 / kRelayBytes, 1,
                                          std::min<std::int64_t>(kMostRelayed, units_ / 16));
    state_cell_.weights = state_product_.b;
    state_cell_.units = static_cast<std::size_t>(units_);
    state_cell_.block_end = state_cell_.units / kernels::kPanel;
    if (choice.packings[1].layout == kCells)
      step_by_cells(state_cell_, static_cast<std::size_t>(op_.gates()));
    else
      step_by_panels(state_cell_);
  }

  std::size_t workspace_bytes() const {
    return static_cast<std::size_t>(rows_ * (block_ * width_ + 2 * width_ + 3 * units_ + 1)) * sizeof(float);
  }
  bool relays() const { return relayed_ > 1; }
  std::int64_t chunks() const { return relays() ? relayed_ : std::max<std::int64_t>(1, batch_); }

  Fault run(const Frame& frame, Share share) const noexcept override {
    if (relays()) {
      run_together(frame, share);
      return Fault::none;
    }
    for (std::int64_t b = share.begin; b < std::min(share.end, batch_); b += rows_)
      run_rows(frame, share.worker, b, std::min({share.end, batch_, b + rows_}) - b);
    return Fault::none;
  }

 private:
  // The state of a group of sequences; `count` of them.
  struct Group {
    std::int64_t first, count;
    float *x_gates, *gates, *proposed, *h, *c, *spare, *started;
  };

  // One sequence, by all workers that come: for each block of time steps a leg for the product with the
  // input, and one for every time step; then one for the last state. The memory is the first worker's.
  void run_together(const Frame& frame, const Share& share) const {
    if (!share.relay && share.begin > 0) return;  // whoever has the first chunk does it all
    const Group g = places_of(frame, share.relay ? 0 : share.worker, 0, 1);
    Relay alone;
    const std::int64_t blocks = (steps_ + block_ - 1) / block_, last = blocks + steps_;
    run_relay(
        share.relay ? *share.relay : alone, last + 1, relayed_, [&](std::int64_t leg, std::int64_t piece) {
          if (leg == last) return piece == 0 ? keep_last(frame, together(frame, g, steps_)) : void();
          const std::int64_t begin = leg / (block_ + 1) * block_, here = std::min(block_, steps_ - begin);
          const std::int64_t t = op_.reverse ? steps_ - begin - here : begin, j = leg % (block_ + 1) - 1;
          if (j < 0) {
            if (leg == 0 && piece == 0) start_all(frame, g);
            return multiply_input(frame, g, t, here,
                                  {here * piece / relayed_, here * (piece + 1) / relayed_});
          }
          const std::int64_t at = op_.reverse ? here - 1 - j : j, blocks_of_units = units_ / 16;
          kernels::RecurrentCell p =
              cell_at(frame, together(frame, g, begin + j), t + at, g.x_gates + at * width_);
          p.block_begin = static_cast<std::size_t>(blocks_of_units * piece / relayed_);
          p.block_end = static_cast<std::size_t>(blocks_of_units * (piece + 1) / relayed_);
          whole_cell_(p);
        });
  }
  // The group after so many time steps: its state is the output of the last one.
  Group together(const Frame& frame, Group g, std::int64_t done) const {
    if (done > 0) g.h = frame.at<float>(sequence_) + (op_.reverse ? steps_ - done : done - 1) * units_;
    return g;
  }

  Group group_at(const Frame& frame, int worker, std::int64_t first, std::int64_t count) const {
    const Group g = places_of(frame, worker, first, count);
    start_all(frame, g);
    return g;
  }
  Group places_of(const Frame& frame, int worker, std::int64_t first, std::int64_t count) const {
    Group g{};
    g.first = first;
    g.count = count;
    auto* memory = reinterpret_cast<float*>(frame.workspace_of(worker));
    const auto take = [&](std::int64_t each) {
      float* const taken = memory;
      memory += rows_ * each;
      return taken;
    };
    g.x_gates = take(block_ * width_);
    g.gates = take(width_);
    g.proposed = take(width_);
    g.h = take(units_);
    g.c = take(units_);
    g.spare = take(units_);
    g.started = take(1);
    return g;
  }
  void start_all(const Frame& frame, const Group& g) const {
    std::fill(g.started, g.started + g.count, 0.0f);
    start(g.h, h0_.at<float>(frame), g);
    start(g.c, c0_.at<float>(frame), g);
  }
  void start(float* state, const float* given, const Group& g) const {
    if (given)
      std::copy_n(given + g.first * units_, g.count * units_, state);
    else
      std::fill_n(state, g.count * units_, 0.0f);
  }

  void run_rows(const Frame& frame, int worker, std::int64_t first, std::int64_t count) const {
    Group g = group_at(frame, worker, first, count);
    for (std::int64_t i = 0; i < steps_; i += block_) {
      const std::int64_t here = std::min(block_, steps_ - i);
      const std::int64_t t = op_.reverse ? steps_ - i - here : i;
      multiply_input(frame, g, t, here, {0, here});
      for (std::int64_t j = 0; j < here; ++j) {
        const std::int64_t at = op_.reverse ? here - 1 - j : j;
        if (whole_cell_ && count == 1) {
          step_alone(frame, g, t + at, g.x_gates + at * width_);
          continue;
        }
        step(frame, g, g.x_gates + at * width_);
        finish(frame, g, t + at, g.x_gates + at * width_);
      }
    }
    keep_last(frame, g);
  }
  void keep_last(const Frame& frame, const Group& g) const {
    std::copy_n(g.h, g.count * units_, frame.at<float>(last_h_) + g.first * units_);
    if (op_.cell == Rnn::Cell::lstm)
      std::copy_n(g.c, g.count * units_, frame.at<float>(last_c_) + g.first * units_);
  }

  // x_gates[row][t'] = x[row][t + t'] W + bias for `here` steps; of sequences that are not taken whole, or of
  // one, only for the steps in `part`.
  struct Part {
    std::int64_t begin, end;
  };
  void multiply_input(const Frame& frame, const Group& g, std::int64_t t, std::int64_t here,
                      Part part) const {
    kernels::Gemm p = input_product_;
    p.end.bias = bias_.at<float>(frame);
    // Sequences that are taken whole lie one after another.
    const bool whole = here == steps_ && block_ == steps_ && g.count > 1;
    for (std::int64_t r = 0; r < (whole ? 1 : g.count); ++r) {
      p.a = frame.at<const float>(x_) + ((g.first + r) * steps_ + t) * features_;
      p.c = g.x_gates + r * block_ * width_;
      p.row_begin = static_cast<std::size_t>(whole ? 0 : part.begin);
      p.row_end = static_cast<std::size_t>(whole ? g.count * here : part.end);
      gemm_(p);
    }
  }

  // A whole step of a group that is one sequence. The new state is made where the output wants it, and read
  // from there in the next step.
  void step_alone(const Frame& frame, Group& g, std::int64_t t, const float* x_gates) const {
    const std::int64_t place = g.first * steps_ + t;
    float* const y = frame.at<float>(sequence_) + place * units_;
    const auto* const mask = mask_.at<std::uint8_t>(frame);
    if (mask && mask[place] == 0) {
      const bool empty = g.started[0] == 0 || op_.zero_output_for_mask;
      empty ? std::fill_n(y, units_, 0.0f) : std::copy_n(g.h, units_, y);
      return;
    }
    whole_cell_(cell_at(frame, g, t, x_gates));
    g.h = y;
    g.started[0] = 1;
  }
  // The step at time t of a group that is one sequence.
  kernels::RecurrentCell cell_at(const Frame& frame, const Group& g, std::int64_t t,
                                 const float* x_gates) const {
    kernels::RecurrentCell p = state_cell_;
    p.x = x_gates;
    if (op_.cell == Rnn::Cell::gru && bias_.given) p.bias = bias_.at<float>(frame) + width_;
    p.h = g.h;
    p.next = frame.at<float>(sequence_) + (g.first * steps_ + t) * units_;
    p.c = g.c;
    p.backwards = t % 2 != 0;
    return p;
  }

  // The products of all states of the group, for the columns that are needed before any function is applied.
  void step(const Frame& frame, const Group& g, const float* x_gates) const {
    kernels::Gemm p = state_product_;
    p.a = g.h;
    p.c = g.gates;
    p.row_end = static_cast<std::size_t>(g.count);
    const bool gru = op_.cell == Rnn::Cell::gru;
    if (gru && op_.reset_after) {
      if (bias_.given) p.end.bias = bias_.at<float>(frame) + width_;
    } else {
      p.end.residual = x_gates;
      p.end.residual_stride = static_cast<std::size_t>(block_ * width_);
    }
    if (gru && !op_.reset_after)
      p.panel_end = std::min(p.panel_end, static_cast<std::size_t>(2 * units_ + 15) / kernels::kPanel);
    gemm_(p);
    if (!gru || op_.reset_after) return;
    for (std::int64_t r = 0; r < g.count; ++r)
      cell_.gru_gates(g.gates + r * width_, g.h + r * units_, g.spare + r * units_);
    p.a = g.spare;
    p.c = g.proposed;
    p.panel_begin = static_cast<std::size_t>(2 * units_) / kernels::kPanel;
    p.panel_end = state_product_.panel_end;
    gemm_(p);
  }

  // The new state of every sequence that the mask does not hold back, and the output at time t.
  void finish(const Frame& frame, const Group& g, std::int64_t t, const float* x_gates) const {
    const auto* const mask = mask_.at<std::uint8_t>(frame);
    for (std::int64_t r = 0; r < g.count; ++r) {
      const std::int64_t place = (g.first + r) * steps_ + t;
      const bool skipped = mask && mask[place] == 0;
      if (!skipped) {
        update(g, r, x_gates + r * block_ * width_);
        g.started[r] = 1;
      }
      float* const y = frame.at<float>(sequence_) + place * units_;
      const bool empty = g.started[r] == 0 || (skipped && op_.zero_output_for_mask);
      if (empty)
        std::fill_n(y, units_, 0.0f);
      else
        std::copy_n(g.h + r * units_, units_, y);
    }
  }

  void update(const Group& g, std::int64_t r, const float* x_gates) const {
    float *const gates = g.gates + r * width_, *const h = g.h + r * units_;
    switch (op_.cell) {
      case Rnn::Cell::lstm:
        return cell_.lstm(gates, g.c + r * units_, h, g.spare + r * units_);
      case Rnn::Cell::simple:
        return cell_.simple(gates, h);
      case Rnn::Cell::gru:
        if (op_.reset_after) return cell_.gru_after(x_gates, gates, h);
        return cell_.gru_state(gates, g.proposed + r * width_ + 2 * units_, h);
    }
  }

  Rnn op_;
  std::int64_t batch_, steps_, features_, units_, width_;
  std::int64_t rows_;         // sequences at a time
  std::int64_t block_;        // time steps of one product with the input
  std::int64_t relayed_ = 1;  // workers that can share a time step
  Cell cell_;
  kernels::KernelFunction<kernels::RecurrentCell> whole_cell_;
  kernels::KernelFunction<kernels::Gemm> gemm_;
  kernels::Gemm input_product_, state_product_;
  kernels::RecurrentCell state_cell_{};
  Address x_;
  Optional bias_, mask_, h0_, c0_;
  Address sequence_, last_h_, last_c_;
};

std::optional<Choice> choose(const NodeView& node, const Processor&, const NumericOptions&) {
  const auto& op = node.as<Rnn>();
  if (node.inputs[kX].dtype != DType::f32 || !node.inputs[kKernel].constant ||
      !node.inputs[kRecurrent].constant)
    return std::nullopt;
  if (!is_numeric(op.activation.kind) || !is_numeric(op.recurrent_activation.kind)) return std::nullopt;
  Choice choice;
  choice.algorithm = "rnn";
  // Only a lone sequence never needs the products of several states at once.
  const bool alone = node.inputs[kX].dims[0] == 1 && has_whole_cell(op, node.inputs[kRecurrent].dims[0]);
  choice.packings = {{kKernel, std::string(kPanels)}, {kRecurrent, std::string(alone ? kCells : kPanels)}};
  return choice;
}

Result<Step> emit(const NodeView& node, const Choice& choice, const Processor& processor) {
  auto work = std::make_unique<const RnnWork>(node, choice, processor);
  Step step;
  step.kernel = VIVACE_KERNEL_NAMES("rnn")[processor.isa];
  step.chunks = work->chunks();
  step.relays = work->relays();
  step.workspace_bytes = work->workspace_bytes();
  step.work = std::move(work);
  return step;
}

}  // namespace

std::size_t cell_bytes(const NodeView& node, std::size_t input) {
  return static_cast<std::size_t>(node.inputs[input].count()) * sizeof(float);
}

void pack_cells(const NodeView& node, std::size_t input, std::byte* into) {
  const Operand& weights = node.inputs[input];
  const auto units = static_cast<std::size_t>(weights.dims[0]),
             columns = static_cast<std::size_t>(weights.dims[1]);
  if (units != 0)
    kernels::pack_cell(weights.constant->as<float>(), units, columns / units, reinterpret_cast<float*>(into));
}

extern const Emitter k_rnn;
constinit const Emitter k_rnn{"rnn", choose, emit};
extern const WeightLayout k_cell16;
constinit const WeightLayout k_cell16 = {kCells, cell_bytes, pack_cells};

}  // namespace vivace::cpu
