// An einsum of two tensors becomes a matrix product between reshapes and transposes.
//
//   a, b -> einsum("abc,cde->abde") -> y
//   a, b -> mat_mul(a, reshape(b, [c, d e])) -> reshape -> y
//
// Every label is of one of four kinds: batch (in a, b and y), rows (a and y), columns (b and y), depth (a and
// b). Does nothing if a label repeats in a term or occurs in one term alone, or where sizes that the reshapes
// need are unknown. What it does to constant weights is folded.
#include <algorithm>

#include "ops/common/einsum_equation.h"
#include "ops/linear/einsum.h"
#include "ops/linear/mat_mul.h"
#include "ops/movement/reshape.h"
#include "ops/movement/transpose.h"
#include "passes/pass.h"

namespace vivace {
namespace {

using Labels = std::vector<std::int32_t>;
using Numbers = std::vector<std::int64_t>;

bool contains(const Labels& labels, std::int32_t label) {
  return std::ranges::find(labels, label) != labels.end();
}

bool has_repeats(Labels labels) {
  std::ranges::sort(labels);
  return std::ranges::adjacent_find(labels) != labels.end();
}

// The labels by kind. Rows and columns keep the output's order, depth that of the first term.
struct Kinds {
  Labels batch, rows, columns, depth;
};

std::optional<Kinds> kinds_of(const Labels& a, const Labels& b, const Labels& y) {
  if (has_repeats(a) || has_repeats(b)) return std::nullopt;
  Kinds kinds;
  for (const std::int32_t label : y) {
    const bool in_a = contains(a, label), in_b = contains(b, label);
    (in_a && in_b ? kinds.batch : in_a ? kinds.rows : kinds.columns).push_back(label);
  }
  for (const std::int32_t label : a)
    if (!contains(y, label)) kinds.depth.push_back(label);
  const auto shared = [&](std::int32_t label) { return contains(a, label) && contains(b, label); };
  if (!std::ranges::all_of(kinds.depth, shared)) return std::nullopt;
  for (const std::int32_t label : b)
    if (!contains(y, label) && !contains(a, label)) return std::nullopt;
  return kinds;
}

Labels joined(std::initializer_list<const Labels*> parts) {
  Labels all;
  for (const Labels* part : parts) all.insert(all.end(), part->begin(), part->end());
  return all;
}

// A tensor on its way through reshapes and transposes: what its axes are called, and their sizes.
class Operand {
 public:
  Operand(Patch& patch, const Graph& graph, const Node& einsum, ValueId value, Labels labels)
      : patch_(patch),
        einsum_(einsum),
        value_(value),
        labels_(std::move(labels)),
        dims_(graph.value(value).dims) {}

  ValueId value() const { return value_; }
  const Labels& labels() const { return labels_; }
  const Dim& size(std::int32_t label) const {
    return dims_[static_cast<std::size_t>(std::ranges::find(labels_, label) - labels_.begin())];
  }

  void arrange(const Labels& order) {
    if (order == labels_) return;
    Transpose transpose;
    Dims dims;
    for (const std::int32_t label : order) {
      transpose.order.push_back(std::ranges::find(labels_, label) - labels_.begin());
      dims.push_back(size(label));
    }
    step(make_op(std::move(transpose)), "transpose");
    labels_ = order;
    dims_ = std::move(dims);
  }

  /// Makes one axis of each group, all but the first `kept` axes, which stay. False where more than one of
  /// the sizes is neither a number nor an axis that stays.
  bool group(std::size_t kept, const std::vector<Labels>& groups) {
    Reshape reshape;
    for (std::size_t i = 0; i < kept; ++i)
      reshape.target.push_back(Reshape::keep(static_cast<std::int64_t>(i)));
    int open = 0;
    for (const Labels& labels : groups) {
      std::int64_t count = 1;
      for (const std::int32_t label : labels)
        count = size(label).known() && count > 0 ? count * size(label).number() : -1;
      if (labels.size() == 1)
        reshape.target.push_back(Reshape::keep(std::ranges::find(labels_, labels[0]) - labels_.begin()));
      else
        reshape.target.push_back(count > 0 ? count : Reshape::kInfer), open += count <= 0;
    }
    if (open > 1) return false;
    const bool as_it_is = std::ranges::all_of(groups, [](const Labels& g) { return g.size() == 1; });
    if (!as_it_is) step(make_op(std::move(reshape)), "reshape");
    return true;
  }

 private:
  void step(OpPtr op, const char* name) {
    value_ = patch_.add(std::move(op), {value_}, einsum_.name + "/" + name, einsum_.origin);
  }

  Patch& patch_;
  const Node& einsum_;
  ValueId value_;
  Labels labels_;
  Dims dims_;
};

// The sizes of a product's axes, taken apart again; nothing where more than one is unknown.
std::optional<Numbers> target_of(std::size_t kept, const Labels& labels, const Operand& a, const Operand& b) {
  Numbers target;
  int open = 0;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const Dim& size = contains(a.labels(), labels[i]) ? a.size(labels[i]) : b.size(labels[i]);
    if (i < kept)
      target.push_back(Reshape::keep(static_cast<std::int64_t>(i)));
    else if (size.known() && size.number() > 0)
      target.push_back(size.number());
    else
      target.push_back(Reshape::kInfer), ++open;
  }
  return open > 1 ? std::nullopt : std::optional(target);
}

bool sizes_agree(const Operand& a, const Operand& b, const Labels& labels) {
  return std::ranges::all_of(labels, [&](std::int32_t label) { return a.size(label).same(b.size(label)); });
}

// The product of a and b with axes [batch..., rows..., columns...], arranged as y wants them.
std::optional<ValueId> product(Patch& patch, const Node& node, Operand a, Operand b, const Kinds& kinds,
                               const Labels& y) {
  if (!sizes_agree(a, b, kinds.batch) || !sizes_agree(a, b, kinds.depth)) return std::nullopt;
  MatMul op;
  // Without batch axes the weights are one matrix, and the rows stay the axes they are.
  const std::size_t kept = kinds.batch.size() + (kinds.batch.empty() ? kinds.rows.size() : 0);
  std::optional<Numbers> target = target_of(kept, joined({&kinds.batch, &kinds.rows, &kinds.columns}), a, b);
  const bool apart =
      kinds.columns.size() != 1 || (!kinds.batch.empty() && kinds.rows.size() != 1) || kinds.rows.empty();
  if (apart && !target) return std::nullopt;
  const Labels turned = joined({&kinds.batch, &kinds.columns, &kinds.depth});
  op.transpose_b = b.labels() == turned && !turned.empty();
  a.arrange(joined({&kinds.batch, &kinds.rows, &kinds.depth}));
  if (!op.transpose_b) b.arrange(joined({&kinds.batch, &kinds.depth, &kinds.columns}));
  const std::vector<Labels> left = kinds.batch.empty() && !kinds.rows.empty()
                                       ? std::vector<Labels>{kinds.depth}
                                       : std::vector<Labels>{kinds.rows, kinds.depth};
  const std::vector<Labels> right = op.transpose_b ? std::vector<Labels>{kinds.columns, kinds.depth}
                                                   : std::vector<Labels>{kinds.depth, kinds.columns};
  if (!a.group(kept, left) || !b.group(kinds.batch.size(), right)) return std::nullopt;
  ValueId value = patch.add(make_op(op), {a.value(), b.value()}, node.name, node.origin);
  if (apart) {
    Reshape reshape;
    reshape.target = *target;
    value = patch.add(make_op(reshape), {value}, node.name + "/reshape", node.origin);
  }
  const Labels have = joined({&kinds.batch, &kinds.rows, &kinds.columns});
  if (have == y) return value;
  Transpose transpose;
  for (const std::int32_t label : y) transpose.order.push_back(std::ranges::find(have, label) - have.begin());
  return patch.add(make_op(transpose), {value}, node.name + "/transpose", node.origin);
}

}  // namespace

std::optional<Patch> lower_einsum(const Graph& graph, NodeId id) {
  const auto* einsum = graph.as<Einsum>(id);
  if (!einsum || graph.node(id).inputs.size() != 2) return std::nullopt;
  const Node& node = graph.node(id);
  const std::size_t ranks[] = {graph.value(node.inputs[0]).dims.size(),
                               graph.value(node.inputs[1]).dims.size()};
  const auto equation = parse_einsum(einsum->equation, ranks);
  if (!equation.ok() || !is_float(graph.value(node.outputs[0]).dtype)) return std::nullopt;
  auto a = equation->inputs[0], b = equation->inputs[1];
  auto kinds = kinds_of(a, b, equation->output);
  if (!kinds || kinds->depth.empty()) return std::nullopt;
  // The term whose labels come first in the output is on the left, which saves turning the product.
  const bool swap = !kinds->columns.empty() && !kinds->rows.empty() &&
                    std::ranges::find(equation->output, kinds->columns[0]) <
                        std::ranges::find(equation->output, kinds->rows[0]);
  ValueId first = node.inputs[0], second = node.inputs[1];
  if (swap || (kinds->rows.empty() && graph.constant(first))) {
    std::swap(first, second);
    std::swap(a, b);
    std::swap(kinds->rows, kinds->columns);
  }
  Patch patch("lower_einsum", id);
  const auto y = product(patch, node, Operand(patch, graph, node, first, a),
                         Operand(patch, graph, node, second, b), *kinds, equation->output);
  if (!y) return std::nullopt;
  patch.replace(node.outputs[0], *y);
  return patch;
}

}  // namespace vivace
