// TensorFlow's own operators that a file carries along under "Flex" and their name: those that mean the same
// as an operator of ours, whatever their attributes.
#include <algorithm>

#include "base/text.h"
#include "import/tflite/operators/families.h"

namespace vivace::tflite {
namespace {

template <UnaryKind kKind>
void unary(Call& call) {
  call.output(call.unary(kKind, call.input()));
}

template <Binary::Kind kKind>
void binary(Call& call) {
  call.output(call.binary(kKind, call.input(0), call.input(1)));
}

template <Special::Function kFunction>
void special(Call& call) {
  call.output(call.add(with(Special{}, &Special::function, kFunction), {call.input()}));
}

void identity(Call& call) {
  for (std::size_t i = 0; i < call.output_count(); ++i) call.output(call.input(i));
}

using Function = Special::Function;
using Kind = Binary::Kind;

constexpr CustomRule kRules[] = {
    {"FlexAbs", unary<UnaryKind::abs>},
    {"FlexAtan", unary<UnaryKind::atan>},
    {"FlexCeil", unary<UnaryKind::ceil>},
    {"FlexCos", unary<UnaryKind::cos>},
    {"FlexCosh", unary<UnaryKind::cosh>},
    {"FlexElu", unary<UnaryKind::elu>},
    {"FlexErf", unary<UnaryKind::erf>},
    {"FlexExp", unary<UnaryKind::exp>},
    {"FlexExpm1", unary<UnaryKind::expm1>},
    {"FlexFloor", unary<UnaryKind::floor>},
    {"FlexInv", unary<UnaryKind::reciprocal>},
    {"FlexIsFinite", unary<UnaryKind::is_finite>},
    {"FlexIsInf", unary<UnaryKind::is_inf>},
    {"FlexIsNan", unary<UnaryKind::is_nan>},
    {"FlexLog", unary<UnaryKind::log>},
    {"FlexLog1p", unary<UnaryKind::log1p>},
    {"FlexNeg", unary<UnaryKind::negate>},
    {"FlexReciprocal", unary<UnaryKind::reciprocal>},
    {"FlexRelu", unary<UnaryKind::relu>},
    {"FlexRint", unary<UnaryKind::round>},
    {"FlexRound", unary<UnaryKind::round>},
    {"FlexRsqrt", unary<UnaryKind::rsqrt>},
    {"FlexSelu", unary<UnaryKind::selu>},
    {"FlexSigmoid", unary<UnaryKind::sigmoid>},
    {"FlexSign", unary<UnaryKind::sign>},
    {"FlexSin", unary<UnaryKind::sin>},
    {"FlexSinh", unary<UnaryKind::sinh>},
    {"FlexSoftplus", unary<UnaryKind::softplus>},
    {"FlexSoftsign", unary<UnaryKind::softsign>},
    {"FlexSqrt", unary<UnaryKind::sqrt>},
    {"FlexSquare", unary<UnaryKind::square>},
    {"FlexTan", unary<UnaryKind::tan>},
    {"FlexTanh", unary<UnaryKind::tanh>},
    {"FlexAdd", binary<Kind::add>},
    {"FlexAddV2", binary<Kind::add>},
    {"FlexAtan2", binary<Kind::atan2>},
    {"FlexDivNoNan", binary<Kind::divide_no_nan>},
    {"FlexFloorDiv", binary<Kind::floor_divide>},
    {"FlexMaximum", binary<Kind::maximum>},
    {"FlexMinimum", binary<Kind::minimum>},
    {"FlexMul", binary<Kind::multiply>},
    {"FlexMulNoNan", binary<Kind::multiply_no_nan>},
    {"FlexPow", binary<Kind::power>},
    {"FlexRealDiv", binary<Kind::divide>},
    {"FlexSquaredDifference", binary<Kind::squared_difference>},
    {"FlexSub", binary<Kind::subtract>},
    {"FlexTruncateDiv", binary<Kind::truncate_divide>},
    {"FlexLgamma", special<Function::log_gamma>},
    {"FlexIdentity", identity},
    {"FlexIdentityN", identity},
    {"FlexPreventGradient", identity},
    {"FlexSnapshot", identity},
    {"FlexStopGradient", identity},
};

}  // namespace

std::span<const CustomRule> flex_rules() { return kRules; }

}  // namespace vivace::tflite
