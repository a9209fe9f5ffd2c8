#include "plan/control.h"

#include <algorithm>
#include <cstring>

#include "base/text.h"
#include "ops/control/if.h"
#include "ops/control/while.h"

namespace vivace {
namespace {

std::size_t bytes_of(const Operand& operand) {
  return static_cast<std::size_t>(operand.count()) * size_of(operand.dtype);
}

std::size_t ports_of(const Plan& plan) { return plan.input_shapes.size() + plan.output_shapes.size(); }

// Where the parts of a step's own memory lie. Bodies run one after the other: they share an arena and a
// workspace, and have a table of their memories each.
struct Scratch {
  std::vector<std::size_t> tables, spares;
  std::size_t flag = 0, arena = 0, workspace = 0, bytes = 0;

  explicit Scratch(const PlannedStep& planned) {
    std::size_t arena_bytes = 0, workspace_bytes = 0;
    for (const auto& plan : planned.bodies) {
      tables.push_back(take((Address::kFirstPort + ports_of(*plan)) * sizeof(std::byte*)));
      arena_bytes = std::max(arena_bytes, plan->arena_bytes);
      workspace_bytes = std::max(workspace_bytes, plan->workspace_bytes);
    }
    for (const Operand& output : planned.outputs) spares.push_back(take(bytes_of(output)));
    flag = take(1);
    arena = take(arena_bytes);
    workspace = take(workspace_bytes);
  }

 private:
  std::size_t take(std::size_t size) {
    const std::size_t at = bytes;
    bytes += aligned(size);
    return at;
  }
};

// A body's plan, run step by step on the thread that asks.
class Body {
 public:
  Body(std::shared_ptr<const Plan> plan, std::size_t table, const Scratch& scratch)
      : plan_(std::move(plan)), table_(table), arena_(scratch.arena), workspace_(scratch.workspace) {}

  /// Its table of memories; ports are to be filled in.
  std::byte** open(std::byte* scratch) const {
    auto* const table = reinterpret_cast<std::byte**>(scratch + table_);
    table[Address::kConstant] = nullptr;
    table[Address::kArena] = scratch + arena_;
    return table;
  }
  std::byte** inputs(std::byte** table) const { return table + Address::kFirstPort; }
  std::byte** outputs(std::byte** table) const { return inputs(table) + plan_->input_shapes.size(); }

  Fault run(std::byte* scratch, std::byte** table, const Frame& outer, std::int64_t* turns_left) const {
    Frame frame;
    frame.told = outer.told;
    frame.bases = table;
    frame.workspace = scratch + workspace_;
    frame.workspace_bytes = plan_->workspace_bytes;
    frame.turns_left = turns_left;
    for (const Step& step : plan_->steps)
      if (const Fault fault = step.work->run(frame, {0, step.chunks, 0}); fault != Fault::none) return fault;
    return Fault::none;
  }

 private:
  std::shared_ptr<const Plan> plan_;
  std::size_t table_, arena_, workspace_;
};

struct Place {
  Address address;
  std::size_t bytes;
};

std::vector<Place> places_of(std::span<const Operand> operands) {
  std::vector<Place> places;
  for (const Operand& operand : operands) places.push_back({operand.address, bytes_of(operand)});
  return places;
}

class Branch : public Work {
 public:
  explicit Branch(const PlannedStep& planned)
      : scratch_(planned),
        memory_(planned.scratch),
        then_(planned.bodies[0], scratch_.tables[0], scratch_),
        otherwise_(planned.bodies[1], scratch_.tables[1], scratch_),
        inputs_(places_of(planned.inputs)),
        outputs_(places_of(planned.outputs)) {}

  Fault run(const Frame& frame, Share) const noexcept override {
    std::byte* const scratch = frame.at<std::byte>(memory_);
    const Body& body = *frame.at<const std::uint8_t>(inputs_[0].address) != 0 ? then_ : otherwise_;
    std::byte** const table = body.open(scratch);
    for (std::size_t i = 1; i < inputs_.size(); ++i)
      body.inputs(table)[i - 1] = frame.at<std::byte>(inputs_[i].address);
    for (std::size_t k = 0; k < outputs_.size(); ++k)
      body.outputs(table)[k] = frame.at<std::byte>(outputs_[k].address);
    std::int64_t turns_left = kMostTurns;
    return body.run(scratch, table, frame, frame.turns_left ? frame.turns_left : &turns_left);
  }

 private:
  Scratch scratch_;
  Address memory_;
  Body then_, otherwise_;
  std::vector<Place> inputs_, outputs_;
};

// What is carried lies in the caller's inputs at first; then a turn reads one of two places, the step's
// output and a spare one, and writes the other. What a turn may change in place lies in the output from the
// start: rows that are written one a turn would cost a copy of all of them else.
class Loop : public Work {
 public:
  Loop(const While& op, const PlannedStep& planned)
      : scratch_(planned),
        memory_(planned.scratch),
        condition_(planned.bodies[0], scratch_.tables[0], scratch_),
        body_(planned.bodies[1], scratch_.tables[1], scratch_),
        inputs_(places_of(planned.inputs)),
        outputs_(places_of(planned.outputs)),
        carries_(op.carries.begin(), op.carries.end()),
        stays_(carries_.size()) {
    for (const Plan::Replaceable& one : planned.bodies[1]->replaceable)
      stays_[one.output] = carries_[one.output] == one.input;
  }

  Fault run(const Frame& frame, Share) const noexcept override {
    std::byte* const scratch = frame.at<std::byte>(memory_);
    std::byte** const asked = condition_.open(scratch);
    std::byte** const table = body_.open(scratch);
    std::byte* const* const now = body_.inputs(table);
    for (std::size_t i = 0; i < inputs_.size(); ++i)
      body_.inputs(table)[i] = condition_.inputs(asked)[i] = frame.at<std::byte>(inputs_[i].address);
    for (std::size_t k = 0; k < outputs_.size(); ++k)
      body_.outputs(table)[k] = frame.at<std::byte>(outputs_[k].address);
    for (std::size_t k = 0; k < outputs_.size(); ++k)
      if (stays_[k]) copy(now[carries_[k]], k, body_.outputs(table)[k]), stay(asked, table, k);
    condition_.outputs(asked)[0] = scratch + scratch_.flag;
    std::int64_t own_turns = kMostTurns;
    std::int64_t* const turns_left = frame.turns_left ? frame.turns_left : &own_turns;
    for (bool first = true;; first = false) {
      if (const Fault fault = condition_.run(scratch, asked, frame, turns_left); fault != Fault::none)
        return fault;
      if (scratch[scratch_.flag] == std::byte{0}) break;
      if (--*turns_left < 0) return Fault::endless_loop;
      if (const Fault fault = body_.run(scratch, table, frame, turns_left); fault != Fault::none)
        return fault;
      hand_on(scratch, asked, table, first);
    }
    for (std::size_t k = 0; k < outputs_.size(); ++k)
      copy(now[carries_[k]], k, frame.at<std::byte>(outputs_[k].address));
    return Fault::none;
  }

 private:
  void copy(const std::byte* from, std::size_t k, std::byte* to) const noexcept {
    if (from != to && outputs_[k].bytes != 0) std::memcpy(to, from, outputs_[k].bytes);
  }
  void stay(std::byte** asked, std::byte** table, std::size_t k) const noexcept {
    body_.inputs(table)[carries_[k]] = condition_.inputs(asked)[carries_[k]] = body_.outputs(table)[k];
  }

  // What the turn made is what the next one reads, and what it read may be written: but not the inputs.
  void hand_on(std::byte* scratch, std::byte** asked, std::byte** table, bool first) const noexcept {
    for (std::size_t k = 0; k < carries_.size(); ++k) {
      if (stays_[k]) continue;
      std::byte*& read = body_.inputs(table)[carries_[k]];
      std::byte*& made = body_.outputs(table)[k];
      std::byte* const free = first ? scratch + scratch_.spares[k] : read;
      read = condition_.inputs(asked)[carries_[k]] = made;
      made = free;
    }
  }

  Scratch scratch_;
  Address memory_;
  Body condition_, body_;
  std::vector<Place> inputs_, outputs_;
  std::vector<std::size_t> carries_;
  std::vector<std::uint8_t> stays_;  // whether it is changed in place
};

}  // namespace

std::vector<Shape> body_shapes(const Op& op, std::span<const Operand> inputs) {
  std::vector<Shape> shapes;
  for (const Operand& input : inputs.subspan(op.name() == If::kName ? 1 : 0)) shapes.push_back(input.dims);
  return shapes;
}

std::size_t control_bytes(const PlannedStep& planned) { return Scratch(planned).bytes; }

Step emit_control(const Op& op, const PlannedStep& planned) {
  Step step;
  if (op.name() == While::kName) {
    step.kernel = "loop";
    step.work = std::make_unique<const Loop>(static_cast<const While&>(op), planned);
  } else {
    step.kernel = "branch";
    step.work = std::make_unique<const Branch>(planned);
  }
  return step;
}

}  // namespace vivace
