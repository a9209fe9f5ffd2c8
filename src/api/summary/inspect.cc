// What a model is made of.
#include <algorithm>
#include <map>
#include <set>

#include "api/impl.h"
#include "api/import.h"
#include "api/summary/eight_bit.h"
#include "base/file.h"
#include "base/text.h"
#include "base/try.h"
#include "formats/zip/zip.h"
#include "plan/resolve.h"
#include "plan/viv.h"

namespace vivace {
namespace {

// Nodes carry the layer's name, or "layer/step" where a layer became several; origin is its kind and name,
// and names of TensorFlow Lite have strokes of their own.
std::string layer_of(const Node& node) {
  if (const std::size_t space = node.origin.find(' '); space != std::string::npos) {
    const std::string_view named = std::string_view(node.origin).substr(space + 1);
    if (!named.empty() && node.name.starts_with(named)) return std::string(named);
  }
  return node.name.substr(0, node.name.find('/'));
}
std::string kind_of(const Node& node) {
  return node.origin.empty() ? std::string(node.op->name()) : node.origin.substr(0, node.origin.find(' '));
}

// Unknown sizes as 1.
std::vector<Shape> smallest_shapes(const Graph& graph) {
  std::vector<Shape> shapes;
  for (const ValueId id : graph.inputs()) {
    shapes.emplace_back();
    for (const Dim& dim : graph.value(id).dims) shapes.back().push_back(dim.known() ? dim.number() : 1);
  }
  return shapes;
}

double flops_of(const Node& node, const ResolvedGraph& resolved) {
  const auto facts = [&](std::span<const ValueId> ids) {
    std::vector<Fact> all;
    for (const ValueId id : ids) {
      all.emplace_back();
      all.back().absent = id == kNoValue;
      if (id == kNoValue) continue;
      const Operand& operand = resolved.values[static_cast<std::size_t>(id)];
      all.back() = Fact::tensor(operand.dtype, known_dims(operand.dims));
      all.back().constant = operand.constant;
    }
    return all;
  };
  return node.op->cost(facts(node.inputs), facts(node.outputs)).flops;
}

bool is_small(DType dtype) { return dtype == DType::i8 || dtype == DType::u8 || dtype == DType::i16; }

// Weights that bodies hold; a graph's own are counted where its nodes first read them.
std::int64_t parameters_of(const Graph& body) {
  std::int64_t count = 0;
  for (std::size_t id = 0; id < body.value_count(); ++id)
    if (const Constant* constant = body.constant(static_cast<ValueId>(id));
        constant && (is_float(constant->dtype()) || is_small(constant->dtype())))
      count += count_of(constant->dims());
  for (const Node& node : body.nodes())
    for (const GraphPtr& inner : bodies_of(*node.op)) count += parameters_of(*inner);
  return count;
}

// Floats are, and small integers; larger ones where they are a bias beside such: others are places and sizes.
bool is_weight(const Constant& constant, const Node& node, const Graph& graph) {
  if (is_float(constant.dtype()) || is_small(constant.dtype())) return true;
  if (constant.dtype() != DType::i32 && constant.dtype() != DType::i64) return false;
  return std::ranges::any_of(node.inputs, [&](ValueId input) {
    const Constant* const other = graph.constant(input);
    return other && is_small(other->dtype());
  });
}

std::vector<Summary::Layer> layers_of(const Graph& graph, std::vector<std::string>& warnings) {
  std::vector<Summary::Layer> layers;
  std::map<std::string, std::size_t> places;
  std::set<ValueId> counted;
  std::vector<double> flops;
  const auto resolved = resolve(graph, smallest_shapes(graph));
  for (const Node& node : graph.nodes()) {
    const auto [place, fresh] = places.try_emplace(layer_of(node), layers.size());
    if (fresh) layers.push_back({place->first, kind_of(node), {}, 0, 0, DType::f32, {}});
    Summary::Layer& layer = layers[place->second];
    layer.output = to_text(graph.value(node.outputs[0]).dims, graph.symbols());
    layer.numbers = graph.value(node.outputs[0]).dtype;
    flops.push_back(resolved.ok() ? flops_of(node, *resolved) : 0);
    layer.flops += flops.back();
    for (const ValueId input : node.inputs)
      if (const Constant* constant = graph.constant(input);
          constant && is_weight(*constant, node, graph) && counted.insert(input).second) {
        layer.parameters += count_of(constant->dims());
        if (std::ranges::find(layer.weights, constant->dtype()) == layer.weights.end())
          layer.weights.push_back(constant->dtype());
      }
    for (const GraphPtr& body : bodies_of(*node.op)) layer.parameters += parameters_of(*body);
  }
  if (resolved.ok())
    if (auto slower = eight_bit_warning(graph, *resolved, flops)) warnings.push_back(*std::move(slower));
  return layers;
}

void describe(const Graph& graph, const ModelCard& card, Summary& summary) {
  summary.card = card;
  summary.inputs = input_ports(graph, MeasuredInputs(graph), card);
  summary.outputs = output_ports(graph, card);
  summary.layers = layers_of(graph, summary.warnings);
  for (const Summary::Layer& layer : summary.layers) {
    summary.parameters += layer.parameters;
    summary.flops += layer.flops;
  }
  if (graph.state_count() != 0)
    summary.warnings.push_back(
        "it keeps state: each call goes on where the one before ended, the first from zeros");
}

Result<Summary> inspect_compiled(const std::shared_ptr<const File>& file) {
  WeightPool weights;
  VIVACE_TRY(const Viv viv, read_viv(file, weights));
  Summary summary;
  summary.format = "vivace prepared model";
  summary.producer = "from " + viv.notes;
  std::ranges::replace(summary.producer, '\n', ' ');
  describe(viv.graph, viv.card, summary);
  return summary;
}

}  // namespace

Result<Summary> inspect(const std::filesystem::path& path, const Options& options) {
  return guard_memory([&]() -> Result<Summary> {
    if (auto file = File::open(path); file.ok() && is_viv((*file)->bytes())) return inspect_compiled(*file);
    VIVACE_TRY(const std::vector<Unsupported> unsupported, survey_model(path, options));
    Summary summary;
    for (const Unsupported& item : unsupported)
      summary.unsupported.push_back(Error("import.unsupported", text("{}: {}", item.layer, item.reason))
                                        .at(path.string())
                                        .fix(item.fix));
    if (!unsupported.empty()) {
      summary.format = format_of(path);
      summary.producer = "not opened";
      return summary;
    }
    VIVACE_TRY(const Imported imported, import_model(path, options));
    summary.format = imported.format;
    summary.producer = imported.producer;
    summary.warnings = imported.warnings;
    describe(imported.graph, imported.card, summary);
    return summary;
  });
}

Status verify_file(const std::filesystem::path& path, const Options&) {
  return guard_memory([&]() -> Status {
    VIVACE_TRY(const auto file, File::open(path));
    if (is_viv(file->bytes())) return verify_viv_data(*file);
    if (!as_text(file->bytes()).starts_with("PK")) return {};
    VIVACE_TRY(const ZipFile archive, ZipFile::open(file->bytes(), file, path.string()));
    for (const ZipMember& member : archive.members()) {
      VIVACE_TRY(const ZipData data, archive.read(member, ZipVerify::always));
      (void)data;
    }
    return {};
  });
}

}  // namespace vivace
