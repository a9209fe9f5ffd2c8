#include "plan/plan.h"

#include <algorithm>
#include <cstring>

#include "base/parallel.h"
#include "base/text.h"
#include "base/try.h"
#include "plan/arena.h"
#include "plan/control.h"
#include "plan/neighbours.h"
#include "plan/resolve.h"
#include "plan/strips.h"

namespace vivace {
namespace {

class Planner {
 public:
  /// `first_value`: the number of the graph's first value among those of all bodies.
  Planner(const Graph& graph, std::size_t first_value, const Target& target, const NumericOptions& numerics,
          WeightPool& pool, ResolvedGraph resolved)
      : draft_{graph, std::move(resolved.values), std::vector<Storage>(graph.value_count()), {}},
        computed_(std::move(resolved.computed)),
        first_value_(static_cast<std::uint32_t>(first_value)),
        target_(target),
        numerics_(numerics),
        pool_(pool) {
    plan_->constants = std::move(resolved.constants);
  }

  Result<std::shared_ptr<const Plan>> run(std::span<const Shape> input_shapes, int threads) {
    plan_->input_shapes.assign(input_shapes.begin(), input_shapes.end());
    list_steps();
    place_ports();
    const std::vector<PlannedStep>& steps = draft_.steps;
    for (std::size_t step = 0; step < steps.size(); ++step) choose(step);
    VIVACE_CHECK_OK(plan_bodies(threads));
    for (std::size_t step = 0; step < steps.size(); ++step) place_parts(draft_, step);
    join_chains(draft_, target_);
    for (std::size_t step = 0; step < steps.size(); step += steps[step].stages) note_replaceable(step);
    place_arena();
    VIVACE_CHECK_OK(pack_weights(threads));
    for (std::size_t step = 0; step < steps.size(); step += steps[step].stages)
      VIVACE_CHECK_OK(emit_chain(step));
    add_output_copies();
    for (const Step& step : plan_->steps)
      plan_->workspace_bytes = std::max(plan_->workspace_bytes, aligned(step.workspace_bytes));
    return std::shared_ptr<const Plan>(std::move(plan_));
  }

 private:
  static bool is_view(const Node& node) { return node.op->name() == "reshape"; }

  // Which nodes need a step, which values share bytes, and when each root is first written and last read.
  void list_steps() {
    for (std::size_t id = 0; id < draft_.places.size(); ++id)
      draft_.places[id].root = static_cast<ValueId>(id);
    for (std::size_t id = 0; id < draft_.graph.node_count(); ++id) {
      if (computed_[id]) continue;
      const Node& node = draft_.graph.node(static_cast<NodeId>(id));
      if (is_view(node)) {
        draft_.storage(node.outputs[0]).root = draft_.storage(node.inputs[0]).root;
        continue;
      }
      const auto step = static_cast<std::int32_t>(draft_.steps.size());
      for (const ValueId output : node.outputs) {
        draft_.storage(output).in_arena = true;
        draft_.storage(output).first = draft_.storage(output).last = step;
      }
      for (const ValueId input : node.inputs)
        if (input != kNoValue) draft_.root(input).last = std::max(draft_.root(input).last, step);
      draft_.steps.emplace_back().node = static_cast<NodeId>(id);
    }
    for (const ValueId output : draft_.graph.outputs())
      draft_.root(output).last = static_cast<std::int32_t>(draft_.steps.size());
  }

  // Inputs have ports; an output that a step makes is written straight into the caller's memory.
  void place_ports() {
    auto port = Address::kFirstPort;
    for (const ValueId input : draft_.graph.inputs()) draft_.value(input).address = {port++, 0};
    for (const ValueId output : draft_.graph.outputs()) {
      const Address here{port++, 0};
      plan_->output_shapes.push_back(draft_.value(output).dims);
      plan_->output_dtypes.push_back(draft_.value(output).dtype);
      Storage& store = draft_.root(output);
      if (!store.in_arena || store.is_port) continue;
      store.is_port = true;
      draft_.value(draft_.storage(output).root).address = here;
    }
  }

  void choose(std::size_t step) {
    PlannedStep& planned = draft_.steps[step];
    const Node& node = draft_.graph.node(planned.node);
    for (const ValueId input : node.inputs) {
      planned.inputs.push_back(input == kNoValue ? Operand{} : draft_.value(input));
      planned.inputs.back().absent = input == kNoValue;
      if (input != kNoValue) planned.inputs.back().value = shared_number(input);
    }
    for (const ValueId output : node.outputs) planned.outputs.push_back(draft_.value(output));
    if (!bodies_of(*node.op).empty()) return;
    planned.choice = target_.choose({node, planned.inputs, planned.outputs}, numerics_);
    if (planned.choice.in_place) reuse_input(node, *planned.choice.in_place, step);
  }

  // A value's number among those of all graphs that share the pool of packed weights.
  ValueId shared_number(ValueId id) const {
    return static_cast<ValueId>(static_cast<std::uint32_t>(id) + first_value_);
  }

  // Plans of the graphs that nodes run. Their values are numbered behind this graph's own (count_values()).
  Status plan_bodies(int threads) {
    std::size_t number = first_value_ + draft_.graph.value_count(), node = 0;
    const auto skip_to = [&](std::size_t id) {
      for (; node < id; ++node)
        for (const GraphPtr& body : bodies_of(*draft_.graph.node(static_cast<NodeId>(node)).op))
          number += count_values(*body);
    };
    for (PlannedStep& planned : draft_.steps) {
      const Op& op = *draft_.graph.node(planned.node).op;
      if (bodies_of(op).empty()) continue;
      skip_to(static_cast<std::size_t>(planned.node));
      std::size_t first = number;
      for (const GraphPtr& body : bodies_of(op)) {
        VIVACE_TRY(auto plan, plan_body(*body, first, planned, threads));
        planned.bodies.push_back(std::move(plan));
        first += count_values(*body);
      }
    }
    return {};
  }

  Result<std::shared_ptr<const Plan>> plan_body(const Graph& body, std::size_t first,
                                                const PlannedStep& planned, int threads) {
    const Node& node = draft_.graph.node(planned.node);
    auto plan = make_body_plan(body, first, body_shapes(*node.op, planned.inputs), threads);
    if (!plan.ok()) return std::move(plan).error().within(text("node \"{}\"", node.name));
    return plan;
  }

  Result<std::shared_ptr<const Plan>> make_body_plan(const Graph& body, std::size_t first,
                                                     std::span<const Shape> shapes, int threads) {
    VIVACE_TRY(ResolvedGraph resolved, resolve(body, shapes));
    return Planner(body, first, target_, numerics_, pool_, std::move(resolved)).run(shapes, threads);
  }

  // Whether an input is read for the last time by this step, and is as large as its output.
  bool dies_here(const Node& node, std::size_t index, std::size_t step) {
    const ValueId input = node.inputs[index];
    const Operand &from = draft_.value(input), &to = draft_.value(node.outputs[0]);
    if (draft_.root(input).last != static_cast<std::int32_t>(step) || from.count() != to.count() ||
        size_of(from.dtype) != size_of(to.dtype))
      return false;
    // Another operand in the same memory (a view, or the same value twice) would be overwritten while it is
    // read.
    for (std::size_t other = 0; other < node.inputs.size(); ++other)
      if (other != index && node.inputs[other] != kNoValue &&
          draft_.storage(node.inputs[other]).root == draft_.storage(input).root)
        return false;
    return true;
  }

  // Lets the output take over the memory of an input that dies in this step.
  void reuse_input(const Node& node, std::size_t index, std::size_t step) {
    const ValueId input = node.inputs[index], output = node.outputs[0];
    Storage& from = draft_.root(input);
    Storage& to = draft_.storage(output);
    if (!from.in_arena || from.is_port || to.is_port || !dies_here(node, index, step)) return;
    from.last = std::max(from.last, to.last);
    to.in_arena = false;
    redirect(output, draft_.storage(input).root);
  }

  // Steps that run as one read and write in turns: there nothing may be replaced.
  void note_replaceable(std::size_t step) {
    const PlannedStep& planned = draft_.steps[step];
    if (planned.stages != 1 || planned.needless || !planned.choice.in_place) return;
    const Node& node = draft_.graph.node(planned.node);
    const ValueId input = node.inputs[*planned.choice.in_place], output = node.outputs[0];
    const auto inputs = draft_.graph.inputs(), outputs = draft_.graph.outputs();
    const auto from = std::ranges::find(inputs, draft_.storage(input).root);
    const auto to = std::ranges::find(outputs, output);
    const bool in_port = draft_.storage(output).is_port && draft_.storage(output).root == output;
    if (from == inputs.end() || to == outputs.end() || !in_port ||
        !dies_here(node, *planned.choice.in_place, step))
      return;
    plan_->replaceable.push_back(
        {static_cast<std::size_t>(from - inputs.begin()), static_cast<std::size_t>(to - outputs.begin())});
  }

  void redirect(ValueId old_root, ValueId new_root) {
    for (Storage& store : draft_.places)
      if (store.root == old_root) store.root = new_root;
  }

  void place_arena() {
    std::vector<Lifetime> lifetimes;
    std::vector<ValueId> owners;
    for (std::size_t id = 0; id < draft_.places.size(); ++id) {
      const Storage& store = draft_.places[id];
      if (!store.in_arena || store.is_port) continue;
      const Operand& operand = draft_.values[id];
      lifetimes.push_back(
          {static_cast<std::size_t>(operand.count()) * size_of(operand.dtype), store.first, store.last});
      owners.push_back(static_cast<ValueId>(id));
    }
    for (std::size_t i = 0; i < draft_.steps.size(); ++i)
      if (const PlannedStep& planned = draft_.steps[i]; !planned.bodies.empty())
        lifetimes.push_back(
            {control_bytes(planned), static_cast<std::int32_t>(i), static_cast<std::int32_t>(i)});
    const Placement placement = place(lifetimes);
    for (std::size_t i = 0; i < owners.size(); ++i)
      draft_.value(owners[i]).address = {Address::kArena, placement.offsets[i]};
    std::size_t next = owners.size();
    for (PlannedStep& planned : draft_.steps)
      if (!planned.bodies.empty()) planned.scratch = {Address::kArena, placement.offsets[next++]};
    plan_->arena_bytes = placement.bytes;
    plan_->arena_lower_bound = placement.lower_bound;
  }

  // Finds every packed weight, and packs what is missing.
  Status pack_weights(int threads) {
    struct Missing {
      PlannedStep* planned;
      const Choice::Packing* packing;
      Result<const std::byte*> packed;
    };
    std::vector<Missing> missing;
    std::size_t bytes = 0;
    for (PlannedStep& planned : draft_.steps)
      for (const Choice::Packing& packing : planned.choice.packings) {
        const std::byte*& packed = planned.inputs[packing.input].packed;
        packed = pool_.find(target_, draft_.view_of(planned), packing);
        if (packed) continue;
        missing.push_back({&planned, &packing, packed});
        bytes += target_.packed_bytes(draft_.view_of(planned), packing);
      }
    in_parallel(bytes < kWorthAThread ? 1 : threads, missing.size(), [&](std::size_t i) {
      missing[i].packed = pool_.get(target_, draft_.view_of(*missing[i].planned), *missing[i].packing);
    });
    for (Missing& one : missing) {
      if (!one.packed.ok())
        return std::move(one.packed)
            .error()
            .within(text("node \"{}\"", draft_.graph.node(one.planned->node).name));
      one.planned->inputs[one.packing->input].packed = *one.packed;
    }
    return {};
  }

  Address address_of(ValueId id) {
    if (draft_.value(id).constant) return draft_.value(id).address;
    Address address = draft_.value(draft_.storage(id).root).address;
    address.offset += draft_.storage(id).offset;
    return address;
  }

  Status emit_chain(std::size_t first) {
    if (draft_.steps[first].needless) return {};
    const std::size_t last = first + draft_.steps[first].stages - 1;
    if (first == last) {
      VIVACE_TRY(Step step, emit(first));
      plan_->steps.push_back(std::move(step));
      return {};
    }
    std::vector<Stage> stages;
    for (std::size_t i = first; i <= last; ++i) {
      VIVACE_TRY(Step step, emit(i));
      stages.push_back({std::move(step), *draft_.steps[i].choice.lines});
    }
    plan_->steps.push_back(chain_steps(std::move(stages), draft_.steps[first].inputs[0].address,
                                       draft_.steps[last].outputs[0].address, draft_.steps[first].strip));
    return {};
  }

  Result<Step> emit(std::size_t step) {
    PlannedStep& planned = draft_.steps[step];
    const Node& node = draft_.graph.node(planned.node);
    for (std::size_t i = 0; i < planned.inputs.size(); ++i)
      if (!planned.inputs[i].absent) planned.inputs[i].address = address_of(node.inputs[i]);
    for (std::size_t i = 0; i < planned.outputs.size(); ++i)
      planned.outputs[i].address = address_of(node.outputs[i]);
    auto made = planned.bodies.empty() ? target_.emit(draft_.view_of(planned), planned.choice)
                                       : Result<Step>(emit_control(*node.op, planned));
    if (!made.ok()) return std::move(made).error().within(text("node \"{}\"", node.name));
    made->node = planned.node;
    made->cost = node.op->cost(facts_of(planned.inputs), facts_of(planned.outputs));
    return made;
  }

  static std::vector<Fact> facts_of(const std::vector<Operand>& operands) {
    std::vector<Fact> facts;
    facts.reserve(operands.size());
    for (const Operand& operand : operands) {
      facts.push_back(Fact::tensor(operand.dtype, known_dims(operand.dims)));
      facts.back().constant = operand.constant;
      facts.back().absent = operand.absent;
    }
    return facts;
  }

  // Outputs that no step wrote in place: an input handed through, a constant, the same value twice.
  void add_output_copies() {
    auto port = Address::kFirstPort + static_cast<std::uint32_t>(draft_.graph.inputs().size());
    for (const ValueId output : draft_.graph.outputs()) {
      const Address to{port++, 0}, from = address_of(output);
      if (from == to) continue;
      const std::size_t bytes =
          static_cast<std::size_t>(draft_.value(output).count()) * size_of(draft_.value(output).dtype);
      Step step;
      step.kernel = "copy";
      step.cost.bytes_read = step.cost.bytes_written = static_cast<double>(bytes);
      step.work = make_work([=](const Frame& frame, Share) noexcept {
        if (bytes != 0) std::memcpy(frame.at<std::byte>(to), frame.at<std::byte>(from), bytes);
      });
      plan_->steps.push_back(std::move(step));
    }
  }

  Draft draft_;
  std::vector<bool> computed_;  // nodes whose outputs are known already
  const std::uint32_t first_value_;
  const Target& target_;
  const NumericOptions& numerics_;
  WeightPool& pool_;
  std::shared_ptr<Plan> plan_ = std::make_shared<Plan>();
};

}  // namespace

Result<std::shared_ptr<const Plan>> make_plan(const Graph& graph, std::span<const Shape> input_shapes,
                                              const Target& target, const NumericOptions& numerics,
                                              WeightPool& pool, int threads) {
  VIVACE_TRY(ResolvedGraph resolved, resolve(graph, input_shapes));
  return Planner(graph, 0, target, numerics, pool, std::move(resolved)).run(input_shapes, threads);
}

std::string to_text(const Plan& plan, const Graph& graph) {
  std::string all =
      text("arena {} bytes, workspace {} bytes a worker\n", plan.arena_bytes, plan.workspace_bytes);
  for (const Step& step : plan.steps)
    all += text("{} [{}] {} x{}\n", step.node == kNoNode ? "output" : graph.node(step.node).name,
                step.node == kNoNode ? "copy" : graph.node(step.node).op->name(), step.kernel, step.chunks);
  return all;
}

}  // namespace vivace
