// Looking keys up in a vocabulary's table: single values, and the words of texts.
#include "ops/strings/lookup.h"

#include "cpu/common/chunks.h"
#include "cpu/emitter.h"
#include "cpu/strings/key_table.h"
#include "ops/common/elements/integers.h"
#include "ops/common/reference.h"
#include "ops/strings/vectorize_text.h"

namespace vivace::cpu {
namespace {

// `last` is the input of the vocabulary that is packed, behind its other parts.
std::optional<Choice> table_of(const NodeView& node, std::size_t last) {
  for (const Operand& operand : node.inputs.subspan(1, last))
    if (!operand.constant || (!operand.constant->data && operand.count() != 0)) return std::nullopt;
  Choice choice;
  choice.algorithm = "table";
  choice.packings = {{last, "key_table"}};
  return choice;
}

std::optional<Choice> choose_lookup(const NodeView& node, const Processor&, const NumericOptions&) {
  return table_of(node, node.inputs.size() - 1);
}

std::optional<Choice> choose_vectorize_text(const NodeView& node, const Processor&, const NumericOptions&) {
  return table_of(node, 2);
}

// The table and the keys behind it, as a step keeps them.
struct StringTable {
  Vocabulary vocabulary;
  KeyTable table;

  explicit StringTable(const NodeView& node)
      : vocabulary(*node.inputs[1].constant, *node.inputs[2].constant),
        table(node.inputs[2].packed, vocabulary.count()) {}
  template <class Key>
  std::int64_t find(const Key& key) const {
    return table.find(key, vocabulary);
  }
};

constexpr std::int64_t kLookupCost = 16;  // as elements of ordinary work

Result<Step> emit_string_lookup(const NodeView& node) {
  const Chunks chunks = Chunks::of(node.outputs[0].count(), kLookupCost);
  Step step;
  step.kernel = "lookup strings";
  step.chunks = chunks.count();
  step.work = make_work([chunks, op = std::static_pointer_cast<const Lookup>(node.node.op),
                         known = StringTable(node), from = node.inputs[0].address,
                         to = node.outputs[0].address](const Frame& frame, Share share) noexcept {
    const auto* const x = frame.at<const StringView>(from);
    auto* const y = frame.at<std::int64_t>(to);
    Fault fault = Fault::none;
    for (std::int64_t i = chunks.begin(share); i < chunks.end(share); ++i) {
      const std::string_view key = x[i];
      if (!op->numbering.number(key, known.find(TextKey{key}), y[i])) fault = Fault::index_out_of_range;
    }
    return fault;
  });
  return step;
}

Result<Step> emit_integer_lookup(const NodeView& node) {
  const Chunks chunks = Chunks::of(node.outputs[0].count(), kLookupCost);
  const IntegerKeys keys{node.inputs[1].constant->as<std::int64_t>(), node.inputs[1].count()};
  Step step;
  step.kernel = "lookup integers";
  step.chunks = chunks.count();
  step.work = make_work([chunks, keys, table = KeyTable(node.inputs[1].packed, keys.count()),
                         op = std::static_pointer_cast<const Lookup>(node.node.op),
                         dtype = node.inputs[0].dtype, from = node.inputs[0].address,
                         to = node.outputs[0].address](const Frame& frame, Share share) noexcept {
    const TensorView x{frame.at<void>(from), dtype, {}};
    auto* const y = frame.at<std::int64_t>(to);
    Fault fault = Fault::none;
    for (std::int64_t i = chunks.begin(share); i < chunks.end(share); ++i) {
      const std::int64_t key = load_integer(x, i);
      if (!op->numbering.number(key, table.find(IntegerKey{key}, keys), y[i]))
        fault = Fault::index_out_of_range;
    }
    return fault;
  });
  return step;
}

Result<Step> emit_lookup(const NodeView& node, const Choice&, const Processor&) {
  return node.inputs[0].dtype == DType::string ? emit_string_lookup(node) : emit_integer_lookup(node);
}

Result<Step> emit_vectorize_text(const NodeView& node, const Choice&, const Processor&) {
  const Operand& out = node.outputs[0];
  const Chunks chunks = Chunks::of(node.inputs[0].count(), kGrain);  // a text is much work
  Step step;
  step.kernel = "vectorize_text";
  step.chunks = chunks.count();
  step.work =
      make_work([chunks, op = std::static_pointer_cast<const VectorizeText>(node.node.op),
                 known = StringTable(node), from = node.inputs[0].address, to = out.address,
                 dtype = out.dtype, places = out.dims.back()](const Frame& frame, Share share) noexcept {
        const auto* const x = frame.at<const StringView>(from);
        const MutableTensorView y{frame.at<void>(to), dtype, {}};
        const Numbering& numbering = op->numbering;
        const auto find = [&](const Gram& gram, std::int64_t& number) {
          const std::int64_t place = known.find(GramKey{gram});
          if (numbering.masked && GramKey{gram}.compare(numbering.mask) == 0)
            number = numbering.mask_number;
          else
            number = place < 0 ? numbering.unknown_first : numbering.first + place;
          return true;
        };
        for (std::int64_t i = chunks.begin(share); i < chunks.end(share); ++i)
          (void)op->write_row(x[i], find, y, i, places);
      });
  return step;
}

}  // namespace

extern const Emitter k_lookup, k_vectorize_text;
constinit const Emitter k_lookup{"lookup", choose_lookup, emit_lookup};
constinit const Emitter k_vectorize_text{"vectorize_text", choose_vectorize_text, emit_vectorize_text};

}  // namespace vivace::cpu
