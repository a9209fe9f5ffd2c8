// Recurrent layers: SimpleRNN, LSTM, GRU, and RNN around their cells.
#include "base/text.h"
#include "import/keras/build/activation.h"
#include "import/keras/build/rule.h"

namespace vivace::keras {
namespace {

struct Steps {
  ValueId sequence = kNoValue;
  std::vector<ValueId> states;
};

struct Run {
  ValueId x = kNoValue, mask = kNoValue;
  std::vector<ValueId> states;  // empty, or one for h and one for c
  bool backwards = false;
  bool zero_output = false;
};

struct CellKind {
  std::string_view name;
  Rnn::Cell cell;
  std::size_t states;
};

constexpr CellKind kSimple{"SimpleRNN", Rnn::Cell::simple, 1};
constexpr CellKind kLstm{"LSTM", Rnn::Cell::lstm, 2};
constexpr CellKind kGru{"GRU", Rnn::Cell::gru, 1};

const CellKind* cell_kind(std::string_view class_name) {
  for (const CellKind* kind : {&kSimple, &kLstm, &kGru})
    if (class_name.substr(0, kind->name.size()) == kind->name) return kind;
  return nullptr;
}

// Runs one cell over the sequence. `owner` holds the cell's config and weights, under `prefix`.
Steps run_cell(Call& owner, const CellKind& kind, std::string_view prefix, const Run& run,
               std::string_view step) {
  const Config& config = owner.config();
  const std::int64_t units = config.size("units");
  Rnn op = with(Rnn{}, &Rnn::cell, kind.cell, &Rnn::reverse, run.backwards, &Rnn::zero_output_for_mask,
                run.zero_output);
  op.activation = elementwise_activation(owner, "activation", "tanh");
  if (kind.cell != Rnn::Cell::simple)
    op.recurrent_activation = elementwise_activation(owner, "recurrent_activation", "hard_sigmoid");
  op.reset_after = kind.cell == Rnn::Cell::gru && config.flag("reset_after", false);
  const std::int64_t width = op.gates() * units;
  const std::string part(prefix);
  const ValueId kernel = owner.weight(part + "kernel", {owner.size(run.x, -1), width}, "units");
  const ValueId recurrent = owner.weight(part + "recurrent_kernel", {units, width}, "units");
  ValueId bias = kNoValue;
  if (config.flag("use_bias", true))
    bias = owner.weight(part + "bias", op.reset_after ? Sizes{2, width} : Sizes{width}, "units");
  std::vector<ValueId> inputs{run.x, kernel, recurrent, bias, run.mask};
  inputs.insert(inputs.end(), run.states.begin(), run.states.end());
  auto outputs = owner.add_many(op, std::move(inputs), step);
  if (outputs.size() != kind.states + 1) return {};
  return {outputs[0], {outputs.begin() + 1, outputs.end()}};
}

// The initial state: further inputs in Keras 2, an argument in Keras 3.
std::vector<ValueId> initial_states(Call& call) {
  std::vector<ValueId> states;
  for (std::size_t i = 1; i < call.input_count(); ++i) states.push_back(call.float_input(i));
  if (const Setting* given = call.option("initial_state", 1); given && states.empty()) {
    Setting copy = *given;
    for (const Setting* tensor : tensors_of(copy))
      states.push_back(call.cast(tensor->flow.value, DType::f32, "state"));
  }
  return states;
}

Run run_of(Call& call) {
  Run run;
  run.x = call.float_input();
  run.mask = call.tensor_option("mask", 2);
  call.want_rank(run.x, 3);
  if (run.mask == kNoValue) run.mask = call.mask();
  run.states = initial_states(call);
  run.backwards = call.config().flag("go_backwards", false);
  run.zero_output = call.config().flag("zero_output_for_mask", false);
  return run;
}

// The last output in the order of running: the state, except that a masked last step gives zeros where
// zero_output_for_mask asks for it.
ValueId last_output(Call& call, const Run& run, const Steps& steps) {
  if (!run.zero_output || run.mask == kNoValue) return steps.states.front();
  const std::int64_t at = run.backwards ? 0 : -1;
  Slice op = with(Slice{}, &Slice::axes, Sizes{1}, &Slice::starts, Sizes{at}, &Slice::stops,
                  Sizes{run.backwards ? 1 : Slice::kEnd}, &Slice::steps, Sizes{1});
  const ValueId step = call.add(op, {steps.sequence}, "last_step");
  return call.reshape(step, {Reshape::keep(0), Reshape::keep(2)}, "last");
}

void finish(Call& call, const Run& run, const Steps& steps, const std::vector<ValueId>& states) {
  if (call.failed() || steps.states.empty()) return;
  if (call.config().flag("return_sequences", false)) {
    const ValueId y = run.backwards
                          ? call.add(with(Reverse{}, &Reverse::axes, Sizes{1}), {steps.sequence}, "reversed")
                          : steps.sequence;
    call.output(y, run.mask);
  } else {
    call.output(last_output(call, run, steps), kNoValue);
  }
  if (!call.config().flag("return_state", false)) return;
  for (const ValueId state : states) call.output(state, kNoValue);
}

void recurrent(Call& call) {
  const CellKind* kind = cell_kind(call.layer().class_name);
  const Run run = run_of(call);
  const Steps steps = run_cell(call, *kind, "cell/", run, {});
  finish(call, run, steps, steps.states);
}

// RNN(cell) and RNN([cell, cell]): each cell runs over the whole sequence that the one before it made.
void rnn_of_cells(Call& call) {
  Layer* cell = call.layer().child("cell");
  if (!cell) return call.config().mistake("cell", "a cell");
  std::vector<Layer*> cells;
  for (const auto& inner : cell->children) cells.push_back(inner.get());
  if (cells.empty()) cells = {cell};
  const Run whole = run_of(call);
  Run run = whole;
  Steps steps;
  std::vector<ValueId> states;
  auto given = whole.states.begin();
  for (Layer* each : cells) {
    const CellKind* kind = cell_kind(each->class_name);
    if (!kind)
      return call.refuse(text("its cell is a {}", each->class_name), "use LSTM, GRU or SimpleRNN cells");
    run.states.clear();
    for (std::size_t i = 0; i < kind->states && given != whole.states.end(); ++i)
      run.states.push_back(*given++);
    Call owner(call.builder(), *each, {});
    steps = run_cell(owner, *kind, "", run, {});
    states.insert(states.end(), steps.states.begin(), steps.states.end());
    run.x = steps.sequence;
  }
  finish(call, whole, steps, states);
}

void cell_alone(Call& call) { call.refuse("a cell outside an RNN layer", "wrap it: keras.layers.RNN(cell)"); }

std::string_view stateful(const Config& config) {
  if (config.flag("stateful", false)) return "stateful=True keeps state from call to call";
  return config.flag("time_major", false) ? "time_major=True" : "";
}

constexpr std::string_view kInCell = "cell/kernel cell/recurrent_kernel cell/bias?use_bias";
constexpr std::string_view kCell = "kernel recurrent_kernel bias?use_bias";

constexpr Rule kRules[] = {
    {"SimpleRNN", recurrent, kInCell, Masks::drop, stateful},
    {"LSTM", recurrent, kInCell, Masks::drop, stateful},
    {"GRU", recurrent, kInCell, Masks::drop, stateful},
    {"RNN", rnn_of_cells, "", Masks::drop, stateful},
    {"SimpleRNNCell", cell_alone, kCell},
    {"LSTMCell", cell_alone, kCell},
    {"GRUCell", cell_alone, kCell},
    {"StackedRNNCells", cell_alone},
};

}  // namespace

std::span<const Rule> rnn_rules() { return kRules; }

}  // namespace vivace::keras
