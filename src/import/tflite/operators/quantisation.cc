// Between real numbers and what stands for them.
#include <cmath>

#include "base/text.h"
#include "import/tflite/build/constants.h"
#include "import/tflite/operators/quantised/spaces.h"

namespace vivace::tflite {
namespace {

std::vector<double> scales_of(const Quantisation& q) { return {q.scales.begin(), q.scales.end()}; }
std::vector<std::int64_t> zeros_of(const Quantisation& q) {
  std::vector<std::int64_t> zeros;
  for (std::size_t i = 0; i < q.scales.size(); ++i) zeros.push_back(q.zero_point(i));
  return zeros;
}

void dequantize(Call& call) {
  if (call.stored(0)) return call.output(call.weight(0));
  const ValueId x = call.input();
  if (call.failed()) return;
  if (is_float(call.dtype(x))) return call.output(call.cast(x, DType::f32, {}));
  const Quantisation& q = call.quantisation(0);
  if (q.scales.empty()) return call.mistake("its input has no scale");
  call.output(call.add(with(Dequantize{}, &Dequantize::scales, scales_of(q), &Dequantize::zeros, zeros_of(q),
                            &Dequantize::axis, q.axis),
                       {x}));
}

// Of real numbers, or of integers of another scale.
void quantize(Call& call) {
  const ValueId x = call.input();
  if (call.output_count() == 0) return call.mistake("it has no output");
  const auto result = dtype_of(call.output_tensor().type);
  const Quantisation& q = call.output_quantisation();
  if (call.failed()) return;
  if (q.scales.empty() || !result) return call.mistake("its output has no scale");
  if (is_float(call.dtype(x)))
    return call.output(call.add(with(Quantize{}, &Quantize::result, *result, &Quantize::scales, scales_of(q),
                                     &Quantize::zeros, zeros_of(q), &Quantize::axis, q.axis, &Quantize::even,
                                     call.builder().xnnpack_rounding() && q.scales.size() == 1),
                                {x}));
  const Space from = space_of(call), y = output_space(call);
  const double factor = static_cast<double>(from.scale) / static_cast<double>(y.scale);
  Requantisation end = end_between(y, {factor}, {}, {});
  if (const double quotient = static_cast<double>(from.scale / y.scale);
      rounds_as_xnnpack(call, from) && from.dtype == y.dtype && between({&quotient, 1}, 0x1p-8, 0x1p7)) {
    end.rounding = Rounding::exact_up;  // of a factor of eight bits behind the point
    end.multipliers = {std::nearbyint(256 * quotient) / 256};
  }
  call.output(requantised(call, x, from, end));
}

// Sparse weights were expanded when they were read.
void densify(Call& call) {
  const ConstantPtr dense = call.stored(0);
  if (!dense && !call.failed()) return call.mistake("its input is no constant");
  call.output(call.input());
}

void fake_quant(Call& call) {
  const auto& o = call.options<schema::FakeQuantOptions>();
  if (o.num_bits() < 2 || o.num_bits() > 16 || !(o.min() < o.max()) || o.min() > 0 || o.max() < 0)
    return call.mistake(text("{} bits from {} to {}", o.num_bits(), o.min(), o.max()));
  const float least = o.narrow_range() ? 1 : 0, most = static_cast<float>((1 << o.num_bits()) - 1);
  const float scale = (o.max() - o.min()) / (most - least), from_min = least - o.min() / scale;
  const float zero = from_min < least ? least : from_min > most ? most : std::round(from_min);
  const float low = (least - zero) * scale, high = (most - zero) * scale;
  ValueId x = call.unary(UnaryKind::clamp, call.input(), "clamped", low, high);
  x = call.binary(Binary::Kind::subtract, x, call.scalar(low), "above");
  x = call.binary(Binary::Kind::multiply, x, call.scalar(1.0F / scale), "steps");
  x = call.unary(UnaryKind::floor, call.binary(Binary::Kind::add, x, call.scalar(0.5), "half"), "whole");
  x = call.binary(Binary::Kind::multiply, x, call.scalar(scale), "scaled");
  call.output(call.binary(Binary::Kind::add, x, call.scalar(low)));
}

constexpr Rule kRules[] = {
    {Code::DEQUANTIZE, dequantize, OptionsKind::DequantizeOptions, Quantised::computed},
    {Code::QUANTIZE, quantize, OptionsKind::QuantizeOptions, Quantised::computed},
    {Code::DENSIFY, densify, OptionsKind::DensifyOptions, Quantised::moved},
    {Code::FAKE_QUANT, fake_quant, OptionsKind::FakeQuantOptions},
};

}  // namespace

std::span<const Rule> quantisation_rules() { return kRules; }

}  // namespace vivace::tflite
