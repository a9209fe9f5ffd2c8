// Recurrent layers: SimpleRNN, LSTM, GRU, and RNN around their cells.
#include "base/text.h"
#include "import/keras/build/activation.h"
#include "import/keras/build/rule.h"
#include "import/keras/layers/recurrence.h"

namespace vivace::keras {
namespace {

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

// One cell, or one layer of one cell: `owner` holds the config, and the weights under `prefix`.
struct Cell {
  Call& owner;
  const CellKind& kind;
  std::string_view prefix;

  std::vector<Sizes> state_sizes() const {
    return std::vector<Sizes>(kind.states, Sizes{owner.config().size("units")});
  }
};

Rnn operator_of(const Cell& cell, const Recurrence& run) {
  const Config& config = cell.owner.config();
  Rnn op = with(Rnn{}, &Rnn::cell, cell.kind.cell, &Rnn::reverse, run.backwards, &Rnn::zero_output_for_mask,
                run.zero_output && !run.zero_late);
  op.activation = elementwise_activation(cell.owner, "activation", "tanh");
  if (cell.kind.cell != Rnn::Cell::simple)
    op.recurrent_activation = elementwise_activation(cell.owner, "recurrent_activation", "hard_sigmoid");
  op.reset_after = cell.kind.cell == Rnn::Cell::gru && config.flag("reset_after", false);
  return op;
}

// Runs one cell over the whole sequence.
Steps run_cell(const Cell& cell, const Recurrence& run, std::string_view step) {
  Call& owner = cell.owner;
  const Config& config = owner.config();
  const std::int64_t units = config.size("units");
  const Rnn op = operator_of(cell, run);
  const std::int64_t width = op.gates() * units;
  const std::string part(cell.prefix);
  const ValueId kernel = owner.weight(part + "kernel", {owner.size(run.x, -1), width}, "units");
  const ValueId recurrent = owner.weight(part + "recurrent_kernel", {units, width}, "units");
  ValueId bias = kNoValue;
  if (config.flag("use_bias", true))
    bias = owner.weight(part + "bias", op.reset_after ? Sizes{2, width} : Sizes{width}, "units");
  std::vector<ValueId> inputs{run.x, kernel, recurrent, bias, run.mask};
  inputs.insert(inputs.end(), run.states.begin(), run.states.end());
  auto outputs = owner.add_many(op, std::move(inputs), step);
  if (outputs.size() != cell.kind.states + 1) return {};
  return {outputs[0], outputs[1], {outputs.begin() + 1, outputs.end()}};
}

void recurrent(Call& call) {
  const Cell cell{call, *cell_kind(call.layer().class_name), "cell/"};
  Recurrence run = begin_recurrence(call, 3);
  start_states(call, run, cell.state_sizes());
  if (!call.failed()) finish(call, run, run_cell(cell, run, {}));
}

// The cells of an RNN layer, in running order; those of stacked cells within stacked cells too.
void list_cells(Layer& cell, std::vector<Layer*>& cells) {
  if (cell.class_name != "StackedRNNCells") return cells.push_back(&cell);
  for (const auto& inner : cell.children) list_cells(*inner, cells);
}

// Each cell runs over the whole sequence that the one before it made.
Steps run_cells(const std::vector<Cell>& cells, const Recurrence& whole) {
  Recurrence run = whole;
  Steps all;
  auto given = whole.states.begin();
  for (const Cell& cell : cells) {
    run.states.clear();
    for (std::size_t i = 0; i < cell.kind.states && given != whole.states.end(); ++i)
      run.states.push_back(*given++);
    const Steps steps = run_cell(cell, run, {});
    all.states.insert(all.states.end(), steps.states.begin(), steps.states.end());
    all.sequence = run.x = steps.sequence;
    all.last = steps.last;
  }
  return all;
}

// Keras 3 computes in the cells' policies and hands out what the layer around them has for its own.
void give_as_outer_layer(Call& call, Steps& steps) {
  call.compute_in(policy_of(call.config(), call.layer().path).compute);
  steps.sequence = call.cast(steps.sequence, call.float_type(), "sequence_in_policy");
  steps.last = call.cast(steps.last, call.float_type(), "last_in_policy");
  for (ValueId& state : steps.states) state = call.cast(state, call.float_type(), "state_in_policy");
}

// RNN(cell) and RNN([cell, cell]).
void rnn_of_cells(Call& call) {
  Layer* outer = call.layer().child("cell");
  if (!outer) return call.config().mistake("cell", "a cell");
  std::vector<Layer*> layers;
  list_cells(*outer, layers);
  if (layers.empty()) return call.config().mistake("cell", "at least one cell");
  std::vector<Call> owners;
  owners.reserve(layers.size());
  std::vector<Cell> cells;
  std::vector<Sizes> sizes;
  for (Layer* each : layers) {
    const CellKind* kind = cell_kind(each->class_name);
    if (!kind || !each->class_name.ends_with("Cell"))
      return call.refuse(text("its cell is a {}", each->class_name), "use LSTM, GRU or SimpleRNN cells");
    cells.push_back({owners.emplace_back(call.builder(), *each, Invocation()), *kind, ""});
    const auto own = cells.back().state_sizes();
    sizes.insert(sizes.end(), own.begin(), own.end());
  }
  Recurrence run = begin_recurrence(call, 3);
  start_states(call, run, sizes);
  if (call.failed()) return;
  Steps steps = run_cells(cells, run);
  if (call.era() >= 3) give_as_outer_layer(call, steps);
  finish(call, run, steps);
}

// A cell called by itself: one step, as a sequence of one. It gives its output and its states.
void cell_alone(Call& call) {
  const Cell cell{call, *cell_kind(call.layer().class_name), ""};
  Recurrence run;
  run.x = call.reshape(call.float_input(), {Reshape::keep(0), 1, Reshape::keep(1)}, "one_step");
  run.states = given_states(call, "states");
  start_states(call, run, cell.state_sizes());
  if (call.failed()) return;
  const Steps steps = run_cell(cell, run, {});
  call.output(steps.last, kNoValue);
  for (const ValueId state : steps.states) call.output(state, kNoValue);
}

void stacked_alone(Call& call) {
  call.refuse("stacked cells outside an RNN layer", "wrap them: keras.layers.RNN(cells)");
}

constexpr std::string_view kInCell = "cell/kernel cell/recurrent_kernel cell/bias?use_bias";
constexpr std::string_view kCell = "kernel recurrent_kernel bias?use_bias";

constexpr Rule kRules[] = {
    {"SimpleRNN", recurrent, kInCell},    {"LSTM", recurrent, kInCell},
    {"GRU", recurrent, kInCell},          {"RNN", rnn_of_cells},
    {"SimpleRNNCell", cell_alone, kCell}, {"LSTMCell", cell_alone, kCell},
    {"GRUCell", cell_alone, kCell},       {"StackedRNNCells", stacked_alone},
};

}  // namespace

std::span<const Rule> rnn_rules() { return kRules; }

}  // namespace vivace::keras
