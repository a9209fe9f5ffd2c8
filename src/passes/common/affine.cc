#include "passes/common/affine.h"

#include <algorithm>
#include <cmath>

#include "ops/elementwise/binary.h"
#include "ops/normalize/batch_norm.h"
#include "ops/normalize/scale_shift.h"
#include "passes/common/linear.h"

namespace vivace {
namespace {

// The numbers of a constant input; `otherwise`, `count` times, where it is left out; nothing if not constant.
std::optional<std::vector<double>> numbers_of(const Graph& graph, const Node& node, std::size_t input,
                                              std::size_t count, double otherwise) {
  if (!has_input(node, input)) return std::vector<double>(count, otherwise);
  const Constant* const constant = graph.constant(node.inputs[input]);
  if (!constant || constant->dtype() != DType::f32) return std::nullopt;
  const auto numbers = constant->as<float>();
  return std::vector<double>(numbers.begin(), numbers.end());
}

std::optional<Affine> of_scale_shift(const Graph& graph, const Node& node, const ScaleShift& op) {
  auto scale = numbers_of(graph, node, 1, 0, 0), shift = numbers_of(graph, node, 2, 0, 0);
  if (!scale || !shift) return std::nullopt;
  return Affine{node.inputs[0], *std::move(scale), *std::move(shift), op.activation};
}

std::optional<Affine> of_batch_norm(const Graph& graph, const Node& node, const BatchNorm& op) {
  const std::size_t rank = graph.value(node.inputs[0]).dims.size();
  auto mean = numbers_of(graph, node, 1, 0, 0), variance = numbers_of(graph, node, 2, 0, 0);
  if (!mean || !variance || op.axis != static_cast<std::int64_t>(rank) - 1) return std::nullopt;
  auto scale = numbers_of(graph, node, 3, mean->size(), 1),
       shift = numbers_of(graph, node, 4, mean->size(), 0);
  if (!scale || !shift) return std::nullopt;
  for (std::size_t c = 0; c < mean->size(); ++c) {
    (*scale)[c] /= std::sqrt((*variance)[c] + op.epsilon);
    (*shift)[c] -= (*mean)[c] * (*scale)[c];
  }
  return Affine{node.inputs[0], *std::move(scale), *std::move(shift), {}};
}

struct Line {
  double k, s;
};

// What `kind` does to x with the constant c, x being on the left or on the right. Adding -0 keeps every
// number, the sign of a zero included.
std::optional<Line> line_of(Binary::Kind kind, double c, bool x_left) {
  switch (kind) {
    case Binary::Kind::add:
      return Line{1, c};
    case Binary::Kind::multiply:
      return Line{c, -0.0};
    case Binary::Kind::subtract:
      return x_left ? Line{1, -c} : Line{-1, c};
    case Binary::Kind::divide:
      return x_left ? std::optional(Line{1 / c, -0.0}) : std::nullopt;
    default:
      return std::nullopt;
  }
}

std::optional<Affine> of_binary(const Graph& graph, const Node& node, const Binary& op) {
  const bool x_left = graph.constant(node.inputs[1]) != nullptr;
  const Constant* const constant = graph.constant(node.inputs[x_left ? 1 : 0]);
  Affine affine{node.inputs[x_left ? 0 : 1], {}, {}, op.activation};
  const Dims &dims = graph.value(affine.x).dims, &result = graph.value(node.outputs[0]).dims;
  if (!constant || graph.constant(affine.x) || dims != result || dims.empty() || !dims.back().known())
    return std::nullopt;
  const auto channels = static_cast<std::size_t>(dims.back().number());
  const auto numbers = constant->as<float>();
  const bool per_channel = !constant->dims().empty() && constant->dims().back() == dims.back().number() &&
                           numbers.size() == channels;
  if (numbers.size() != 1 && !per_channel) return std::nullopt;
  for (std::size_t c = 0; c < channels; ++c) {
    const auto line = line_of(op.kind, static_cast<double>(numbers[per_channel ? c : 0]), x_left);
    if (!line) return std::nullopt;
    affine.scale.push_back(line->k);
    affine.shift.push_back(line->s);
  }
  return affine;
}

}  // namespace

bool Affine::shifts_only() const {
  return std::ranges::all_of(scale, [](double k) { return k == 1; });
}

bool Affine::finite() const {
  const auto is_finite = [](double number) { return std::isfinite(static_cast<float>(number)); };
  return std::ranges::all_of(scale, is_finite) && std::ranges::all_of(shift, is_finite);
}

std::optional<Affine> affine_at(const Graph& graph, NodeId id) {
  if (id == kNoNode) return std::nullopt;
  const Node& node = graph.node(id);
  if (node.outputs.empty() || graph.value(node.outputs[0]).dtype != DType::f32) return std::nullopt;
  if (const auto* op = graph.as<ScaleShift>(id)) return of_scale_shift(graph, node, *op);
  if (const auto* op = graph.as<BatchNorm>(id)) return of_batch_norm(graph, node, *op);
  if (const auto* op = graph.as<Binary>(id)) return of_binary(graph, node, *op);
  return std::nullopt;
}

Tensor rounded(const std::vector<double>& numbers) {
  Tensor tensor(DType::f32, {static_cast<std::int64_t>(numbers.size())});
  for (std::size_t i = 0; i < numbers.size(); ++i) tensor.as<float>()[i] = static_cast<float>(numbers[i]);
  return tensor;
}

}  // namespace vivace
