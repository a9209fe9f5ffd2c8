#include "import/tflite/operators/quantised/spaces.h"

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "import/tflite/build/constants.h"

namespace vivace::tflite {
namespace {

Space space_of_record(Call& call, const TensorRecord& tensor) {
  const auto dtype = dtype_of(tensor.type);
  if (!dtype || tensor.quantisation.scales.size() != 1) {
    call.mistake(
        text("tensor \"{}\" has {} scales, needs 1", tensor.name, tensor.quantisation.scales.size()));
    return {};
  }
  return {tensor.quantisation.scales[0], tensor.quantisation.zero_point(), *dtype};
}

// The quotient in float, ties away from zero; a tiny scale takes it beyond every type.
std::int64_t quantised(float real, const Space& y) {
  const float steps = std::round(real / y.scale);
  return y.zero + static_cast<std::int64_t>(std::clamp(steps, -1e9F, 1e9F));
}

}  // namespace

Space space_of(Call& call, std::size_t input) {
  if (!call.has(input)) call.input(input);  // says that it is missing
  return call.failed() ? Space{} : space_of_record(call, call.tensor(input));
}

Space output_space(Call& call, std::size_t output) {
  if (call.output_count() <= output || call.op().outputs[output] < 0)
    call.mistake(text("output {} is missing", output));
  return call.failed() ? Space{} : space_of_record(call, call.output_tensor(output));
}

Requantisation end_between(const Space& y, std::vector<double> multipliers, std::optional<float> low,
                           std::optional<float> high) {
  Requantisation end;
  const IntegerRange range = range_of(y.dtype);
  end.multipliers = std::move(multipliers);
  end.result = y.dtype;
  end.zero = y.zero;
  end.low = low ? std::clamp(quantised(*low, y), range.low, range.high) : range.low;
  end.high = high ? std::clamp(quantised(*high, y), range.low, range.high) : range.high;
  return end;
}

Requantisation end_of(Call& call, const Space& y, std::vector<double> multipliers, int fused,
                      Rounding rounding) {
  std::optional<float> low, high;
  const Activation activation = call.activation(fused);
  if (activation.kind == UnaryKind::relu) {
    low = 0;
  } else if (activation.kind == UnaryKind::clamp) {
    low = static_cast<float>(activation.alpha);
    high = static_cast<float>(activation.beta);
  } else if (!activation.none()) {
    call.refuse("a quantised operator ends in an activation that is no clamp",
                "convert the model with the activation as an operator of its own");
  }
  Requantisation end = end_between(y, std::move(multipliers), low, high);
  end.rounding = rounding;
  return end;
}

bool rounds_as_xnnpack(Call& call, const Space& x) {
  return call.builder().xnnpack_rounding() && (x.dtype == DType::i8 || x.dtype == DType::u8);
}

bool between(std::span<const double> factors, double least, double most) {
  return std::ranges::all_of(factors, [&](double factor) { return factor >= least && factor < most; });
}

ValueId requantised(Call& call, ValueId x, const Space& from, const Requantisation& end,
                    std::string_view step) {
  return call.add(with(Requantize{}, &Requantize::input_zero, from.zero, &Requantize::end, end), {x}, step);
}

ValueId activated(Call& call, ValueId x, int fused) {
  const Activation f = call.activation(fused);
  if (f.none() || call.failed()) return x;
  if (call.output_count() == 0 || !call.output_is_quantised())
    return call.add(with(Unary{}, &Unary::function, f), {x}, "activation");
  const Requantisation end = end_of(call, output_space(call), {1}, fused);
  return call.unary(UnaryKind::clamp, x, "activation", static_cast<double>(end.low),
                    static_cast<double>(end.high));
}

}  // namespace vivace::tflite
