// Operands of one type, and sizes computed while the graph is built.
#include "import/keras/operations/operands.h"

#include <algorithm>
#include <numeric>

#include "base/text.h"
#include "import/keras/operations/promotion.h"

namespace vivace::keras {
namespace {

Dim folded(Binary::Kind kind, const Dim& a, const Dim& b) {
  switch (kind) {
    case Binary::Kind::add:
      return a + b;
    case Binary::Kind::subtract:
      return a - b;
    case Binary::Kind::multiply:
      return a * b;
    case Binary::Kind::floor_divide:
      return b.known() ? floor_div(a, b.number()) : Dim::unknown();
    default:
      return Dim::unknown();
  }
}

// Sizes computed from sizes stay known while the graph is built.
void fold_content(Call& call, Binary::Kind kind, ValueId y) {
  const auto a = content_of(call, call.option("x1|x|a", 0)), b = content_of(call, call.option("x2|y|b", 1));
  if (!a || !b || a->empty() || b->empty()) return;
  if (a->size() != b->size() && a->size() != 1 && b->size() != 1) return;
  Dims sizes;
  for (std::size_t i = 0; i < std::max(a->size(), b->size()); ++i)
    sizes.push_back(folded(kind, (*a)[a->size() == 1 ? 0 : i], (*b)[b->size() == 1 ? 0 : i]));
  call.builder().set_shape_content(y, std::move(sizes));
}

}  // namespace

ValueId as_float(Call& call, ValueId x) {
  return is_float(call.dtype(x)) ? x : call.cast(x, call.float_type());
}

ValueId operand(Call& call) {
  const ValueId x =
      call.tensor_option("x|input|inputs|input_tensor|features|logits|tensor|value|values|image|images", 0);
  if (x == kNoValue && !call.failed())
    call.fail(Error("import.config", text("layer \"{}\" is called without an input", call.layer().path)));
  return x;
}

std::array<ValueId, 2> operands(Call& call, std::string_view first, std::string_view second) {
  const Setting *left = call.option(first, 0), *right = call.option(second, 1);
  if (!left || !right) {
    if (!call.failed())
      call.fail(Error("import.config",
                      text("layer \"{}\" is called with fewer than 2 operands", call.layer().path)));
    return {kNoValue, kNoValue};
  }
  const DType type = common_type(typed(call, *left), typed(call, *right));
  return {as_type(call, *left, type, "cast_left"), as_type(call, *right, type, "cast_right")};
}

Sizes axes_or_all(Call& call, std::string_view names, int place, std::int64_t rank) {
  if (call.option(names, place)) return call.axes_option(names, place, rank);
  Sizes all(static_cast<std::size_t>(rank));
  std::iota(all.begin(), all.end(), 0);
  return all;
}

std::optional<Dims> content_of(Call& call, const Setting* setting) {
  if (!setting) return std::nullopt;
  if (setting->is(Setting::Kind::integer)) return Dims{Dim(setting->integer)};
  if (setting->is(Setting::Kind::tensor)) {
    const Dims* known = call.builder().shape_content(setting->flow.value);
    return known ? std::optional<Dims>(*known) : std::nullopt;
  }
  if (!setting->is(Setting::Kind::list)) return std::nullopt;
  Dims all;
  for (const Setting& item : setting->items) {
    const auto one = content_of(call, &item);
    if (!one || one->size() != 1) return std::nullopt;
    all.push_back(one->front());
  }
  return all;
}

Sizes reshape_target(Call& call, ValueId x, const Setting* list) {
  const auto sizes = content_of(call, list);
  Sizes target;
  if (!sizes) {
    call.refuse("it reshapes to sizes that are only known when it runs",
                "give the sizes as numbers, or as tf.shape's");
    return target;
  }
  for (std::size_t i = 0; i < sizes->size(); ++i) {
    const Dim& size = (*sizes)[i];
    std::int64_t entry = size.known() ? size.number() : Reshape::kInfer;
    for (std::int64_t axis = call.rank(x) - 1; axis >= 0 && !size.known(); --axis)
      if (call.dim(x, axis).same(size) && (entry == Reshape::kInfer || axis == static_cast<std::int64_t>(i)))
        entry = Reshape::keep(axis);
    target.push_back(entry);
  }
  return target;
}

void arithmetic(Call& call, Binary::Kind kind) {
  const auto [a, b] = operands(call, "x1|x|a|t", "x2|y|b");
  const DType type = operand_type(kind, call.dtype(a));
  const ValueId y = call.binary(kind, call.cast(a, type, "left"), call.cast(b, type, "right"));
  fold_content(call, kind, y);
  call.output(y);
}

}  // namespace vivace::keras
