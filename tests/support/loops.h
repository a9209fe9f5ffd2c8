// Graphs for loops and choices over pictures of one size.
#pragma once

#include <utility>
#include <vector>

#include "ops/control/while.h"
#include "ops/elementwise/binary.h"
#include "ops/elementwise/unary.h"
#include "support/differential.h"

namespace vivace::testing {

inline constexpr std::int64_t kRows = 3, kColumns = 4;

inline Binary pair(Binary::Kind kind) {
  Binary op;
  op.kind = kind;
  return op;
}

inline GraphPtr body_of(Net net) { return std::make_shared<const Graph>(std::move(net.graph)); }

inline GraphPtr always() {
  Net net;
  net.input({kRows, kColumns});
  Tensor yes(DType::boolean, {});
  yes.as<std::uint8_t>()[0] = 1;
  net.output(net.graph.add_constant(std::move(yes)));
  return body_of(std::move(net));
}

inline GraphPtr negated(Dims dims = {kRows, kColumns}) {
  Net net;
  Unary op;
  op.function.kind = UnaryKind::negate;
  net.output(net.add(op, {net.input(std::move(dims))}));
  return body_of(std::move(net));
}

inline While loop_of(GraphPtr condition, GraphPtr body, std::vector<std::int64_t> carries = {0}) {
  While op;
  op.graphs = {std::move(condition), std::move(body)};
  op.carries = std::move(carries);
  return op;
}

}  // namespace vivace::testing
