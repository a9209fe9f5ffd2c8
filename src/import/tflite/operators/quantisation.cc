// Between real numbers and what stands for them.
#include <cmath>

#include "base/text.h"
#include "import/tflite/build/constants.h"
#include "import/tflite/operators/families.h"

namespace vivace::tflite {
namespace {

// scale * (stored - zero point), in the channels' own where there are several.
ValueId dequantised(Call& call, ValueId x, const Quantisation& q) {
  if (q.scales.size() != 1) {
    call.refuse("each channel has a scale of its own",
                "convert the model with one scale for each activation");
    return kNoValue;
  }
  const ValueId real = call.cast(x, DType::f32, "float");
  const ValueId shifted = q.zero_point() == 0
                              ? real
                              : call.binary(Binary::Kind::subtract, real,
                                            call.scalar(static_cast<double>(q.zero_point())), "shifted");
  return call.binary(Binary::Kind::multiply, shifted, call.scalar(q.scales[0]));
}

void dequantize(Call& call) {
  if (call.stored(0)) return call.output(call.weight(0));
  const ValueId x = call.input();
  if (call.failed()) return;
  if (is_float(call.dtype(x))) return call.output(call.cast(x, DType::f32, {}));
  if (!call.quantisation(0).given()) return call.mistake("its input has no scale");
  call.output(dequantised(call, x, call.quantisation(0)));
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
    {Code::DENSIFY, densify, OptionsKind::DensifyOptions, Quantised::moved},
    {Code::FAKE_QUANT, fake_quant, OptionsKind::FakeQuantOptions},
};

}  // namespace

std::span<const Rule> quantisation_rules() { return kRules; }

}  // namespace vivace::tflite
