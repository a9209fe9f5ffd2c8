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

// Steps of which each could hand its lines to the next.
struct Run {
  std::size_t first;
  std::vector<Lines> lines;               // of each step; of one that has none, zeros
  std::vector<std::size_t> weight_bytes;  // of each step
  std::size_t budget;                     // for the lines between the steps of a chain, and for its weights

  std::size_t size() const { return lines.size(); }
  std::size_t handed_on(std::size_t i) const {
    return static_cast<std::size_t>(lines[i].images * lines[i].outputs) * lines[i].output_bytes;
  }
};

// Half of what is near the core is for the lines between the steps; all their weights must fit in the other
// half. What stays near the core by itself is no reason to join.
Run run_from(Draft& draft, const Target& target, std::size_t first, std::size_t near) {
  Run run{first, {}, {}, near / 2};
  for (std::size_t step = first; step < draft.steps.size(); ++step) {
    const PlannedStep& planned = draft.steps[step];
    const bool has_lines = planned.choice.lines.has_value();
    if (step > first && (!has_lines || !feeds_only_next(draft, step - 1))) break;
    run.lines.push_back(has_lines ? *planned.choice.lines : Lines{});
    run.weight_bytes.push_back(has_lines ? packed_bytes(draft, target, planned) : 0);
    if (!has_lines || run.handed_on(run.size() - 1) < run.budget) break;
  }
  return run;
}

// Lines that steps [begin, end) of the run make at a time as one chain; 0 where they cannot be one.
std::int64_t strip_of(const Run& run, std::size_t begin, std::size_t end) {
  std::size_t weights = 0;
  for (std::size_t i = begin; i < end; ++i) weights += run.weight_bytes[i];
  if (end - begin > kMostStages || weights > run.budget) return 0;
  return strip_lines(std::span(run.lines).subspan(begin, end - begin), run.budget);
}

// The chains that hand the fewest bytes to one another through memory, found from the run's end.
void cut_run(Draft& draft, const Run& run) {
  struct Best {
    std::size_t bytes = 0, end = 0;
    std::int64_t strip = 0;
  };
  std::vector<Best> best(run.size() + 1);
  for (std::size_t begin = run.size(); begin-- > 0;) {
    const auto then = [&](std::size_t end) {
      return best[end].bytes + (end < run.size() ? run.handed_on(end - 1) : 0);
    };
    best[begin] = {then(begin + 1), begin + 1, 0};
    for (std::size_t end = begin + 2; end <= run.size(); ++end) {
      const std::int64_t strip = strip_of(run, begin, end);
      if (strip == 0) break;  // nor do more steps fit
      if (then(end) < best[begin].bytes) best[begin] = {then(end), end, strip};
    }
  }
  for (std::size_t begin = 0; begin < run.size(); begin = best[begin].end) {
    PlannedStep& planned = draft.steps[run.first + begin];
    planned.stages = best[begin].end - begin, planned.strip = best[begin].strip;
    if (planned.stages > 1) make_one(draft, run.first + begin, run.first + best[begin].end - 1);
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

void join_chains(Draft& draft, const Target& target) {
  const std::size_t near = target.near_bytes();
  if (near == 0) return;
  for (std::size_t first = 0; first < draft.steps.size();) {
    const Run run = run_from(draft, target, first, near);
    cut_run(draft, run);
    first += run.size();
  }
}

}  // namespace vivace
