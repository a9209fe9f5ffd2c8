// Subgraphs that operators run, and variables.
#include "base/text.h"
#include "import/tflite/build/constants.h"
#include "import/tflite/operators/families.h"

namespace vivace::tflite {

void run_inline(Call& call, std::int64_t subgraph) {
  const Model& model = *call.builder().model();
  if (subgraph < 0 || static_cast<std::size_t>(subgraph) >= model.subgraphs.size())
    return call.mistake(text("it runs subgraph {} of {}", subgraph, model.subgraphs.size()));
  Scope inner(model, static_cast<std::size_t>(subgraph));
  inner.initialising = call.scope().initialising;
  const Subgraph& graph = model.subgraphs[inner.subgraph];
  if (graph.inputs.size() != call.input_count() || graph.outputs.size() != call.output_count())
    return call.mistake(text("it has {} inputs and {} outputs, subgraph {} has {} and {}", call.input_count(),
                             call.output_count(), subgraph, graph.inputs.size(), graph.outputs.size()));
  for (std::size_t i = 0; i < graph.inputs.size(); ++i)
    inner.values[static_cast<std::size_t>(graph.inputs[i])] = call.optional(i);
  call.builder().run(inner);
  for (const std::int32_t output : graph.outputs)
    call.output(call.builder().value(inner, output, call.place()));
}

namespace {

void call_subgraph(Call& call) { run_inline(call, call.options<schema::CallOptions>().subgraph()); }

void composite(Call& call) {
  const Operator& op = call.op();
  if (op.options2_kind != static_cast<std::uint8_t>(schema::BuiltinOptions2::StableHLOCompositeOptions) ||
      !op.options2)
    return call.mistake("it has no options");
  run_inline(
      call,
      static_cast<const schema::StableHLOCompositeOptions*>(op.options2)->decomposition_subgraph_index());
}

void call_once(Call& call) {
  const std::int64_t subgraph = call.options<schema::CallOnceOptions>().init_subgraph_index();
  const Model& model = *call.builder().model();
  if (subgraph < 0 || static_cast<std::size_t>(subgraph) >= model.subgraphs.size())
    return call.mistake(text("it runs subgraph {} of {}", subgraph, model.subgraphs.size()));
  Scope inner(model, static_cast<std::size_t>(subgraph));
  inner.initialising = true;
  call.builder().run(inner);
}

void var_handle(Call& call) {
  const auto& o = call.options<schema::VarHandleOptions>();
  if (call.output_count() != 1 || call.op().outputs[0] < 0) return call.mistake("it has no output");
  const std::string key = text("{}/{}", o.container() ? o.container()->string_view() : "",
                               o.shared_name() ? o.shared_name()->string_view() : "");
  call.scope().handles[call.op().outputs[0]] = call.builder().variable("named " + key);
  call.output(kNoValue);
}

const std::size_t* variable(Call& call) {
  const auto found =
      call.has(0) ? call.scope().handles.find(call.op().inputs[0]) : call.scope().handles.end();
  if (found != call.scope().handles.end()) return &found->second;
  call.mistake("its first input is no variable");
  return nullptr;
}

void read_variable(Call& call) {
  const std::size_t* number = variable(call);
  if (!number || call.output_count() != 1 || call.op().outputs[0] < 0)
    return call.mistake("it has no output");
  const TensorRecord& tensor = call.output_tensor();
  const auto type = dtype_of(tensor.type);
  if (!type)
    return call.refuse(text("a variable of {}", name_of(tensor.type)),
                       "convert the model with variables of numbers");
  call.output(call.builder().read_variable(*number, *type, tensor.shape()));
}

void assign_variable(Call& call) {
  const std::size_t* number = variable(call);
  if (!number) return;
  if (!call.scope().initialising) return call.builder().assign_variable(*number, call.input(1));
  const ValueId value = call.input(1);
  if (call.failed()) return;
  if (ConstantPtr known = call.builder().graph().value(value).constant)
    return call.builder().initialise(*number, std::move(known));
  call.refuse("a variable's first value is computed",
              "convert the model with variables that start from constants");
}

constexpr auto kMoved = Quantised::moved;

constexpr Rule kRules[] = {
    {Code::CALL, call_subgraph, OptionsKind::CallOptions, kMoved},
    {Code::STABLEHLO_COMPOSITE, composite, OptionsKind::NONE, kMoved},
    {Code::CALL_ONCE, call_once, OptionsKind::CallOnceOptions},
    {Code::VAR_HANDLE, var_handle, OptionsKind::VarHandleOptions},
    {Code::READ_VARIABLE, read_variable, OptionsKind::ReadVariableOptions, kMoved},
    {Code::ASSIGN_VARIABLE, assign_variable, OptionsKind::AssignVariableOptions, kMoved},
};

}  // namespace

std::span<const Rule> control_rules() { return kRules; }

}  // namespace vivace::tflite
