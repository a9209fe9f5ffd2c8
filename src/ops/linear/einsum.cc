#include "ops/linear/einsum.h"

#include <algorithm>

#include "base/text.h"
#include "base/try.h"
#include "ops/common/einsum_equation.h"
#include "ops/common/reference.h"
#include "ops/common/shape_rules.h"

namespace vivace {
namespace {

using Labels = std::vector<std::int32_t>;

// Every label once: those of the output first, in its order, then those that are summed.
Labels loop_labels(const EinsumEquation& equation) {
  Labels labels = equation.output;
  for (const Labels& input : equation.inputs)
    for (const std::int32_t label : input)
      if (std::find(labels.begin(), labels.end(), label) == labels.end()) labels.push_back(label);
  return labels;
}

// The size of each label; those of the ellipsis broadcast, all others must agree.
Result<Dims> loop_dims(const EinsumEquation& equation, const Labels& labels, std::span<const Fact> inputs) {
  Dims dims(labels.size(), Dim(1));
  std::vector<bool> seen(labels.size());
  for (std::size_t i = 0; i < inputs.size(); ++i)
    for (std::size_t axis = 0; axis < inputs[i].dims.size(); ++axis) {
      const std::int32_t label = equation.inputs[i][axis];
      const auto at =
          static_cast<std::size_t>(std::find(labels.begin(), labels.end(), label) - labels.begin());
      const Dim& size = inputs[i].dims[axis];
      if (label > EinsumEquation::kEllipsis) {
        VIVACE_TRY(const Dims merged, broadcast_dims(Einsum::kName, {dims[at]}, {size}));
        dims[at] = merged[0];
      } else if (seen[at] && !may_equal(dims[at], size)) {
        return shape_error(Einsum::kName,
                           text("axis \"{}\" is {} in one place and {} in {}", static_cast<char>(label),
                                to_text(Dims{dims[at]}), to_text(Dims{size}), to_text(inputs[i].dims)))
            .why("an axis with one letter has one size");
      } else {
        dims[at] = seen[at] ? more_known(dims[at], size) : size;
      }
      seen[at] = true;
    }
  return dims;
}

Result<EinsumEquation> parse_for(const Einsum& op, std::span<const std::size_t> ranks) {
  return parse_einsum(op.equation, ranks);
}

std::vector<std::size_t> ranks_of(std::span<const Fact> inputs) {
  std::vector<std::size_t> ranks;
  for (const Fact& fact : inputs) ranks.push_back(fact.dims.size());
  return ranks;
}

// The nest of loops that computes an einsum of numbers.
struct Loops {
  Shape dims;                  // of the labels: the output's, then the summed ones
  std::vector<Shape> strides;  // of each input, one a label
  std::size_t output_axes = 0;
};

Loops loops_of(const EinsumEquation& equation, std::span<const TensorView> inputs) {
  const Labels labels = loop_labels(equation);
  Loops loops{Shape(labels.size(), 1), {}, equation.output.size()};
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const Shape own = strides_of(inputs[i].dims);
    Shape& strides = loops.strides.emplace_back(labels.size(), 0);
    for (std::size_t axis = 0; axis < own.size(); ++axis) {
      const auto at = static_cast<std::size_t>(
          std::find(labels.begin(), labels.end(), equation.inputs[i][axis]) - labels.begin());
      const std::int64_t size = inputs[i].dims[axis];
      if (size == 1) continue;
      loops.dims[at] = size;
      strides[at] += own[axis];  // a letter twice in one term walks the diagonal
    }
  }
  if (inputs.size() == 1) loops.strides.emplace_back(labels.size(), 0);  // reads the factor 1
  return loops;
}

// Splits the summed axes from the output's, and the last summed one, which runs innermost, from the others.
template <class T, class Store>
void sum_products(const Loops& loops, const T* a, const T* b, Store store) {
  const auto cut = [&](const Shape& all, std::size_t from, std::size_t to) {
    return Shape(all.begin() + static_cast<std::ptrdiff_t>(from),
                 all.begin() + static_cast<std::ptrdiff_t>(to));
  };
  const Shape &sa = loops.strides[0], &sb = loops.strides[1];
  const std::size_t outer = loops.output_axes, all = loops.dims.size();
  const std::size_t inner = all > outer ? all - 1 : all;
  const std::int64_t depth = inner < all ? loops.dims[inner] : 1;
  const std::int64_t step_a = inner < all ? sa[inner] : 0, step_b = inner < all ? sb[inner] : 0;
  const Shape outer_dims = cut(loops.dims, 0, outer), middle_dims = cut(loops.dims, outer, inner);
  Walk place(outer_dims, {cut(sa, 0, outer), cut(sb, 0, outer)});
  Walk middle(middle_dims, {cut(sa, outer, inner), cut(sb, outer, inner)});
  const std::int64_t places = count_of(outer_dims), middles = count_of(middle_dims);
  for (std::int64_t i = 0; i < places; ++i, place.next()) {
    T sum{};
    for (std::int64_t j = 0; j < middles; ++j, middle.next()) {
      const std::int64_t from = place[0] + middle[0], with = place[1] + middle[1];
      for (std::int64_t k = 0; k < depth; ++k) sum += a[from + k * step_a] * b[with + k * step_b];
    }
    store(i, sum);
  }
}

std::vector<std::uint64_t> load_wrapping(const TensorView& x) {
  std::vector<std::uint64_t> all(static_cast<std::size_t>(x.count()));
  for (std::int64_t i = 0; i < x.count(); ++i)
    all[static_cast<std::size_t>(i)] = static_cast<std::uint64_t>(load_integer(x, i));
  return all;
}

}  // namespace

Result<std::vector<Fact>> Einsum::infer(std::span<const Fact> inputs) const {
  VIVACE_CHECK_OK(require_inputs(kName, inputs, 1, 2));
  if (inputs.back().absent) return inputs_error(kName, "the last input is left out");
  if (inputs[0].dtype == DType::boolean) return dtype_error(kName, "booleans have no product");
  VIVACE_CHECK_OK(require_dtype(kName, "the last input", inputs.back(), inputs[0].dtype));
  VIVACE_TRY(const EinsumEquation parsed, parse_for(*this, ranks_of(inputs)));
  VIVACE_TRY(Dims dims, loop_dims(parsed, loop_labels(parsed), inputs));
  VIVACE_CHECK_OK(inferred(kName, {Fact::tensor(inputs[0].dtype, dims)}));  // the loops can be counted
  dims.resize(parsed.output.size());
  return inferred(kName, {Fact::tensor(inputs[0].dtype, std::move(dims))});
}

Cost Einsum::cost(std::span<const Fact> inputs, std::span<const Fact> outputs) const {
  double flops = 0;
  if (const auto parsed = parse_for(*this, ranks_of(inputs)))
    if (const auto dims = loop_dims(*parsed, loop_labels(*parsed), inputs)) flops = 2 * elements_of(*dims);
  return cost_of(flops, inputs, outputs);
}

Status Einsum::evaluate(std::span<const TensorView> inputs,
                        std::span<const MutableTensorView> outputs) const {
  std::vector<std::size_t> ranks;
  for (const TensorView& input : inputs) ranks.push_back(input.dims.size());
  VIVACE_TRY(const EinsumEquation parsed, parse_for(*this, ranks));
  const Loops loops = loops_of(parsed, inputs);
  const MutableTensorView& y = outputs[0];
  if (is_float(y.dtype)) {
    const std::vector<double> a = load_all(inputs[0]);
    const std::vector<double> b = inputs.size() == 2 ? load_all(inputs[1]) : std::vector<double>{1.0};
    sum_products(loops, a.data(), b.data(), [&](std::int64_t i, double sum) { store(y, i, sum); });
    return {};
  }
  const auto a = load_wrapping(inputs[0]);
  const auto b = inputs.size() == 2 ? load_wrapping(inputs[1]) : std::vector<std::uint64_t>{1};
  sum_products(loops, a.data(), b.data(), [&](std::int64_t i, std::uint64_t sum) {
    store_integer(y, i, static_cast<std::int64_t>(sum));
  });
  return {};
}

}  // namespace vivace
