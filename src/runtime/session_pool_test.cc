// Plans are kept for the sizes last seen, sessions for who comes next; neither goes away under its user.
#include "runtime/session_pool.h"

#include <doctest/doctest.h>
#include <immintrin.h>

#include "ops/elementwise/unary.h"
#include "plan/testing.h"

using namespace vivace;

namespace {

struct Fixture {
  Graph graph;
  testing::ReferenceTarget target;
  NumericOptions numerics;
  WeightPool weights;
  std::unique_ptr<SessionPool> pool;

  Fixture() {
    Unary twice;
    twice.function.kind = UnaryKind::negate;
    const ValueId x = graph.add_input("x", DType::f32, {graph.symbol("n"), Dim(4)});
    graph.add_output(graph.add(make_op(twice), {x}, "negate").value(), "y");
    pool = std::make_unique<SessionPool>(graph, target, numerics, weights, 1);
  }
};

TensorView view(const Shape& dims) { return {nullptr, DType::f32, dims}; }

}  // namespace

TEST_CASE("a session goes back to its pool and is taken again") {
  Fixture f;
  const Shape dims = {3, 4};
  const TensorView input = view(dims);
  const Session *first = nullptr, *second = nullptr;
  {
    auto lease = f.pool->take({&input, 1});
    REQUIRE(lease.ok());
    first = &**lease;
    auto other = f.pool->take({&input, 1});
    REQUIRE(other.ok());
    second = &**other;
    CHECK(second != first);
    CHECK(&(**other).plan() == &(**lease).plan());
  }
  auto again = f.pool->take({&input, 1});
  REQUIRE(again.ok());
  CHECK((&**again == first || &**again == second));
}

TEST_CASE("a session on loan outlives its plan's place in the pool") {
  Fixture f;
  const Shape dims = {3, 4};
  const TensorView input = view(dims);
  auto lease = f.pool->take({&input, 1});
  REQUIRE(lease.ok());
  for (std::int64_t n = 10; n < 40; ++n) REQUIRE(f.pool->plan_for(std::vector<Shape>{{n, 4}}).ok());
  CHECK((**lease).plan().input_shapes[0] == dims);
  Tensor x(DType::f32, dims), y(DType::f32, dims);
  x.as<float>()[5] = 2;
  const TensorView in[] = {x.view()};
  const MutableTensorView out[] = {y.view()};
  Team team(1, false);
  CHECK((**lease).run(team, f.graph, in, out).ok());
  CHECK(y.as<float>()[5] == -2);
}

TEST_CASE("a run that would need more memory than any honest model is refused before any of it is taken") {
  Graph graph;
  testing::ReferenceTarget target;
  const NumericOptions numerics;
  WeightPool weights;
  Unary negate;
  negate.function.kind = UnaryKind::negate;
  const ValueId x = graph.add_input("x", DType::f32, {graph.symbol("n"), Dim(1024)});
  const ValueId y = graph.add(make_op(negate), {x}, "first").value();
  graph.add_output(graph.add(make_op(negate), {y}, "second").value(), "y");
  SessionPool pool(graph, target, numerics, weights, 1);
  const Shape dims = {std::int64_t{1} << 26, 1024};
  const TensorView input = view(dims);
  const auto lease = pool.take({&input, 1});
  REQUIRE_FALSE(lease.ok());
  CHECK(to_text(lease.error()) ==
        "error[plan.too-large]: one run would need 275 GB of memory, at most 68.7 GB are used\n"
        "  fix  give a smaller batch, or limit the memory so that the batch runs in parts (--memory)");
}

TEST_CASE("denormals count as zero during a run, and the caller's setting comes back") {
  Team team(2, true);
  std::atomic<int> kept{0};
  Plan plan;
  Step step;
  step.chunks = 64;
  step.work = make_work([&](const Frame&, Share) noexcept {
    volatile float tiny = 1e-30f;
    const float product = tiny * 1e-10f;  // 1e-40, a denormal
    if (product != 0) kept.fetch_add(1);
  });
  plan.steps.push_back(std::move(step));
  PlanRun run(plan, 2);
  const unsigned before = _mm_getcsr();
  const unsigned odd = (before & ~0x6000u) | 0x2000u;  // rounds down, keeps denormals: a caller's own choice
  _mm_setcsr(odd);
  for (int i = 0; i < 20; ++i) team.run(run);
  const unsigned after = _mm_getcsr();
  _mm_setcsr(before);
  CHECK(kept.load() == 0);
  CHECK(after == odd);
}
