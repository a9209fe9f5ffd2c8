// From a file to a graph.
#include <algorithm>
#include <set>

#include "base/file.h"
#include "base/text.h"
#include "base/try.h"
#include "import/report/unsupported.h"
#include "import/tflite/build/builder.h"
#include "import/tflite/build/rule.h"
#include "import/tflite/card.h"
#include "import/tflite/tflite.h"

namespace vivace {
namespace tflite {
namespace {

struct Chosen {
  std::size_t subgraph = 0;
  const Signature* signature = nullptr;
};

Result<Chosen> chosen(const Model& model, const TfliteOptions& options) {
  if (options.signature.empty()) return Chosen{};
  std::vector<std::string> names;
  std::vector<std::string_view> keys;
  for (const Signature& signature : model.signatures) {
    if (signature.key == options.signature) return Chosen{signature.subgraph, &signature};
    names.push_back(text("\"{}\"", signature.key));
    keys.push_back(signature.key);
  }
  return Error("import.signature", text("the model has no signature \"{}\"{}", options.signature,
                                        did_you_mean(options.signature, keys)))
      .at(model.name)
      .why(names.empty() ? std::string("it has none at all") : text("it has {}", join(names, ", ")))
      .fix(names.empty() ? "leave --signature out" : "give one of them");
}

// The subgraphs that an operator runs.
std::vector<std::size_t> callees_of(const Operator& op) {
  if (op.code == static_cast<std::int32_t>(Code::CALL_ONCE))
    return {static_cast<std::size_t>(options_of<schema::CallOnceOptions>(op).init_subgraph_index())};
  if (op.code == static_cast<std::int32_t>(Code::CALL))
    return {static_cast<std::size_t>(options_of<schema::CallOptions>(op).subgraph())};
  if (op.code == static_cast<std::int32_t>(Code::WHILE)) {
    const auto& o = options_of<schema::WhileOptions>(op);
    return {static_cast<std::size_t>(o.cond_subgraph_index()),
            static_cast<std::size_t>(o.body_subgraph_index())};
  }
  if (op.code == static_cast<std::int32_t>(Code::IF)) {
    const auto& o = options_of<schema::IfOptions>(op);
    return {static_cast<std::size_t>(o.then_subgraph_index()),
            static_cast<std::size_t>(o.else_subgraph_index())};
  }
  return {};
}

std::vector<Unsupported> survey(const Model& model, std::size_t first) {
  std::vector<Unsupported> list;
  std::vector<std::size_t> waiting{first};
  std::set<std::size_t> seen;
  while (!waiting.empty()) {
    const std::size_t number = waiting.back();
    waiting.pop_back();
    if (number >= model.subgraphs.size() || !seen.insert(number).second) continue;
    const Subgraph& graph = model.subgraphs[number];
    for (const Operator& op : graph.operators) {
      Refusal refusal = refusal_of(op, graph);
      for (const std::size_t callee : callees_of(op)) waiting.push_back(callee);
      if (refusal.reason.empty()) continue;
      const std::size_t index = static_cast<std::size_t>(&op - graph.operators.data());
      const bool named = !op.outputs.empty() && op.outputs[0] >= 0;
      const std::string_view name = named ? graph.tensors[static_cast<std::size_t>(op.outputs[0])].name : "";
      list.push_back({text("{} {}", name_of(op), name.empty() ? text("{}", index) : std::string(name)),
                      std::move(refusal.reason), std::move(refusal.fix)});
    }
  }
  return list;
}

Result<std::shared_ptr<const Model>> open_model(const std::filesystem::path& path) {
  VIVACE_TRY(const auto file, File::open(path));
  return read(file->bytes(), file, path.string());
}

std::string producer_of(const Model& model) {
  std::string producer = "TensorFlow Lite";
  if (!model.description.empty()) producer += text(", \"{}\"", model.description);
  for (const Metadata& entry : model.metadata)
    if (entry.name == "min_runtime_version") {
      const std::string_view version = as_text(entry.data);
      producer += text(", for TensorFlow {} or later", version.substr(0, version.find('\0')));
    }
  return producer;
}

// A mistake that the file may be innocent of.
Error of_resized(Error error) {
  if (error.why().empty())
    return std::move(error).why(
        "the inputs have other sizes here than in the file, and it has been made for those");
  return error;
}

}  // namespace

Result<Imported> import_records(const std::shared_ptr<const Model>& model, const TfliteOptions& options) {
  VIVACE_TRY(const Chosen choice, chosen(*model, options));
  const std::vector<Unsupported> unsupported = survey(*model, choice.subgraph);
  if (!unsupported.empty())
    return unsupported_error(unsupported, "import.unsupported", "operators", model->name);
  Builder builder(model, options);
  builder.build(choice.subgraph, choice.signature);
  if (Status status = builder.status(); !status.ok())
    return options.input_sizes.empty() ? std::move(status).error() : of_resized(std::move(status).error());
  Imported imported;
  imported.graph = builder.take_graph();
  imported.format = kTfliteFormat;
  imported.producer = producer_of(*model);
  imported.card = card_of(*model, choice.subgraph, builder.input_tensors(), builder.output_tensors());
  return imported;
}

std::size_t mapped_builtins() { return rule_count(); }

}  // namespace tflite

Result<Imported> open_tflite(const std::filesystem::path& path, const TfliteOptions& options) {
  VIVACE_TRY(const auto model, tflite::open_model(path));
  return tflite::import_records(model, options);
}

Result<std::vector<Unsupported>> survey_tflite(const std::filesystem::path& path,
                                               const TfliteOptions& options) {
  VIVACE_TRY(const auto model, tflite::open_model(path));
  VIVACE_TRY(const tflite::Chosen choice, tflite::chosen(*model, options));
  return tflite::survey(*model, choice.subgraph);
}

}  // namespace vivace
