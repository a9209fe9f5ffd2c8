// Einsums as matrix products.
#include "ops/linear/einsum.h"
#include "support/passes.h"

namespace vivace {
namespace {

using testing::Net;
using testing::ops_of;
using testing::run_pass;

struct Equation {
  const char* text;
  Dims a;
  Shape b;
};

// Lowers an einsum of an input and constant weights, or of two inputs.
int lowered(const Equation& equation, bool constant) {
  Net net;
  Dims a = equation.a;
  for (Dim& dim : a)
    if (!dim.known()) dim = net.graph.symbol("batch");
  const ValueId x = net.input(a);
  const ValueId w = constant ? net.weights(equation.b) : net.input(known_dims(equation.b));
  Einsum einsum;
  einsum.equation = equation.text;
  net.output(net.add(einsum, {x, w}, "layer"));
  const int patches = run_pass(net.graph, "lower_einsum");
  if (patches != 0) CHECK(ops_of(net.graph).find("mat_mul") != std::string::npos);
  return patches;
}

const Dim kBatch = Dim::symbol(1);

TEST_CASE("every contraction of EinsumDense and MultiHeadAttention becomes a matrix product") {
  const Equation kEquations[] = {
      {"ab,bc->ac", {kBatch, 4}, {4, 5}},
      {"abc,cd->abd", {kBatch, 3, 4}, {4, 5}},
      {"...x,xy->...y", {kBatch, 3, 4}, {4, 5}},
      {"abc,cde->abde", {kBatch, 3, 4}, {4, 2, 5}},     // queries, keys, values
      {"abcd,cde->abe", {kBatch, 3, 2, 4}, {2, 4, 5}},  // back from the heads
      {"abc,cb->ab", {2, 3, 4}, {4, 3}},
      {"abc,bd->acd", {2, 3, 4}, {3, 5}},
      {"abc,bd->adc", {2, 3, 4}, {3, 5}},
      {"abcde,cf->abfde", {2, 2, 3, 2, 2}, {3, 4}},
      {"abc,cd->bad", {2, 3, 4}, {4, 5}},
      {"ab,cb->ca", {2, 3}, {4, 3}},
      {"ab,ab->", {2, 3}, {2, 3}},
      {"a,a->", {3}, {3}},
      {"ab,b->a", {2, 3}, {3}},
      {"a,ab->b", {3}, {3, 2}},
  };
  for (const Equation& equation : kEquations)
    for (const bool constant : {true, false}) {
      CAPTURE(equation.text);
      CHECK(lowered(equation, constant) == 1);
    }
}

TEST_CASE("products of heads keep their batch axes, with unknown sizes too") {
  for (const char* text : {"aecd,abcd->acbe", "abcd,aecd->acbe", "acbe,aecd->abcd"}) {
    Net net;
    const Dim batch = net.graph.symbol("batch");
    const bool scores = text[5] != 'a' || text[3] == 'd';
    const ValueId x = scores ? net.input({batch, 4, 2, 3}) : net.input({batch, 2, 5, 4});
    const ValueId y = scores ? net.input({batch, 5, 2, 3}) : net.input({batch, 4, 2, 3});
    Einsum einsum;
    einsum.equation = text;
    net.output(net.add(einsum, {x, y}));
    CAPTURE(text);
    CHECK(run_pass(net.graph, "lower_einsum") == 1);
  }
}

TEST_CASE("a key that lies ready is turned by the product itself") {
  Net net;
  Einsum einsum;
  einsum.equation = "abd,acd->abc";
  net.output(net.add(einsum, {net.input({2, 3, 4}), net.input({2, 5, 4})}));
  CHECK(run_pass(net.graph, "lower_einsum") == 1);
  CHECK(ops_of(net.graph) == "mat_mul");
}

TEST_CASE("diagonals, sums of one term, outer products and broadcast axes stay") {
  CHECK(lowered({"aab,bc->ac", {2, 2, 4}, {4, 5}}, false) == 0);
  CHECK(lowered({"abc,cd->ad", {2, 3, 4}, {4, 5}}, false) == 0);
  CHECK(lowered({"ab,cd->abcd", {2, 3}, {4, 5}}, false) == 0);
  CHECK(lowered({"...ab,...bc->...ac", {1, 3, 4}, {2, 4, 5}}, false) == 0);
}

}  // namespace
}  // namespace vivace
