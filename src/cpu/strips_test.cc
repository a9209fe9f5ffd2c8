// Chains of convolutions run strip by strip: the same bits as one after another, however they are cut.
#include <doctest/doctest.h>

#include <random>

#include "cpu/cpu_target.h"
#include "ops/linear/conv.h"
#include "ops/movement/concat.h"
#include "ops/spatial/pool.h"
#include "plan/plan.h"
#include "support/differential.h"
#include "support/isas.h"

using namespace vivace;
using testing::Net;

namespace {

// Shares of every step, piece by piece, dealt out to workers in turn; neighbouring pieces of a worker may go
// on from one another.
std::vector<Tensor> run_all(const Plan& plan, const Tensor& input, int workers, std::int64_t piece) {
  AlignedBuffer arena(plan.arena_bytes);
  AlignedBuffer workspace(plan.workspace_bytes * static_cast<std::size_t>(workers));
  std::vector<Continuation> continuations(static_cast<std::size_t>(workers));
  std::vector<Tensor> outputs;
  std::vector<std::byte*> bases = {nullptr, arena.data(),
                                   static_cast<std::byte*>(const_cast<void*>(input.data()))};
  for (std::size_t i = 0; i < plan.output_shapes.size(); ++i) {
    outputs.emplace_back(plan.output_dtypes[i], plan.output_shapes[i]);
    bases.push_back(static_cast<std::byte*>(outputs.back().data()));
  }
  Frame frame;
  frame.bases = bases.data();
  frame.workspace = workspace.data();
  frame.workspace_bytes = plan.workspace_bytes;
  frame.continuations = continuations.data();
  for (const Step& step : plan.steps)
    for (int worker = 0; worker < workers; ++worker) {
      const std::int64_t begin = step.chunks * worker / workers, end = step.chunks * (worker + 1) / workers;
      for (std::int64_t at = begin; at < end; at += piece)
        step.work->run(frame, {at, std::min(end, at + piece), worker});
    }
  return outputs;
}

std::vector<float> run_plan(const Plan& plan, const Tensor& input, int workers, std::int64_t piece) {
  const std::vector<Tensor> outputs = run_all(plan, input, workers, piece);
  return {outputs[0].as<float>(), outputs[0].as<float>() + outputs[0].count()};
}

class Chains {
 public:
  explicit Chains(unsigned seed) : random_(seed) {}

  // Three to eight convolutions after one another, sometimes with a residual that crosses one of them.
  Net net() {
    Net net;
    std::int64_t channels = pick({1, 3, 16, 24}), size = pick({13, 24, 37});
    ValueId x = net.input({pick({1, 2, 3}), size, size + 2, channels});
    for (std::int64_t layers = pick({3, 5, 8}); layers > 0; --layers) x = add(net, x, channels);
    net.output(x);
    return net;
  }

 private:
  std::int64_t pick(std::initializer_list<std::int64_t> of) { return of.begin()[random_() % of.size()]; }

  ValueId add(Net& net, ValueId x, std::int64_t& channels) {
    Conv op;
    const bool depthwise = channels > 4 && pick({0, 1}) == 1;
    const std::int64_t kernel = pick({1, 3, 3, 5}), stride = pick({1, 1, 1, 2});
    const std::int64_t outputs = depthwise ? channels : pick({3, 16, 20, 48});
    op.strides = {stride, stride};
    op.dilations = {pick({1, 1, 2}), 1};
    op.groups = depthwise ? channels : 1;
    op.padding = Padding::same();
    op.epilogue.activation = {pick({0, 1}) == 1 ? UnaryKind::silu : UnaryKind::clamp, 0, 6};
    const ValueId weights = net.weights({kernel, kernel, depthwise ? 1 : channels, outputs});
    std::vector<ValueId> inputs{x, weights, net.weights({outputs})};
    const bool keeps_shape = stride == 1 && outputs == channels;
    if (keeps_shape && pick({0, 1}) == 1) inputs.push_back(x);
    channels = outputs;
    return net.add(op, inputs);
  }

  std::minstd_rand random_;
};

struct Made {
  std::unique_ptr<WeightPool> pool = std::make_unique<WeightPool>();  // what the plan points into
  std::shared_ptr<const Plan> plan;
};

Made plan_with(const Graph& graph, const Tensor& input, kernels::Isa isa, std::size_t l2_bytes) {
  Made made;
  machine::CoreCaches caches;
  caches.l2_bytes = l2_bytes;
  const auto target = cpu::make_cpu_target(isa, caches);
  auto plan = make_plan(graph, std::vector<Shape>{input.dims()}, *target, {}, *made.pool);
  REQUIRE_MESSAGE(plan.ok(), (plan.ok() ? "" : to_text(plan.error())));
  made.plan = *plan;
  return made;
}

std::size_t chains_of(const Plan& plan) {
  std::size_t chains = 0;
  for (const Step& step : plan.steps) chains += step.kernel.starts_with("strips") ? 1 : 0;
  return chains;
}

}  // namespace

TEST_CASE("strips: random chains have the bits of their steps one by one, for every cache, cut and thread") {
  std::size_t chains = 0;
  for (unsigned seed = 1; seed <= 40; ++seed) {
    CAPTURE(seed);
    const Net net = Chains(seed).net();
    const Tensor input = std::move(testing::random_inputs(net.graph, seed)[0]);
    for (int i = 0; i < kernels::kIsas; ++i) {
      const auto isa = static_cast<kernels::Isa>(i);
      if (!testing::runs_here(isa)) continue;
      // What a Winograd block holds depends on the cache, but not the numbers.
      const Made whole = plan_with(net.graph, input, isa, std::size_t{1} << 30);
      CHECK(chains_of(*whole.plan) == 0);
      const std::vector<float> want = run_plan(*whole.plan, input, 1, 1 << 20);
      for (const std::size_t l2_bytes :
           {std::size_t{24} << 10, std::size_t{96} << 10, std::size_t{512} << 10}) {
        const Made strips = plan_with(net.graph, input, isa, l2_bytes);
        chains += chains_of(*strips.plan);
        CHECK(run_plan(*strips.plan, input, 1, 1 << 20) == want);
        CHECK(run_plan(*strips.plan, input, 2, 1) == want);
        CHECK(run_plan(*strips.plan, input, 3, 2) == want);
      }
    }
  }
  CHECK(chains > 100);
}

TEST_CASE("strips: what is between the steps of a chain takes no place in the arena") {
  Net net;
  ValueId x = net.input({1, 64, 64, 16});
  Conv expand;
  expand.strides = expand.dilations = {1, 1};
  expand.padding = Padding::same();
  Conv depthwise = expand;
  depthwise.groups = 96;
  x = net.add(expand, {x, net.weights({1, 1, 16, 96})});
  x = net.add(depthwise, {x, net.weights({3, 3, 1, 96})});
  net.output(net.add(expand, {x, net.weights({1, 1, 96, 16})}));
  const Tensor input = std::move(testing::random_inputs(net.graph, 1)[0]);
  const Made made = plan_with(net.graph, input, kernels::Isa::baseline, std::size_t{512} << 10);
  REQUIRE(made.plan->steps.size() == 1);
  CHECK(made.plan->steps[0].kernel == "strips of 3");
  CHECK(made.plan->arena_bytes == 0);
  CHECK(made.plan->workspace_bytes <= std::size_t{300} << 10);
}

TEST_CASE("parts: concatenated channels are written where they belong, with the same numbers") {
  for (int i = 0; i < kernels::kIsas; ++i) {
    const auto isa = static_cast<kernels::Isa>(i);
    if (!testing::runs_here(isa)) continue;
    for (const std::int64_t kernel : {1, 3})
      for (const std::int64_t channels : {16, 48}) {
        Conv conv;
        conv.strides = conv.dilations = {1, 1};
        conv.padding = Padding::same();
        Conv depthwise = conv;
        depthwise.groups = channels;
        Pool pool;
        pool.kind = Pool::Kind::max;
        pool.window = pool.strides = {2, 2};
        pool.dilations = {1, 1};
        pool.padding = Padding::same();
        Concat concat;
        concat.axis = 3;
        Net net;
        const ValueId x = net.input({2, 16, 18, 16});
        const ValueId skip = net.add(conv, {x, net.weights({kernel, kernel, 16, channels})});
        const ValueId down = net.add(pool, {skip});
        const ValueId other = net.add(conv, {x, net.weights({3, 3, 16, channels})});
        const ValueId third = net.add(depthwise, {skip, net.weights({3, 3, 1, channels})});
        const ValueId all = net.add(concat, {skip, other, third});
        net.output(net.add(conv, {all, net.weights({3, 3, 3 * channels, 5})}));
        net.output(down);
        const Tensor input = std::move(testing::random_inputs(net.graph, 3)[0]);
        const Made made = plan_with(net.graph, input, isa, std::size_t{1} << 20);
        for (const Step& step : made.plan->steps) CHECK(step.kernel != "copy");
        const std::vector<Tensor> have = run_all(*made.plan, input, 2, 3);
        const auto want = testing::evaluate(net.graph, std::span(&input, 1));
        REQUIRE(want.ok());
        for (std::size_t o = 0; o < have.size(); ++o) CHECK(testing::distance(have[o], (*want)[o]) < 2e-5);
      }
  }
}
