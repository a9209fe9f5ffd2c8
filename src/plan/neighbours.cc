#include "plan/neighbours.h"

#include <algorithm>

#include "ops/movement/concat.h"
#include "plan/strips.h"

namespace vivace {
namespace {

// Channels that fill a cache line: parts of a tensor are placed only so that their lines stay whole.
constexpr std::int64_t kWholeLines = 16;

// Whether a value could lie in a larger one: made and read by steps that take places apart, with a number
// of channels that keeps cache lines whole, and known by no other name.
bool can_be_part(Draft& draft, ValueId part, std::size_t concat) {
  const Storage& store = draft.storage(part);
  if (!store.in_arena || store.is_port || store.root != part) return false;
  if (draft.value(part).dims.back() % kWholeLines != 0) return false;
  const auto shares = [&](const Storage& other) { return other.root == part; };
  if (std::ranges::count_if(draft.places, shares) != 1) return false;
  for (std::size_t step = 0; step < draft.steps.size(); ++step) {
    const Node& node = draft.graph.node(draft.steps[step].node);
    const bool makes = std::ranges::find(node.outputs, part) != node.outputs.end();
    const auto reads = std::ranges::count(node.inputs, part);
    if (makes && !draft.steps[step].choice.stepped) return false;
    if (step == concat ? reads != 1 : reads > 1) return false;
    if (reads == 1 && step != concat && (!draft.steps[step].choice.stepped || node.inputs[0] != part))
      return false;
  }
  return true;
}

void make_part(Draft& draft, ValueId part, ValueId whole, std::int64_t channel) {
  Storage &from = draft.storage(part), &to = draft.storage(whole);
  to.first = std::min(to.first, from.first);
  to.last = std::max(to.last, from.last);
  from.in_arena = false;
  from.root = whole;
  from.offset = static_cast<std::uint64_t>(channel) * sizeof(float);
  const std::int64_t places = draft.value(whole).dims.back();
  for (PlannedStep& planned : draft.steps) {
    const Node& node = draft.graph.node(planned.node);
    std::optional<Lines>& lines = planned.choice.lines;
    if (planned.choice.stepped && node.inputs[0] == part) {
      planned.inputs[0].place_step = places;
      if (lines) lines->input_bytes = lines->input_bytes / draft.value(part).dims.back() * places;
    }
    if (planned.choice.stepped && node.outputs[0] == part) {
      planned.outputs[0].place_step = places;
      if (lines) lines->output_bytes = lines->output_bytes / draft.value(part).dims.back() * places;
    }
  }
}

// Whether nobody but the next step reads a step's output, and that one only as its input 0.
bool feeds_only_next(Draft& draft, std::size_t step) {
  const ValueId output = draft.graph.node(draft.steps[step].node).outputs[0];
  const Storage& store = draft.storage(output);
  if (!store.in_arena || store.is_port || store.last != static_cast<std::int32_t>(step) + 1) return false;
  const Node& next = draft.graph.node(draft.steps[step + 1].node);
  for (std::size_t i = 1; i < next.inputs.size(); ++i)
    if (next.inputs[i] != kNoValue && draft.storage(next.inputs[i]).root == output) return false;
  return next.inputs[0] == output;
}

std::size_t packed_bytes(const Draft& draft, const Target& target, const PlannedStep& planned) {
  std::size_t bytes = 0;
  for (const Choice::Packing& packing : planned.choice.packings)
    bytes += target.packed_bytes(draft.view_of(planned), packing);
  return bytes;
}

// Everything that a chain reads lives to its end, what it writes lives from its start, and what is between
// its steps needs no place.
void make_one(Draft& draft, std::size_t first, std::size_t last) {
  for (std::size_t step = first; step <= last; ++step) {
    const Node& node = draft.graph.node(draft.steps[step].node);
    for (const ValueId input : node.inputs)
      if (input != kNoValue)
        draft.root(input).last = std::max(draft.root(input).last, static_cast<std::int32_t>(last));
    Storage& output = draft.root(node.outputs[0]);
    output.first = std::min(output.first, static_cast<std::int32_t>(first));
    if (step < last) output.in_arena = false;
  }
}

}  // namespace

void place_parts(Draft& draft, std::size_t step) {
  const Node& node = draft.graph.node(draft.steps[step].node);
  if (node.op->name() != Concat::kName) return;
  const ValueId whole = node.outputs[0];
  const Operand& output = draft.value(whole);
  const std::int64_t axis = static_cast<const Concat&>(*node.op).axis;
  if (output.dtype != DType::f32 || axis + 1 != static_cast<std::int64_t>(output.dims.size())) return;
  if (!draft.storage(whole).in_arena || draft.storage(whole).is_port || output.dims.back() % kWholeLines != 0)
    return;
  for (const ValueId part : node.inputs)
    if (!can_be_part(draft, part, step)) return;
  std::int64_t channel = 0;
  for (const ValueId part : node.inputs) {
    make_part(draft, part, whole, channel);
    channel += draft.value(part).dims.back();
  }
  draft.steps[step].needless = true;
}

// Half of what is near the core is for the lines between the steps; all their weights must fit in the other
// half.
void join_chain(Draft& draft, const Target& target, std::size_t first) {
  const std::size_t budget = target.near_bytes() / 2;
  if (budget == 0 || !draft.steps[first].choice.lines) return;
  std::vector<Lines> lines{*draft.steps[first].choice.lines};
  std::size_t weights = packed_bytes(draft, target, draft.steps[first]), last = first;
  for (; lines.size() < kMostStages && last + 1 < draft.steps.size(); ++last) {
    const PlannedStep& next = draft.steps[last + 1];
    const auto bytes =
        static_cast<std::size_t>(lines.back().images * lines.back().outputs) * lines.back().output_bytes;
    weights += packed_bytes(draft, target, next);
    if (!next.choice.lines || bytes < budget || weights > budget || !feeds_only_next(draft, last)) break;
    lines.push_back(*next.choice.lines);
    const std::int64_t strip = strip_lines(lines, budget);
    if (strip == 0) break;
    draft.steps[first].strip = strip;
  }
  draft.steps[first].stages = last - first + 1;
  if (last > first) make_one(draft, first, last);
}

}  // namespace vivace
