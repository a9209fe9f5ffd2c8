// Writes a .viv file.
#include <cstring>
#include <vector>

#include "base/hash.h"
#include "base/try.h"
#include "plan/viv.h"
#include "plan/viv_format.h"

namespace vivace {
namespace {

constexpr std::uint64_t data_aligned(std::uint64_t at) {
  return (at + viv::kDataAlignment - 1) / viv::kDataAlignment * viv::kDataAlignment;
}

// Where constants and packed weights will lie. They are not copied: a network's weights may be most of what
// memory holds.
class DataWriter {
 public:
  struct Place {
    std::uint64_t offset, size;
  };
  Place add(Bytes blob) {
    blobs_.push_back(blob);
    const Place place{data_aligned(end_), blob.size()};
    end_ = place.offset + place.size;
    return place;
  }
  // Kernels may read one vector past the last weight.
  std::uint64_t size() const { return end_ + viv::kDataAlignment; }

  template <class Sink>
  Status pour(Sink sink) const {
    constexpr std::byte kZeros[viv::kDataAlignment] = {};
    std::uint64_t at = 0;
    for (const Bytes blob : blobs_) {
      VIVACE_CHECK_OK(sink(Bytes(kZeros, data_aligned(at) - at)));
      VIVACE_CHECK_OK(sink(blob));
      at = data_aligned(at) + blob.size();
    }
    return sink(Bytes(kZeros));
  }

 private:
  std::vector<Bytes> blobs_;
  std::uint64_t end_ = 0;
};

class RecordWriter : public AttributeVisitor {
 public:
  explicit RecordWriter(DataWriter& data) : data_(data) {}

  template <class T>
  void number(T value) {
    bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  void string(std::string_view value) {
    number(static_cast<std::uint32_t>(value.size()));
    bytes.append(value);
  }

  void operator()(std::string_view name, bool& value) override {
    tag(name), number<std::uint8_t>(value ? 1 : 0);
  }
  void operator()(std::string_view name, std::int64_t& value) override { tag(name), number(value); }
  void operator()(std::string_view name, double& value) override { tag(name), number(value); }
  void operator()(std::string_view name, std::string& value) override { tag(name), string(value); }
  void operator()(std::string_view name, DType& value) override { tag(name), number(value); }
  void operator()(std::string_view name, std::vector<std::int64_t>& value) override {
    tag(name), list(value);
  }
  void operator()(std::string_view name, std::vector<double>& value) override { tag(name), list(value); }
  void operator()(std::string_view name, GraphPtr& value) override { tag(name), graph(*value); }
  void choice(std::string_view name, std::uint32_t& index, std::span<const std::string_view> names) override {
    tag(name), string(names[index]);
  }

  void graph(const Graph& graph);

  std::string bytes;

 private:
  void ids(std::span<const ValueId> ids);
  void value(const Value& value);
  void tag(std::string_view name) { string(name); }
  template <class T>
  void list(const std::vector<T>& values) {
    number(static_cast<std::uint32_t>(values.size()));
    for (const T& value : values) number(value);
  }

  DataWriter& data_;
};

std::uint32_t id_number(ValueId id) { return id == kNoValue ? viv::kNone : static_cast<std::uint32_t>(id); }

void RecordWriter::ids(std::span<const ValueId> ids) {
  number(static_cast<std::uint32_t>(ids.size()));
  for (const ValueId id : ids) number(id_number(id));
}

void RecordWriter::value(const Value& value) {
  number(value.kind);
  number(value.dtype);
  string(value.name);
  number(static_cast<std::uint32_t>(value.dims.size()));
  for (const Dim& dim : value.dims) number(dim.symbol_id()), number(dim.scale()), number(dim.offset());
  number<std::uint8_t>(value.constant ? 1 : 0);
  if (!value.constant) return;
  const TensorView& tensor = value.constant->tensor();
  const auto place = data_.add({static_cast<const std::byte*>(tensor.data), tensor.bytes()});
  number(place.offset);
  number(place.size);
}

void RecordWriter::graph(const Graph& graph) {
  number(static_cast<std::uint32_t>(graph.symbols().size()));
  for (const std::string& symbol : graph.symbols()) string(symbol);
  number(static_cast<std::uint32_t>(graph.value_count()));
  for (std::size_t i = 0; i < graph.value_count(); ++i) value(graph.value(static_cast<ValueId>(i)));
  ids(graph.inputs());
  number(static_cast<std::uint32_t>(graph.node_count()));
  for (const Node& node : graph.nodes()) {
    string(node.op->name());
    visit(*node.op, *this);
    ids(node.inputs);
    ids(node.outputs);
    string(node.name);
    string(node.origin);
  }
  ids(graph.outputs());
  for (const std::string& name : graph.output_names()) string(name);
  number(static_cast<std::uint32_t>(graph.state_count()));
}

void write_numbers(RecordWriter& out, const std::vector<float>& numbers) {
  out.number(static_cast<std::uint32_t>(numbers.size()));
  for (const float number : numbers) out.number(number);
}

void write_cards(RecordWriter& out, const std::vector<TensorCard>& cards) {
  out.number(static_cast<std::uint32_t>(cards.size()));
  for (const TensorCard& card : cards) {
    out.number(card.scale);
    out.number(card.zero_point);
    write_numbers(out, card.mean);
    write_numbers(out, card.deviation);
    out.number(static_cast<std::uint32_t>(card.labels.size()));
    for (const std::string& label : card.labels) out.string(label);
    out.string(card.description);
  }
}

void write_card(RecordWriter& out, const ModelCard& card) {
  for (const auto& words :
       {card.name, card.description, card.version, card.author, card.license, card.ignored})
    out.string(words);
  write_cards(out, card.inputs);
  write_cards(out, card.outputs);
}

}  // namespace

Status write_viv(const Viv& viv, const WeightPool& pool, const VivSink& sink) {
  DataWriter data;
  RecordWriter records(data);
  records.string(viv.key);
  records.string(viv.notes);
  write_card(records, viv.card);
  records.graph(viv.graph);
  const auto packed = pool.entries();
  records.number(static_cast<std::uint32_t>(packed.size()));
  for (const auto& [key, entry] : packed) {
    const auto place = data.add(entry.bytes);
    records.number(id_number(key.first));
    records.string(key.second);
    records.number(place.offset);
    records.number(place.size);
  }

  viv::Header header{};
  std::memcpy(header.magic, viv::kMagic, sizeof header.magic);
  header.version = viv::kVersion;
  header.endian = viv::kLittleEndian;
  header.record_bytes = records.bytes.size();
  header.record_hash = hash_bytes(as_bytes(records.bytes));
  header.data_offset = data_aligned(sizeof header + records.bytes.size());
  Hasher hasher(data.size());
  VIVACE_CHECK_OK(data.pour([&](Bytes piece) { return hasher.add(piece), Status(); }));
  header.data_hash = hasher.finish();
  header.file_bytes = header.data_offset + data.size();

  std::string head(reinterpret_cast<const char*>(&header), sizeof header);
  head += records.bytes;
  head.resize(header.data_offset);
  VIVACE_CHECK_OK(sink(as_bytes(head)));
  return data.pour(sink);
}

}  // namespace vivace
