#include "import/keras/layers/recurrence.h"

#include "base/text.h"

namespace vivace::keras {
namespace {

using Kind = Setting::Kind;

// Time and batch change places, before and after: time_major layers have [T,B,...].
ValueId turned(Call& call, ValueId value, std::string_view step) {
  if (value == kNoValue || call.failed()) return value;
  Sizes order{1, 0};
  for (std::int64_t axis = 2; axis < call.rank(value); ++axis) order.push_back(axis);
  return call.transpose(value, order, step);
}

// How deep the lists of numbers go; a tensor ends them.
int depth_of(const Setting& setting) {
  if (!setting.is(Kind::list) || setting.items.empty()) return 0;
  return 1 + depth_of(setting.items.front());
}

bool holds_tensors(const Setting& setting) {
  if (setting.is(Kind::tensor) || setting.dtype) return true;
  for (const Setting& item : setting.items)
    if (holds_tensors(item)) return true;
  return false;
}

// A state is a tensor, or an array of numbers [batch, size].
void collect_states(Call& call, const Setting& given, std::vector<ValueId>& states) {
  const bool leaf = given.is(Kind::tensor) || given.dtype || (!holds_tensors(given) && depth_of(given) == 2);
  if (!leaf && given.is(Kind::list)) {
    for (const Setting& item : given.items) collect_states(call, item, states);
    return;
  }
  const ValueId state = call.as_value(given);
  if (state != kNoValue) states.push_back(state);
}

// Whether any number of any of the states is not zero: a boolean scalar.
ValueId any_set(Call& call, const std::vector<ValueId>& states) {
  ValueId any = kNoValue;
  for (const ValueId state : states) {
    const ValueId zero = call.scalar(0, call.dtype(state));
    const ValueId set = call.binary(Binary::Kind::not_equal, state, zero, "state_set");
    Sizes axes;
    for (std::int64_t axis = 0; axis < call.rank(state); ++axis) axes.push_back(axis);
    const ValueId one =
        call.add(with(Reduce{}, &Reduce::kind, Reduce::Kind::any, &Reduce::axes, axes), {set}, "any_state");
    any = any == kNoValue ? one : call.binary(Binary::Kind::logical_or, any, one, "any_state");
  }
  return any;
}

// What the layer kept from its call before. Keras 3 lets a state that is given come first; Keras 2 only where
// nothing was kept yet, by which it means that all is zero.
void keep_on(Call& call, Recurrence& run, const std::vector<Sizes>& sizes) {
  std::vector<ValueId> kept;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    Sizes dims{call.size(run.x, 0)};
    dims.insert(dims.end(), sizes[i].begin(), sizes[i].end());
    if (!call.failed()) kept.push_back(call.builder().state(call.layer(), i, call.dtype(run.x), dims));
  }
  if (call.failed()) return;
  if (run.states.empty()) return void(run.states = std::move(kept));
  if (call.era() >= 3) return;
  const ValueId any = any_set(call, kept);
  for (std::size_t i = 0; i < kept.size(); ++i)
    run.states[i] = call.add(Select{}, {any, kept[i], run.states[i]}, "kept_or_given");
}

// The mask with an axis for each of the sequence's.
ValueId aligned_mask(Call& call, ValueId mask, ValueId sequence) {
  Sizes target;
  for (std::int64_t axis = 0; axis < call.rank(sequence); ++axis)
    target.push_back(axis < call.rank(mask) ? Reshape::keep(axis) : 1);
  return call.reshape(mask, target, "mask_aligned");
}

// The last output in the order of running: the last state, except that a masked last step gives zeros where
// zero_output_for_mask asks for it.
ValueId last_output(Call& call, const Recurrence& run, const Steps& steps) {
  if (!run.zero_output || run.mask == kNoValue) return steps.last;
  const std::int64_t at = run.backwards ? 0 : -1;
  const Slice op = with(Slice{}, &Slice::axes, Sizes{1}, &Slice::starts, Sizes{at}, &Slice::stops,
                        Sizes{run.backwards ? 1 : Slice::kEnd}, &Slice::steps, Sizes{1});
  const ValueId step = call.add(op, {steps.sequence}, "last_step");
  Sizes target{Reshape::keep(0)};
  for (std::int64_t axis = 2; axis < call.rank(step); ++axis) target.push_back(Reshape::keep(axis));
  return call.reshape(step, target, "last");
}

// Keras sets the masked steps of an unrolled layer to zero when the sequence is complete; one that ran
// backwards is in reverse by then, and the mask is not.
ValueId whole_sequence(Call& call, const Recurrence& run, ValueId sequence) {
  const ValueId y =
      run.backwards ? call.add(with(Reverse{}, &Reverse::axes, Sizes{1}), {sequence}, "reversed") : sequence;
  if (!run.zero_late || call.failed()) return y;
  const ValueId zero = call.scalar(0, call.dtype(y));
  return call.add(Select{}, {aligned_mask(call, run.mask, y), y, zero}, "masked");
}

}  // namespace

std::vector<ValueId> given_states(Call& call, std::string_view key) {
  std::vector<ValueId> states;
  for (std::size_t i = 1; i < call.input_count(); ++i) states.push_back(call.input(i));
  const Setting* given = call.option(key, 1);
  if (given && states.empty()) collect_states(call, *given, states);
  return states;
}

ValueId sequence_mask(Call& call) {
  const ValueId given = call.tensor_option("mask", 2);
  return given == kNoValue ? call.mask() : given;
}

ValueId running_mask(Call& call) {
  const bool seen = call.era() < 3 || !call.option("initial_state", 1) || call.option("mask", 2);
  return seen ? sequence_mask(call) : kNoValue;
}

Recurrence begin_recurrence(Call& call, std::int64_t rank) {
  Recurrence run;
  const Config& config = call.config();
  if (config.integer("num_constants", 0) != 0)
    call.refuse("it passes constants to its cell", "use Keras's own cells, which take none");
  run.x = call.float_input();
  call.want_rank(run.x, rank);
  run.mask = running_mask(call);
  if (run.mask != kNoValue) run.mask = call.cast(run.mask, DType::boolean, "mask");
  run.states = given_states(call);
  if (config.flag("time_major", false)) {
    run.x = turned(call, run.x, "batch_first");
    run.mask = turned(call, run.mask, "mask_batch_first");
  }
  run.backwards = config.flag("go_backwards", false);
  run.zero_output = config.flag("zero_output_for_mask", false);
  run.zero_late = run.zero_output && run.backwards && config.flag("unroll", false) && run.mask != kNoValue &&
                  config.flag("return_sequences", false);
  return run;
}

void start_states(Call& call, Recurrence& run, const std::vector<Sizes>& sizes) {
  if (call.failed()) return;
  if (!run.states.empty() && run.states.size() != sizes.size())
    return call.fail(Error("import.config", text("layer \"{}\" has {} states and is called with {}",
                                                 call.layer().path, sizes.size(), run.states.size()))
                         .why("initial_state must have one tensor for each state of its cells")
                         .fix("save the model again from Keras: model.save(\"model.keras\")"));
  for (ValueId& state : run.states) state = call.cast(state, call.dtype(run.x), "state");
  if (call.config().flag("stateful", false)) keep_on(call, run, sizes);
}

void finish(Call& call, const Recurrence& run, const Steps& steps) {
  if (call.failed() || steps.last == kNoValue) return;
  const Config& config = call.config();
  if (config.flag("stateful", false))
    for (std::size_t i = 0; i < steps.states.size(); ++i)
      call.builder().set_state(call.layer(), i, steps.states[i]);
  if (config.flag("return_sequences", false)) {
    const ValueId y = whole_sequence(call, run, steps.sequence);
    call.output(config.flag("time_major", false) ? turned(call, y, "time_first") : y, sequence_mask(call));
  } else {
    call.output(last_output(call, run, steps), kNoValue);
  }
  if (!config.flag("return_state", false)) return;
  for (const ValueId state : steps.states) call.output(state, kNoValue);
}

}  // namespace vivace::keras
