// q_binary: sums, differences and products of bytes.
#include "ops/quantised/q_binary.h"

#include <cmath>

#include "cpu/elementwise/broadcast_sweep.h"
#include "cpu/elementwise/functions.h"
#include "cpu/quantised/bytes.h"
#include "cpu/quantised/ends.h"
#include "kernels/quantised/q_combine.h"

namespace vivace::cpu {
namespace {

std::optional<kernels::QCombine::Kind> kind_of(const QBinary& op) {
  switch (op.kind) {
    case QBinary::Kind::add:
      return kernels::QCombine::Kind::add;
    case QBinary::Kind::subtract:
      return kernels::QCombine::Kind::subtract;
    case QBinary::Kind::multiply:
      return kernels::QCombine::Kind::multiply;
    default:
      return std::nullopt;
  }
}

bool only_lessens(double multiplier) {
  const QuantisedMultiplier fixed = quantize_multiplier(multiplier);
  return fixed.mantissa >= 0 && fixed.shift <= 0;
}

std::optional<Choice> choose(const NodeView& node, const Processor&, const NumericOptions&) {
  const auto& op = node.as<QBinary>();
  // Of a greater shift, or a factor above one, an operand need not stay below 2^30.
  const bool scales = op.kind != QBinary::Kind::multiply && op.end.rounding == Rounding::fixed31;
  const bool small =
      !scales || (op.left_shift <= 20 && only_lessens(op.a_multiplier) && only_lessens(op.b_multiplier));
  if (!is_byte(node.inputs[0].dtype) || !is_byte(op.end.result) || !kind_of(op) || !small)
    return std::nullopt;
  Choice choice;
  choice.algorithm = "q_combine";
  for (std::size_t i = 2; i-- > 0;)
    if (node.inputs[i].dims == node.outputs[0].dims) choice.in_place = i;
  return choice;
}

// What scales an operand before a sum; for a product only its bias counts.
EndArrays operand_end(std::int64_t zero, double multiplier, int shift) {
  Requantisation end;
  end.multipliers = {multiplier};
  end.low = std::numeric_limits<std::int32_t>::min();
  end.high = std::numeric_limits<std::int32_t>::max();
  return repeated_end(end, static_cast<std::int32_t>(-zero * (std::int64_t{1} << shift)), 0);
}

// A sum in real numbers differs from the one in fixed point by less than one of its units for each operand's
// two roundings, and by half a step of the last shift; in float32 by the roundings of both factors, the base
// and two (without FMA four) operations. Where that leaves a sum far enough from a tie, both give the same.
kernels::QCombine::Near near_sum(const QBinary& op, const kernels::QuantisedEnd& end) {
  const QuantisedMultiplier last = quantize_multiplier(op.end.multipliers[0]);
  if (op.kind == QBinary::Kind::multiply || last.shift > 0) return {};
  const auto real = [](QuantisedMultiplier m) { return std::ldexp(m.mantissa, m.shift - 31); };
  const double unit = std::abs(real(last)), scale = std::ldexp(real(last), static_cast<int>(op.left_shift));
  const double a = real(quantize_multiplier(op.a_multiplier)) * scale,
               b = real(quantize_multiplier(op.b_multiplier)) *
                   (op.kind == QBinary::Kind::add ? scale : -scale);
  const double base = static_cast<double>(op.end.zero + end.lift()) - static_cast<double>(op.a_zero) * a -
                      static_cast<double>(op.b_zero) * b;
  const double largest = 256 * (std::abs(a) + std::abs(b)) + std::abs(base) + 256;
  const double off = 2 * unit + std::ldexp(0.5, last.shift) + 7 * 0x1p-24 * largest;
  if (!(off < 0.05 && largest < 0x1p15)) return {};
  // Half a result, and as many of the last bits as it may be off, the rounding to them included.
  const double unclear = std::ceil(off * 0x1p16) + 1;
  return {static_cast<float>(a * 0x1p16), static_cast<float>(b * 0x1p16),
          static_cast<float>((base + 0.5) * 0x1p16 + unclear), static_cast<std::int32_t>(2 * unclear)};
}

kernels::QCombine::Shifted shifted_sum(const QBinary& op) {
  if (op.end.rounding != Rounding::exact_up) return {};
  const auto a = static_cast<int>(op.a_multiplier), size = static_cast<int>(op.b_multiplier);
  const int b = op.kind == QBinary::Kind::add ? size : -size;
  const auto low = [](int x) { return static_cast<std::int16_t>(x % 2048); };
  const auto high = [](int x) { return static_cast<std::int16_t>(x / 2048); };
  return {low(a), high(a), low(b), high(b), -std::ilogb(op.end.multipliers[0])};
}

Result<Step> emit(const NodeView& node, const Choice& choice, const Processor& processor) {
  const auto& op = node.as<QBinary>();
  const BroadcastSweep sweep(node);
  kernels::QCombine combine{};
  combine.kind = *kind_of(op);
  combine.is_signed = node.inputs[0].dtype == DType::i8;
  combine.left_shift = static_cast<int>(op.left_shift);
  combine.a.row = sweep.row_stride(0);
  combine.b.row = sweep.row_stride(1);
  combine.a.column = sweep.columns.strides[0];
  combine.b.column = sweep.columns.strides[1];
  const int shift = combine.kind == kernels::QCombine::Kind::multiply ? 0 : combine.left_shift;
  EndArrays ends = repeated_end(op.end, 0, 0x1p29);
  combine.near = near_sum(op, ends.end);
  combine.shifted = shifted_sum(op);
  Step step;
  step.chunks = sweep.chunks.count();
  step.kernel = choice.algorithm;
  step.work = make_work([combine, sweep, a_end = operand_end(op.a_zero, op.a_multiplier, shift),
                         b_end = operand_end(op.b_zero, op.b_multiplier, shift), end = std::move(ends),
                         run = kernels::pick(kernels::q_combine, processor.isa), a = node.inputs[0].address,
                         b = node.inputs[1].address,
                         y = node.outputs[0].address](const Frame& frame, Share share) noexcept {
    kernels::QCombine p = combine;
    p.a_end = a_end.view();
    p.b_end = b_end.view();
    p.end = end.view();
    sweep.for_each_piece(share, [&](const BroadcastSweep::Piece& piece) {
      p.a.data = frame.at<const std::uint8_t>(a) + piece.a;
      p.b.data = frame.at<const std::uint8_t>(b) + piece.b;
      p.y = frame.at<std::uint8_t>(y) + piece.y;
      p.rows = static_cast<std::size_t>(piece.rows);
      p.columns = static_cast<std::size_t>(piece.columns);
      run(p);
    });
  });
  return step;
}

}  // namespace

extern const Emitter k_q_binary;
constinit const Emitter k_q_binary = {"q_binary", choose, emit};

}  // namespace vivace::cpu
