#include "plan/plan.h"

#include <algorithm>
#include <cstring>

#include "base/parallel.h"
#include "base/text.h"
#include "base/try.h"
#include "ops/movement/concat.h"
#include "plan/arena.h"
#include "plan/resolve.h"
#include "plan/strips.h"

namespace vivace {
namespace {

// Channels that fill a cache line: parts of a tensor are placed only so that their lines stay whole.
constexpr std::int64_t kWholeLines = 16;

// Where a value's bytes come from. Values that share bytes (a reshape and its source) share a root.
struct Storage {
  ValueId root = kNoValue;
  bool in_arena = false;
  std::int32_t first = 0, last = -1;  // steps; of the root
  bool is_port = false;               // written straight into the caller's output
  std::uint64_t offset = 0;           // in the root's bytes
};

class Planner {
 public:
  Planner(const Graph& graph, const Target& target, const NumericOptions& numerics, WeightPool& pool,
          ResolvedGraph resolved)
      : graph_(graph),
        target_(target),
        numerics_(numerics),
        pool_(pool),
        values_(std::move(resolved.values)),
        computed_(std::move(resolved.computed)),
        storage_(graph.value_count()) {
    plan_->constants = std::move(resolved.constants);
  }

  Result<std::shared_ptr<const Plan>> run(std::span<const Shape> input_shapes, int threads) {
    plan_->input_shapes.assign(input_shapes.begin(), input_shapes.end());
    list_steps();
    place_ports();
    for (std::size_t step = 0; step < steps_.size(); ++step) choose(step);
    for (std::size_t step = 0; step < steps_.size(); ++step) place_parts(step);
    for (std::size_t step = 0; step < steps_.size(); step += steps_[step].stages) find_chain(step);
    place_arena();
    VIVACE_CHECK_OK(pack_weights(threads));
    for (std::size_t step = 0; step < steps_.size(); step += steps_[step].stages)
      VIVACE_CHECK_OK(emit_chain(step));
    add_output_copies();
    for (const Step& step : plan_->steps)
      plan_->workspace_bytes = std::max(plan_->workspace_bytes, aligned(step.workspace_bytes));
    return std::shared_ptr<const Plan>(std::move(plan_));
  }

 private:
  struct Planned {
    NodeId node;
    Choice choice;
    std::vector<Operand> inputs, outputs;
    std::size_t stages = 1;  // steps that run as one, from this one on
    std::int64_t strip = 0;  // lines of the last one's output at a time
    bool needless = false;   // its output is there already
  };

  Operand& value(ValueId id) { return values_[static_cast<std::size_t>(id)]; }
  Storage& storage(ValueId id) { return storage_[static_cast<std::size_t>(id)]; }
  Storage& root(ValueId id) { return storage(storage(id).root); }

  static bool is_view(const Node& node) { return node.op->name() == "reshape"; }

  // Which nodes need a step, which values share bytes, and when each root is first written and last read.
  void list_steps() {
    for (std::size_t id = 0; id < storage_.size(); ++id) storage_[id].root = static_cast<ValueId>(id);
    for (std::size_t id = 0; id < graph_.node_count(); ++id) {
      if (computed_[id]) continue;
      const Node& node = graph_.node(static_cast<NodeId>(id));
      if (is_view(node)) {
        storage(node.outputs[0]).root = storage(node.inputs[0]).root;
        continue;
      }
      const auto step = static_cast<std::int32_t>(steps_.size());
      for (const ValueId output : node.outputs) {
        storage(output).in_arena = true;
        storage(output).first = storage(output).last = step;
      }
      for (const ValueId input : node.inputs)
        if (input != kNoValue) root(input).last = std::max(root(input).last, step);
      steps_.push_back({static_cast<NodeId>(id), {}, {}, {}});
    }
    for (const ValueId output : graph_.outputs())
      root(output).last = static_cast<std::int32_t>(steps_.size());
  }

  // Inputs have ports; an output that a step makes is written straight into the caller's memory.
  void place_ports() {
    auto port = Address::kFirstPort;
    for (const ValueId input : graph_.inputs()) value(input).address = {port++, 0};
    for (const ValueId output : graph_.outputs()) {
      const Address here{port++, 0};
      plan_->output_shapes.push_back(value(output).dims);
      plan_->output_dtypes.push_back(value(output).dtype);
      Storage& store = root(output);
      if (!store.in_arena || store.is_port) continue;
      store.is_port = true;
      value(storage(output).root).address = here;
    }
  }

  void choose(std::size_t step) {
    Planned& planned = steps_[step];
    const Node& node = graph_.node(planned.node);
    for (const ValueId input : node.inputs) {
      planned.inputs.push_back(input == kNoValue ? Operand{} : value(input));
      planned.inputs.back().absent = input == kNoValue;
    }
    for (const ValueId output : node.outputs) planned.outputs.push_back(value(output));
    planned.choice = target_.choose({node, planned.inputs, planned.outputs}, numerics_);
    if (planned.choice.in_place) reuse_input(node, *planned.choice.in_place, static_cast<std::int32_t>(step));
  }

  // Lets the output take over the memory of an input that dies in this step.
  void reuse_input(const Node& node, std::size_t index, std::int32_t step) {
    const ValueId input = node.inputs[index], output = node.outputs[0];
    Storage& from = root(input);
    Storage& to = storage(output);
    const bool same_size = value(input).count() == value(output).count() &&
                           size_of(value(input).dtype) == size_of(value(output).dtype);
    if (!from.in_arena || from.is_port || from.last != step || to.is_port || !same_size) return;
    // Another operand in the same memory (a view, or the same value twice) would be overwritten while it is
    // read.
    for (std::size_t other = 0; other < node.inputs.size(); ++other)
      if (other != index && node.inputs[other] != kNoValue &&
          storage(node.inputs[other]).root == storage(input).root)
        return;
    from.last = std::max(from.last, to.last);
    to.in_arena = false;
    redirect(output, storage(input).root);
  }

  void redirect(ValueId old_root, ValueId new_root) {
    for (Storage& store : storage_)
      if (store.root == old_root) store.root = new_root;
  }

  // A concatenation of channels whose parts can be written where they belong copies nothing.
  void place_parts(std::size_t step) {
    const Node& node = graph_.node(steps_[step].node);
    if (node.op->name() != Concat::kName) return;
    const ValueId whole = node.outputs[0];
    const Operand& output = value(whole);
    const std::int64_t axis = static_cast<const Concat&>(*node.op).axis;
    if (output.dtype != DType::f32 || axis + 1 != static_cast<std::int64_t>(output.dims.size())) return;
    if (!storage(whole).in_arena || storage(whole).is_port || output.dims.back() % kWholeLines != 0) return;
    for (const ValueId part : node.inputs)
      if (!can_be_part(part, step)) return;
    std::int64_t channel = 0;
    for (const ValueId part : node.inputs) {
      make_part(part, whole, channel);
      channel += value(part).dims.back();
    }
    steps_[step].needless = true;
  }

  // Whether a value could lie in a larger one: made and read by steps that take places apart, with a number
  // of channels that keeps cache lines whole, and known by no other name.
  bool can_be_part(ValueId part, std::size_t concat) {
    const Storage& store = storage(part);
    if (!store.in_arena || store.is_port || store.root != part) return false;
    if (value(part).dims.back() % kWholeLines != 0) return false;
    const auto shares = [&](const Storage& other) { return other.root == part; };
    if (std::ranges::count_if(storage_, shares) != 1) return false;
    for (std::size_t step = 0; step < steps_.size(); ++step) {
      const Node& node = graph_.node(steps_[step].node);
      const bool makes = std::ranges::find(node.outputs, part) != node.outputs.end();
      const auto reads = std::ranges::count(node.inputs, part);
      if (makes && !steps_[step].choice.stepped) return false;
      if (step == concat ? reads != 1 : reads > 1) return false;
      if (reads == 1 && step != concat && (!steps_[step].choice.stepped || node.inputs[0] != part))
        return false;
    }
    return true;
  }

  void make_part(ValueId part, ValueId whole, std::int64_t channel) {
    Storage &from = storage(part), &to = storage(whole);
    to.first = std::min(to.first, from.first);
    to.last = std::max(to.last, from.last);
    from.in_arena = false;
    from.root = whole;
    from.offset = static_cast<std::uint64_t>(channel) * sizeof(float);
    const std::int64_t places = value(whole).dims.back();
    for (Planned& planned : steps_) {
      const Node& node = graph_.node(planned.node);
      std::optional<Lines>& lines = planned.choice.lines;
      if (planned.choice.stepped && node.inputs[0] == part) {
        planned.inputs[0].place_step = places;
        if (lines) lines->input_bytes = lines->input_bytes / value(part).dims.back() * places;
      }
      if (planned.choice.stepped && node.outputs[0] == part) {
        planned.outputs[0].place_step = places;
        if (lines) lines->output_bytes = lines->output_bytes / value(part).dims.back() * places;
      }
    }
  }

  // Whether nobody but the next step reads a step's output, and that one only as its input 0.
  bool feeds_only_next(std::size_t step) {
    const ValueId output = graph_.node(steps_[step].node).outputs[0];
    const Storage& store = storage(output);
    if (!store.in_arena || store.is_port || store.last != static_cast<std::int32_t>(step) + 1) return false;
    const Node& next = graph_.node(steps_[step + 1].node);
    for (std::size_t i = 1; i < next.inputs.size(); ++i)
      if (next.inputs[i] != kNoValue && storage(next.inputs[i]).root == output) return false;
    return next.inputs[0] == output;
  }

  std::size_t packed_bytes(const Planned& planned) const {
    std::size_t bytes = 0;
    for (const Choice::Packing& packing : planned.choice.packings)
      bytes += target_.packed_bytes(view_of(planned), packing);
    return bytes;
  }

  // Joins the steps from `first` on whose outputs are too large to stay near the core until the next step has
  // them. Half of what is near is for the lines between them; all their weights must fit in the other half.
  void find_chain(std::size_t first) {
    const std::size_t budget = target_.near_bytes() / 2;
    if (budget == 0 || !steps_[first].choice.lines) return;
    std::vector<Lines> lines{*steps_[first].choice.lines};
    std::size_t weights = packed_bytes(steps_[first]), last = first;
    for (; lines.size() < kMostStages && last + 1 < steps_.size(); ++last) {
      const Planned& next = steps_[last + 1];
      const auto bytes =
          static_cast<std::size_t>(lines.back().images * lines.back().outputs) * lines.back().output_bytes;
      weights += packed_bytes(next);
      if (!next.choice.lines || bytes < budget || weights > budget || !feeds_only_next(last)) break;
      lines.push_back(*next.choice.lines);
      const std::int64_t strip = strip_lines(lines, budget);
      if (strip == 0) break;
      steps_[first].strip = strip;
    }
    steps_[first].stages = last - first + 1;
    if (last > first) make_one(first, last);
  }

  // Everything that a chain reads lives to its end, what it writes lives from its start, and what is between
  // its steps needs no place.
  void make_one(std::size_t first, std::size_t last) {
    for (std::size_t step = first; step <= last; ++step) {
      const Node& node = graph_.node(steps_[step].node);
      for (const ValueId input : node.inputs)
        if (input != kNoValue) root(input).last = std::max(root(input).last, static_cast<std::int32_t>(last));
      Storage& output = root(node.outputs[0]);
      output.first = std::min(output.first, static_cast<std::int32_t>(first));
      if (step < last) output.in_arena = false;
    }
  }

  void place_arena() {
    std::vector<Lifetime> lifetimes;
    std::vector<ValueId> owners;
    for (std::size_t id = 0; id < storage_.size(); ++id) {
      const Storage& store = storage_[id];
      if (!store.in_arena || store.is_port) continue;
      const Operand& operand = values_[id];
      lifetimes.push_back(
          {static_cast<std::size_t>(operand.count()) * size_of(operand.dtype), store.first, store.last});
      owners.push_back(static_cast<ValueId>(id));
    }
    const Placement placement = place(lifetimes);
    for (std::size_t i = 0; i < owners.size(); ++i)
      value(owners[i]).address = {Address::kArena, placement.offsets[i]};
    plan_->arena_bytes = placement.bytes;
    plan_->arena_lower_bound = placement.lower_bound;
  }

  NodeView view_of(const Planned& planned) const {
    return {graph_.node(planned.node), planned.inputs, planned.outputs};
  }

  // Finds every packed weight, and packs what is missing.
  Status pack_weights(int threads) {
    struct Missing {
      Planned* planned;
      const Choice::Packing* packing;
      Result<const std::byte*> packed;
    };
    std::vector<Missing> missing;
    std::size_t bytes = 0;
    for (Planned& planned : steps_)
      for (const Choice::Packing& packing : planned.choice.packings) {
        const std::byte*& packed = planned.inputs[packing.input].packed;
        packed = pool_.find(target_, view_of(planned), packing);
        if (packed) continue;
        missing.push_back({&planned, &packing, packed});
        bytes += target_.packed_bytes(view_of(planned), packing);
      }
    in_parallel(bytes < kWorthAThread ? 1 : threads, missing.size(), [&](std::size_t i) {
      missing[i].packed = pool_.get(target_, view_of(*missing[i].planned), *missing[i].packing);
    });
    for (Missing& one : missing) {
      if (!one.packed.ok())
        return std::move(one.packed).error().within(text("node \"{}\"", graph_.node(one.planned->node).name));
      one.planned->inputs[one.packing->input].packed = *one.packed;
    }
    return {};
  }

  Address address_of(ValueId id) {
    if (value(id).constant) return value(id).address;
    Address address = value(storage(id).root).address;
    address.offset += storage(id).offset;
    return address;
  }

  Status emit_chain(std::size_t first) {
    if (steps_[first].needless) return {};
    const std::size_t last = first + steps_[first].stages - 1;
    if (first == last) {
      VIVACE_TRY(Step step, emit(first));
      plan_->steps.push_back(std::move(step));
      return {};
    }
    std::vector<Stage> stages;
    for (std::size_t i = first; i <= last; ++i) {
      VIVACE_TRY(Step step, emit(i));
      stages.push_back({std::move(step), *steps_[i].choice.lines});
    }
    plan_->steps.push_back(chain_steps(std::move(stages), steps_[first].inputs[0].address,
                                       steps_[last].outputs[0].address, steps_[first].strip));
    return {};
  }

  Result<Step> emit(std::size_t step) {
    Planned& planned = steps_[step];
    const Node& node = graph_.node(planned.node);
    for (std::size_t i = 0; i < planned.inputs.size(); ++i)
      if (!planned.inputs[i].absent) planned.inputs[i].address = address_of(node.inputs[i]);
    for (std::size_t i = 0; i < planned.outputs.size(); ++i)
      planned.outputs[i].address = address_of(node.outputs[i]);
    auto made = target_.emit(view_of(planned), planned.choice);
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
    auto port = Address::kFirstPort + static_cast<std::uint32_t>(graph_.inputs().size());
    for (const ValueId output : graph_.outputs()) {
      const Address to{port++, 0}, from = address_of(output);
      if (from == to) continue;
      const std::size_t bytes =
          static_cast<std::size_t>(value(output).count()) * size_of(value(output).dtype);
      Step step;
      step.kernel = "copy";
      step.cost.bytes_read = step.cost.bytes_written = static_cast<double>(bytes);
      step.work = make_work([=](const Frame& frame, Share) noexcept {
        if (bytes != 0) std::memcpy(frame.at<std::byte>(to), frame.at<std::byte>(from), bytes);
      });
      plan_->steps.push_back(std::move(step));
    }
  }

  const Graph& graph_;
  const Target& target_;
  const NumericOptions& numerics_;
  WeightPool& pool_;
  std::vector<Operand> values_;
  std::vector<bool> computed_;
  std::vector<Storage> storage_;
  std::vector<Planned> steps_;
  std::shared_ptr<Plan> plan_ = std::make_shared<Plan>();
};

}  // namespace

Result<std::shared_ptr<const Plan>> make_plan(const Graph& graph, std::span<const Shape> input_shapes,
                                              const Target& target, const NumericOptions& numerics,
                                              WeightPool& pool, int threads) {
  VIVACE_TRY(ResolvedGraph resolved, resolve(graph, input_shapes));
  return Planner(graph, target, numerics, pool, std::move(resolved)).run(input_shapes, threads);
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
