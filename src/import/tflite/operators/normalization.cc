// Softmax and normalisation by what the input itself holds.
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

constexpr Rule kRules[] = {
    {Code::SOFTMAX, softmax, OptionsKind::SoftmaxOptions},
    {Code::LOG_SOFTMAX, log_softmax, OptionsKind::LogSoftmaxOptions},
    {Code::L2_NORMALIZATION, l2_normalization, OptionsKind::L2NormOptions},
};

}  // namespace

std::span<const Rule> normalization_rules() { return kRules; }

}  // namespace vivace::tflite
