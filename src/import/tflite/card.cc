#include "import/tflite/card.h"

#include <algorithm>

#include "base/text.h"
#include "base/try.h"
#include "formats/tflite/about.h"
#include "formats/zip/zip.h"

namespace vivace::tflite {
namespace {

constexpr std::size_t kMostLabelBytes = std::size_t{16} << 20;  // of all outputs together

// One label a line; an empty last line does not count.
std::vector<std::string> lines_of(std::string_view content) {
  std::vector<std::string> lines;
  for (std::string_view line : split(content, '\n')) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.emplace_back(line);
  }
  if (lines.back().empty()) lines.pop_back();
  return lines;
}

// Reads the files of labels that stand behind the model, as a zip archive.
Status read_labels(const Model& model, const std::vector<std::string>& files,
                   std::vector<TensorCard>& outputs) {
  if (std::ranges::all_of(files, &std::string::empty)) return {};
  VIVACE_TRY(const ZipFile archive, ZipFile::open_behind(model.bytes, model.owner, model.name));
  const Subgraph& graph = model.subgraphs[0];
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < files.size() && i < outputs.size(); ++i) {
    if (files[i].empty()) continue;
    const ZipMember* const member = archive.find(files[i]);
    if (!member) return Error("zip.missing", text("\"{}\" is not behind the model", files[i]));
    bytes += member->size;
    if (bytes > kMostLabelBytes) return Error("tflite.metadata", text("\"{}\" is too large", files[i]));
    VIVACE_TRY(const ZipData data, archive.read(*member));
    outputs[i].labels = lines_of(as_text(data.bytes));
    if (i >= graph.outputs.size()) continue;
    const auto dims = graph.tensors[static_cast<std::size_t>(graph.outputs[i])].dims;
    const std::size_t named = outputs[i].labels.size();
    if (!dims.empty() && named == static_cast<std::size_t>(dims.back())) continue;
    outputs[i].labels.clear();
    return Error("tflite.metadata",
                 text("\"{}\" has {} lines, output {} has another number of places", files[i], named, i));
  }
  return {};
}

// The metadata's part, by the subgraph's inputs and outputs.
Result<ModelCard> stated(const Model& model) {
  const auto found = std::ranges::find(model.metadata, "TFLITE_METADATA", &Metadata::name);
  if (found == model.metadata.end()) return ModelCard();
  VIVACE_TRY(About about, read_about(found->data));
  if (const Status status = read_labels(model, about.label_files, about.card.outputs); !status.ok())
    about.card.ignored = text("the labels are not read: {}", status.error().what());
  return std::move(about.card);
}

// The cards of the tensors wanted, from those of all of a subgraph's inputs or outputs.
std::vector<TensorCard> chosen(const Subgraph& graph, std::span<const std::int32_t> all,
                               const std::vector<TensorCard>& cards, std::span<const std::int32_t> wanted) {
  std::vector<TensorCard> result;
  for (const std::int32_t tensor : wanted) {
    TensorCard& card = result.emplace_back();
    const auto known = all.first(std::min(all.size(), cards.size()));
    if (const auto found = std::ranges::find(known, tensor); found != known.end())
      card = cards[static_cast<std::size_t>(found - known.begin())];
    const Quantisation& quantisation = graph.tensors[static_cast<std::size_t>(tensor)].quantisation;
    if (quantisation.scales.size() != 1) continue;
    card.scale = static_cast<double>(quantisation.scales[0]);
    card.zero_point = quantisation.zero_point();
  }
  return result;
}

}  // namespace

ModelCard card_of(const Model& model, std::size_t subgraph, std::span<const std::int32_t> inputs,
                  std::span<const std::int32_t> outputs) {
  ModelCard card;
  if (auto found = stated(model); found.ok())
    card = *std::move(found);
  else
    card.ignored = text("nothing is read: {}", found.error().what());
  const Subgraph& graph = model.subgraphs[subgraph];
  if (subgraph != 0) card.inputs.clear(), card.outputs.clear();  // they are about the first
  card.inputs = chosen(graph, graph.inputs, card.inputs, inputs);
  card.outputs = chosen(graph, graph.outputs, card.outputs, outputs);
  return card;
}

}  // namespace vivace::tflite
