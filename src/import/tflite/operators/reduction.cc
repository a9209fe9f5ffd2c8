// One number of many: sums and their kin, places of extremes, running sums.
#include "base/text.h"
#include "import/tflite/operators/families.h"

namespace vivace::tflite {
namespace {

template <Reduce::Kind kKind>
void reduce(Call& call) {
  const ValueId x = call.input();
  const Sizes axes = call.axes_of(call.integers(1), call.rank(x));
  const bool keep = call.options<schema::ReducerOptions>().keep_dims();
  if (axes.empty()) return call.output(x);
  call.output(
      call.add(with(Reduce{}, &Reduce::kind, kKind, &Reduce::axes, axes, &Reduce::keep_dims, keep), {x}));
}

template <bool kSmallest>
void arg_reduce(Call& call) {
  const ValueId x = call.input();
  const std::int64_t axis = call.axis_of(call.integer(1), call.rank(x));
  const DType type = call.output_tensor().type == Type::i64 ? DType::i64 : DType::i32;
  call.output(call.add(
      with(ArgReduce{}, &ArgReduce::smallest, kSmallest, &ArgReduce::axis, axis, &ArgReduce::result, type),
      {x}));
}

void cumsum(Call& call) {
  const auto& o = call.options<schema::CumsumOptions>();
  const ValueId x = call.input();
  const std::int64_t axis = call.axis_of(call.integer(1), call.rank(x));
  call.output(call.add(with(Cumulative{}, &Cumulative::axis, axis, &Cumulative::exclusive, o.exclusive(),
                            &Cumulative::reverse, o.reverse()),
                       {x}));
}

void top_k(Call& call) {
  call.output(call.add_many(with(TopK{}, &TopK::k, call.integer(1)), {call.input()}));
}

constexpr auto kOptions = OptionsKind::ReducerOptions;
constexpr auto kMoved = Quantised::moved;

constexpr Rule kRules[] = {
    {Code::MEAN, reduce<Reduce::Kind::mean>, kOptions},
    {Code::SUM, reduce<Reduce::Kind::sum>, kOptions},
    {Code::REDUCE_PROD, reduce<Reduce::Kind::product>, kOptions},
    {Code::REDUCE_MAX, reduce<Reduce::Kind::max>, kOptions, kMoved},
    {Code::REDUCE_MIN, reduce<Reduce::Kind::min>, kOptions, kMoved},
    {Code::REDUCE_ANY, reduce<Reduce::Kind::any>, kOptions},
    {Code::REDUCE_ALL, reduce<Reduce::Kind::all>, kOptions},
    {Code::ARG_MAX, arg_reduce<false>, OptionsKind::ArgMaxOptions, kMoved},
    {Code::ARG_MIN, arg_reduce<true>, OptionsKind::ArgMinOptions, kMoved},
    {Code::CUMSUM, cumsum, OptionsKind::CumsumOptions},
    {Code::TOPK_V2, top_k, OptionsKind::TopKV2Options, kMoved},
};

}  // namespace

std::span<const Rule> reduction_rules() { return kRules; }

}  // namespace vivace::tflite
