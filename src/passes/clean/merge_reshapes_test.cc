// Reshapes in a row.
#include "ops/movement/reshape.h"
#include "support/passes.h"

namespace vivace {
namespace {

using testing::Net;
using testing::ops_of;
using testing::run_pass;

Reshape to(std::vector<std::int64_t> target) {
  Reshape reshape;
  reshape.target = std::move(target);
  return reshape;
}

TEST_CASE("a reshape of a reshape needs only the last, also with an unknown batch") {
  Net net;
  const ValueId x = net.input({net.graph.symbol("batch"), 4, 6});
  net.output(net.add(to({Reshape::keep(0), 3, 8}), {net.add(to({Reshape::keep(0), 24}), {x})}));
  CHECK(run_pass(net.graph, "merge_reshapes") == 1);
  CHECK(ops_of(net.graph) == "reshape");
}

TEST_CASE("the middle stays for its other readers") {
  Net net;
  const ValueId flat = net.add(to({24}), {net.input({4, 6})});
  net.output(net.add(to({3, 8}), {flat}));
  net.output(flat);
  CHECK(run_pass(net.graph, "merge_reshapes") == 1);
  CHECK(net.graph.node_count() == 2);
}

TEST_CASE("sizes that only the middle can say keep it") {
  Net net;
  const ValueId x = net.input({net.graph.symbol("batch"), net.graph.symbol("time"), 6});
  const ValueId folded = net.add(to({Reshape::kInfer, 6}), {x});
  net.output(net.add(to({Reshape::keep(0), 2, 3}), {folded}));
  const ValueId swapped = net.add(to({Reshape::keep(1), Reshape::keep(0), 6}), {x});
  net.output(net.add(to({Reshape::keep(0), Reshape::keep(1), 2, 3}), {swapped}));
  run_pass(net.graph, "merge_reshapes");  // checks sizes and numbers whatever it did
}

TEST_CASE("tensors without elements keep their reshapes sound") {
  Net net;
  const ValueId x = net.input({0, 4});
  net.output(net.add(to({Reshape::keep(0), 4}), {net.add(to({Reshape::keep(0), 2, 2}), {x})}));
  run_pass(net.graph, "merge_reshapes");
}

}  // namespace
}  // namespace vivace
