// Softmax and normalisation by what the input itself holds.
#include <algorithm>

#include "base/text.h"
#include "import/tflite/operators/families.h"

namespace vivace::tflite {
namespace {

ValueId softmax_of(Call& call, ValueId x, bool log) {
  call.want_rank(x, 1, 32);
  return call.add(with(Softmax{}, &Softmax::axes, Sizes{call.rank(x) - 1}, &Softmax::log, log), {x});
}

void softmax(Call& call) {
  const double beta = call.options<schema::SoftmaxOptions>().beta();
  ValueId x = call.input();
  if (beta != 1) x = call.binary(Binary::Kind::multiply, x, call.scalar(beta), "beta");
  call.output(softmax_of(call, x, false));
}

void log_softmax(Call& call) { call.output(softmax_of(call, call.input(), true)); }

// TensorFlow Lite bounds the norm by 1e-6, so its square by 1e-12.
void l2_normalization(Call& call) {
  const ValueId x = call.input();
  call.want_rank(x, 1, 32);
  const Norm op = with(Norm{}, &Norm::kind, Norm::Kind::unit, &Norm::axes, Sizes{call.rank(x) - 1},
                       &Norm::epsilon, 1e-12);
  call.output(
      activated(call, call.add(op, {x}), call.options<schema::L2NormOptions>().fused_activation_function()));
}

// x / (bias + alpha sum of the squares of 2 radius + 1 neighbouring channels) ^ beta, as TensorFlow and the
// optimised kernels have it; the reference kernel leaves the highest neighbour out. The sum is a mean over
// windows of the channels, which become a spatial axis, times their number.
void local_response_normalization(Call& call) {
  const auto& o = call.options<schema::LocalResponseNormalizationOptions>();
  const ValueId x = call.input();
  const std::int64_t channels = call.size(x, -1), radius = std::min<std::int64_t>(o.radius(), channels);
  if (radius < 0) return call.mistake(text("a radius of {}", o.radius()));
  const std::int64_t width = 2 * radius + 1;
  const ValueId squares = call.unary(UnaryKind::square, x, "squares");
  Pool op = with(Pool{}, &Pool::kind, Pool::Kind::average, &Pool::window, Sizes{width}, &Pool::strides,
                 Sizes{1}, &Pool::dilations, Sizes{1}, &Pool::count_padding, true);
  op.padding = {Padding::Mode::explicit_, {radius}, {radius}};
  ValueId sums =
      call.add(op, {call.reshape(squares, Sizes{Reshape::kInfer, channels, 1}, "channels")}, "means");
  sums = call.reshape(sums, call.dims(x), "sums");
  const ValueId scaled = call.binary(Binary::Kind::multiply, sums,
                                     call.scalar(o.alpha() * static_cast<double>(width)), "scaled");
  const ValueId base = call.binary(Binary::Kind::add, scaled, call.scalar(o.bias()), "base");
  const ValueId power = call.binary(Binary::Kind::power, base, call.scalar(-o.beta()), "power");
  call.output(call.binary(Binary::Kind::multiply, x, power));
}

constexpr Rule kRules[] = {
    {Code::SOFTMAX, softmax, OptionsKind::SoftmaxOptions},
    {Code::LOG_SOFTMAX, log_softmax, OptionsKind::LogSoftmaxOptions},
    {Code::L2_NORMALIZATION, l2_normalization, OptionsKind::L2NormOptions},
    {Code::LOCAL_RESPONSE_NORMALIZATION, local_response_normalization,
     OptionsKind::LocalResponseNormalizationOptions},
};

}  // namespace

std::span<const Rule> normalization_rules() { return kRules; }

}  // namespace vivace::tflite
