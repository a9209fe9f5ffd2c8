// Pooling over windows of two axes.
#include "import/tflite/operators/families.h"

namespace vivace::tflite {
namespace {

ValueId pooled(Call& call, Pool::Kind kind, ValueId x) {
  const auto& o = call.options<schema::Pool2DOptions>();
  call.want_rank(x, 4, 4);
  Pool op = with(Pool{}, &Pool::kind, kind, &Pool::window, Sizes{o.filter_height(), o.filter_width()},
                 &Pool::strides, Sizes{o.stride_h(), o.stride_w()}, &Pool::dilations, Sizes{1, 1});
  op.padding = padding_of(call, o.padding(), 2);
  return call.add(op, {x});
}

void finish(Call& call, ValueId y) {
  call.output(activated(call, y, call.options<schema::Pool2DOptions>().fused_activation_function()));
}

template <Pool::Kind kKind>
void pool(Call& call) {
  finish(call, pooled(call, kKind, call.input()));
}

void l2_pool(Call& call) {
  const ValueId squares = call.unary(UnaryKind::square, call.input(), "squares");
  finish(call, call.unary(UnaryKind::sqrt, pooled(call, Pool::Kind::average, squares), "root"));
}

constexpr Rule kRules[] = {
    {Code::AVERAGE_POOL_2D, pool<Pool::Kind::average>, OptionsKind::Pool2DOptions, Quantised::computed},
    {Code::MAX_POOL_2D, pool<Pool::Kind::max>, OptionsKind::Pool2DOptions, Quantised::computed},
    {Code::L2_POOL_2D, l2_pool, OptionsKind::Pool2DOptions},
};

}  // namespace

std::span<const Rule> pooling_rules() { return kRules; }

}  // namespace vivace::tflite
