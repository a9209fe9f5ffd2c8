// One number of many: sums and their kin, places of extremes, running sums.
#include <algorithm>

#include "base/text.h"
#include "import/tflite/operators/families.h"

namespace vivace::tflite {
namespace {

// Sums and extremes of truths are whether any, or all of them, are true.
Reduce::Kind of_truths(Reduce::Kind kind) {
  return kind == Reduce::Kind::sum || kind == Reduce::Kind::max       ? Reduce::Kind::any
         : kind == Reduce::Kind::product || kind == Reduce::Kind::min ? Reduce::Kind::all
                                                                      : kind;
}

// Of whole numbers: the sum's quotient, truncated.
void integer_mean(Call& call, ValueId x, const Sizes& axes, bool keep) {
  std::int64_t count = 1;
  for (const std::int64_t axis : axes) count *= std::max<std::int64_t>(call.size(x, axis), 1);
  const ValueId sum = call.add(
      with(Reduce{}, &Reduce::kind, Reduce::Kind::sum, &Reduce::axes, axes, &Reduce::keep_dims, keep), {x},
      "sum");
  call.output(call.binary(Binary::Kind::truncate_divide, sum,
                          call.scalar(static_cast<double>(count), call.dtype(x))));
}

template <Reduce::Kind kKind>
void reduce(Call& call) {
  const ValueId x = call.input();
  const Sizes axes = call.axes_of(call.integers(1), call.rank(x));
  const bool keep = call.options<schema::ReducerOptions>().keep_dims();
  if (call.failed() || axes.empty()) return call.output(x);
  const DType dtype = call.dtype(x);
  if (kKind == Reduce::Kind::mean && (dtype == DType::i32 || dtype == DType::i64))
    return integer_mean(call, x, axes, keep);
  const Reduce::Kind kind = dtype == DType::boolean ? of_truths(kKind) : kKind;
  call.output(
      call.add(with(Reduce{}, &Reduce::kind, kind, &Reduce::axes, axes, &Reduce::keep_dims, keep), {x}));
}

// The same of windows.
ReduceWindow::Kind of_truths(ReduceWindow::Kind kind) {
  using Kind = ReduceWindow::Kind;
  return kind == Kind::sum || kind == Kind::max || kind == Kind::any ? Kind::any : Kind::all;
}

void reduce_window(Call& call) {
  using Kind = ReduceWindow::Kind;
  constexpr Kind kFunctions[] = {Kind::sum, Kind::product, Kind::min, Kind::max, Kind::all, Kind::any};
  const int function = options2_of<schema::ReduceWindowOptions>(call.op()).reduce_function();
  if (function < 1 || function > static_cast<int>(std::size(kFunctions)))
    return call.mistake(text("its function has the number {}", function));
  ValueId first = call.input(1);
  if (!call.failed() && call.rank(first) != 0) first = call.reshape(first, Sizes{}, "first");
  if (call.failed()) return;
  const Kind kind = kFunctions[function - 1];
  const bool truths = call.dtype(call.input(0)) == DType::boolean;
  const ReduceWindow op = with(ReduceWindow{}, &ReduceWindow::kind, truths ? of_truths(kind) : kind,
                               &ReduceWindow::window, call.integers(2), &ReduceWindow::strides,
                               call.integers(3), &ReduceWindow::dilations, call.integers(4));
  call.output(call.add(op, {call.input(0), first}));
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
    {Code::REDUCE_WINDOW, reduce_window, OptionsKind::NONE, kMoved},
    {Code::ARG_MAX, arg_reduce<false>, OptionsKind::ArgMaxOptions, kMoved},
    {Code::ARG_MIN, arg_reduce<true>, OptionsKind::ArgMinOptions, kMoved},
    {Code::CUMSUM, cumsum, OptionsKind::CumsumOptions},
    {Code::TOPK_V2, top_k, OptionsKind::TopKV2Options, kMoved},
};

}  // namespace

std::span<const Rule> reduction_rules() { return kRules; }

}  // namespace vivace::tflite
