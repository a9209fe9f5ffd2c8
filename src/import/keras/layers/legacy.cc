// Layers that only Keras 1 had.
#include "import/keras/build/activation.h"
#include "import/keras/build/rule.h"

namespace vivace::keras {
namespace {

ValueId projected(Call& call, ValueId x, std::string_view kernel, std::string_view bias, std::int64_t size,
                  std::string_view step) {
  const ValueId w = call.weight(kernel, {size, size}, "name");
  const ValueId b = call.config().flag("use_bias", true) ? call.weight(bias, {size}, "name") : kNoValue;
  return call.add(MatMul{}, {x, w, b}, step);
}

// A gate decides how much of the layer's result and how much of its input goes on.
void highway(Call& call) {
  const ValueId x = call.float_input();
  const std::int64_t size = call.size(x, -1);
  const ValueId gate =
      call.unary(UnaryKind::sigmoid, projected(call, x, "W_carry", "b_carry", size, "carry"), "gate");
  const ValueId y = call.activated(projected(call, x, "W", "b", size, "transformed"));
  const ValueId moved = call.binary(Binary::Kind::multiply, gate, y, "moved");
  const ValueId rest = call.binary(Binary::Kind::subtract, call.scalar(1), gate, "rest");
  const ValueId kept = call.binary(Binary::Kind::multiply, rest, x, "kept");
  call.output(call.binary(Binary::Kind::add, moved, kept));
}

// The largest of several dense layers, element by element.
void maxout_dense(Call& call) {
  const ValueId x = call.float_input();
  call.want_rank(x, 2);
  const std::int64_t units = call.config().size("units"), features = call.config().size("features", 4);
  const ValueId w = call.weight("W", {features, call.size(x, -1), units}, "features");
  ValueId all = call.add(with(Einsum{}, &Einsum::equation, std::string("bi,fiu->bfu")), {x, w}, "dense");
  if (call.config().flag("use_bias", true))
    all = call.binary(Binary::Kind::add, all, call.weight("b", {features, units}, "features"), "biased");
  call.output(call.add(with(Reduce{}, &Reduce::kind, Reduce::Kind::max, &Reduce::axes, Sizes{1}), {all}));
}

constexpr Rule kRules[] = {
    {"Highway", highway, "W W_carry b?use_bias b_carry?use_bias"},
    {"MaxoutDense", maxout_dense, "W b?use_bias"},
};

}  // namespace

std::span<const Rule> legacy_rules() { return kRules; }

}  // namespace vivace::keras
