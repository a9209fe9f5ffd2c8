// Loops and choices of TensorFlow Lite files whose subgraphs do not fit: each is one typed error.
#include <doctest/doctest.h>

#include <functional>

#include "base/file.h"
#include "import/tflite/tflite.h"
#include "tflite_made/made_generated.h"

namespace vivace {
namespace {

namespace made = tflite::made;

// Element types as the file numbers them.
constexpr std::int8_t kFloat32 = 0, kInt32 = 2, kBool = 6, kUint32 = 15;

using Change = std::function<void(made::ModelT&)>;

// The id and text of the error that a changed model gives.
std::string told(const char* name, const Change& change) {
  const auto file = File::open(std::string(VIVACE_TFLITE_CASES "/control/") + name + ".tflite").value();
  made::ModelT model;
  made::GetModel(file->bytes().data())->UnPackTo(&model);
  change(model);
  flatbuffers::FlatBufferBuilder builder;
  builder.Finish(made::Model::Pack(builder, &model), made::ModelIdentifier());
  const auto* const data = reinterpret_cast<const std::byte*>(builder.GetBufferPointer());
  const auto held = std::make_shared<std::vector<std::byte>>(data, data + builder.GetSize());
  const auto read = tflite::read(*held, held, "m.tflite");
  if (!read.ok()) return to_text(read.error());
  const auto imported = tflite::import_records(*read);
  if (!imported.ok()) return to_text(imported.error());
  const Status sound = verify(imported->graph);
  return sound.ok() ? "" : to_text(sound.error());
}

// The operator of the main subgraph that runs others.
made::OperatorT& caller(made::ModelT& model) {
  for (auto& op : model.subgraphs[0]->operators)
    if (op->builtin_options.AsWhileOptions() || op->builtin_options.AsIfOptions()) return *op;
  throw std::runtime_error("no such operator");
}
made::WhileOptionsT& loop(made::ModelT& model) { return *caller(model).builtin_options.AsWhileOptions(); }
made::IfOptionsT& choice(made::ModelT& model) { return *caller(model).builtin_options.AsIfOptions(); }
made::SubGraphT& body(made::ModelT& model) {
  return *model.subgraphs[static_cast<std::size_t>(loop(model).body_subgraph_index)];
}
made::SubGraphT& condition(made::ModelT& model) {
  return *model.subgraphs[static_cast<std::size_t>(loop(model).cond_subgraph_index)];
}

void refused(const char* model, const char* id, const Change& change) {
  const std::string text = told(model, change);
  CHECK_MESSAGE(text.starts_with(std::string("error[") + id + "]"), text);
}

}  // namespace

TEST_CASE("loops whose subgraphs are not there, or have other inputs and outputs, are refused") {
  CHECK(told("loop", [](made::ModelT&) {}).empty());
  for (const int index : {-1, 3, 99}) {
    refused("loop", "import.config", [&](auto& m) { loop(m).cond_subgraph_index = index; });
    refused("loop", "import.config", [&](auto& m) { loop(m).body_subgraph_index = index; });
  }
  refused("loop", "import.config", [](auto& m) { loop(m).body_subgraph_index = 0; });
  refused("loop", "import.config", [](auto& m) { body(m).inputs.pop_back(); });
  refused("loop", "import.config", [](auto& m) { body(m).outputs.pop_back(); });
  refused("loop", "import.config", [](auto& m) { condition(m).inputs.clear(); });
  refused("loop", "import.config", [](auto& m) { condition(m).outputs.clear(); });
  refused("loop", "import.config", [](auto& m) { caller(m).outputs.pop_back(); });
  refused("loop", "import.config", [](auto& m) { caller(m).inputs.pop_back(); });
  refused("loop", "import.config", [](auto& m) { body(m).inputs[1] = body(m).inputs[0]; });
}

TEST_CASE("loops that carry something else than they take are refused") {
  refused("loop", "op.shape", [](auto& m) { std::swap(body(m).outputs[0], body(m).outputs[1]); });
  refused("loop", "import.config", [](auto& m) {
    for (auto& tensor : body(m).tensors)
      if (tensor->type == kInt32) tensor->type = kUint32;
  });
  refused("loop", "op.shape", [](auto& m) { condition(m).outputs[0] = condition(m).inputs[0]; });
  refused("loop", "op.shape", [](auto& m) { condition(m).outputs[0] = condition(m).inputs[1]; });
  refused("loop_variable", "import.unsupported",
          [](auto& m) { std::swap(caller(m).inputs[2], caller(m).inputs[3]); });
}

TEST_CASE("subgraphs that run themselves are refused") {
  refused("loop", "import.limit", [](auto& m) {
    auto again = std::make_unique<made::OperatorT>(caller(m));
    again->inputs = body(m).inputs;
    again->outputs = body(m).outputs;
    body(m).operators.clear();
    body(m).operators.push_back(std::move(again));
  });
  refused("choice_true", "import.limit", [](auto& m) {
    auto& branch = *m.subgraphs[static_cast<std::size_t>(choice(m).then_subgraph_index)];
    auto again = std::make_unique<made::OperatorT>(caller(m));
    auto truth = std::make_unique<made::TensorT>();
    truth->type = kBool;
    m.buffers.push_back(std::make_unique<made::BufferT>());
    m.buffers.back()->data = {1};
    truth->buffer = static_cast<std::uint32_t>(m.buffers.size() - 1);
    again->inputs = {static_cast<std::int32_t>(branch.tensors.size()), branch.inputs[0]};
    again->outputs = branch.outputs;
    branch.tensors.push_back(std::move(truth));
    branch.operators.clear();
    branch.operators.push_back(std::move(again));
  });
}

TEST_CASE("choices whose subgraphs do not fit are refused") {
  CHECK(told("choice_true", [](made::ModelT&) {}).empty());
  for (const int index : {-1, 3, 99})
    refused("choice_true", "import.config", [&](auto& m) { choice(m).else_subgraph_index = index; });
  refused("choice_true", "import.config", [](auto& m) { choice(m).then_subgraph_index = 0; });
  refused("choice_true", "import.operands", [](auto& m) { caller(m).inputs.clear(); });
  refused("choice_true", "op.shape", [](auto& m) {
    auto& branch = *m.subgraphs[static_cast<std::size_t>(choice(m).else_subgraph_index)];
    for (std::size_t t = 0; t < branch.tensors.size(); ++t)
      if (branch.tensors[t]->type == kFloat32 && branch.tensors[t]->shape.empty())
        branch.outputs[0] = static_cast<std::int32_t>(t);
  });
  refused("choice_true", "op.dtype", [](auto& m) {
    m.subgraphs[0]->tensors[static_cast<std::size_t>(caller(m).inputs[0])]->type = kInt32;
  });
}

}  // namespace vivace
