// Reads a .viv file. Every number in it is a claim until checked.
#include <cstddef>
#include <cstring>

#include "base/checked.h"
#include "base/hash.h"
#include "base/text.h"
#include "base/try.h"
#include "ops/common/registry.h"
#include "plan/viv.h"
#include "plan/viv_format.h"

namespace vivace {
namespace {

Error damaged(const std::string& name, std::string why, std::size_t offset) {
  return Error("viv.damaged", text("\"{}\" is damaged", name))
      .at(text("{}@{}", name, offset))
      .why(std::move(why))
      .fix("make it again: vivace compile MODEL -o FILE.viv");
}

// Reads records in order; after the first bad one every read gives zeros, and failed() says where it was.
class RecordReader : public AttributeVisitor {
 public:
  RecordReader(Bytes records, Bytes data, std::shared_ptr<const void> owner)
      : bytes_(records), data_(data), owner_(std::move(owner)) {}

  template <class T>
  T number() {
    if (!take(sizeof(T))) return T{};
    return load_le<T>(bytes_.data() + at_ - sizeof(T));
  }
  std::string string() {
    const auto size = number<std::uint32_t>();
    if (!take(size)) return {};
    return std::string(as_text(bytes_.subspan(at_ - size, size)));
  }
  // A count of things that take at least `bytes_each`: a larger claim than the file can hold is refused here,
  // before anything is allocated for it.
  std::uint32_t count(std::size_t bytes_each) {
    const auto n = number<std::uint32_t>();
    if (n > (bytes_.size() - at_) / bytes_each) fail("a list is longer than the file");
    return failed() ? 0 : n;
  }
  DType dtype() {
    const auto n = number<std::uint8_t>();
    if (n >= kDTypes) fail("an unknown element type");
    return failed() ? DType::f32 : static_cast<DType>(n);
  }

  void operator()(std::string_view name, bool& value) override {
    tag(name), value = number<std::uint8_t>() != 0;
  }
  void operator()(std::string_view name, std::int64_t& value) override {
    tag(name), value = number<std::int64_t>();
  }
  void operator()(std::string_view name, double& value) override { tag(name), value = number<double>(); }
  void operator()(std::string_view name, std::string& value) override { tag(name), value = string(); }
  void operator()(std::string_view name, DType& value) override { tag(name), value = dtype(); }
  void operator()(std::string_view name, std::vector<std::int64_t>& value) override {
    tag(name), list(value);
  }
  void operator()(std::string_view name, std::vector<double>& value) override { tag(name), list(value); }
  void operator()(std::string_view name, GraphPtr& value) override {
    tag(name);
    if (depth_ == kDeepestBodies) return fail("bodies are nested too deep");
    ++depth_;
    value = std::make_shared<const Graph>(graph());
    --depth_;
  }
  void choice(std::string_view name, std::uint32_t& index, std::span<const std::string_view> names) override {
    tag(name);
    const std::string word = string();
    for (std::uint32_t i = 0; i < names.size(); ++i)
      if (names[i] == word) return void(index = i);
    fail("an unknown attribute value");
  }

  Graph graph();
  Bytes blob() {
    const auto offset = number<std::uint64_t>(), size = number<std::uint64_t>();
    if (!fits(offset, size, data_.size()) || offset % viv::kDataAlignment != 0) fail("data outside the file");
    return failed() ? Bytes() : data_.subspan(offset, size);
  }
  const std::shared_ptr<const void>& owner() const { return owner_; }

  bool failed() const { return !failure_.empty(); }
  bool at_end() const { return at_ == bytes_.size(); }
  void fail(std::string_view why) {
    if (failed()) return;
    failure_ = why;
    failed_at_ = at_;
  }
  const std::string& failure() const { return failure_; }
  std::size_t place() const { return failed() ? failed_at_ : at_; }

 private:
  bool take(std::size_t size) {
    if (failed()) return false;
    if (size > bytes_.size() - at_) return fail("the records end early"), false;
    at_ += size;
    return true;
  }
  void tag(std::string_view name) {
    if (string() != name) fail("an operator's attributes are not those of this version");
  }
  template <class T>
  void list(std::vector<T>& values) {
    values.resize(count(sizeof(T)));
    for (T& value : values) value = number<T>();
  }

  Bytes bytes_, data_;
  std::shared_ptr<const void> owner_;
  std::size_t at_ = 0;
  int depth_ = 0;  // of the body that is being read
  std::string failure_;
  std::size_t failed_at_ = 0;
};

}  // namespace

// Builds a Graph from records; a friend of Graph because it sets what add_node() would infer, and verify()
// then compares.
class GraphReader {
 public:
  explicit GraphReader(RecordReader& in) : in_(in) {}

  Graph read() {
    const std::uint32_t symbols = in_.count(sizeof(std::uint32_t));
    for (std::uint32_t i = 0; i < symbols; ++i) graph_.symbols_.push_back(in_.string());
    const std::uint32_t values = in_.count(11);
    for (std::uint32_t i = 0; i < values && !in_.failed(); ++i) read_value();
    graph_.inputs_ = read_ids();
    const std::uint32_t nodes = in_.count(20);
    for (std::uint32_t i = 0; i < nodes && !in_.failed(); ++i) read_node();
    graph_.outputs_ = read_ids();
    for (std::size_t i = 0; i < graph_.outputs_.size(); ++i) graph_.output_names_.push_back(in_.string());
    graph_.state_count_ = in_.number<std::uint32_t>();
    for (const ValueId id : graph_.inputs_) present(id);
    for (const ValueId id : graph_.outputs_) present(id);
    if (!in_.failed()) index();
    return std::move(graph_);
  }

 private:
  void present(ValueId id) {
    if (static_cast<std::size_t>(id) >= graph_.values_.size()) in_.fail("a value id outside the graph");
  }

  std::vector<ValueId> read_ids() {
    std::vector<ValueId> ids(in_.count(sizeof(std::uint32_t)));
    for (ValueId& id : ids) {
      id = static_cast<ValueId>(in_.number<std::uint32_t>());
      if (id != kNoValue) present(id);
    }
    return ids;
  }

  void read_value() {
    Value value;
    const auto kind = in_.number<std::uint8_t>();
    if (kind > static_cast<std::uint8_t>(ValueKind::state)) in_.fail("an unknown kind of value");
    value.kind = static_cast<ValueKind>(kind);
    value.dtype = in_.dtype();
    value.name = in_.string();
    value.dims.resize(in_.count(20));
    for (Dim& dim : value.dims) {
      const auto symbol = in_.number<std::int32_t>();
      const auto scale = in_.number<std::int64_t>(), offset = in_.number<std::int64_t>();
      dim = symbol == 0 ? Dim(offset) : Dim::affine(symbol, scale, offset);
    }
    if (in_.number<std::uint8_t>() != 0) read_constant(value);
    graph_.values_.push_back(std::move(value));
  }

  void read_constant(Value& value) {
    if (value.dtype == DType::string) return in_.fail("a constant of strings, which would be pointers");
    const Bytes bytes = in_.blob();
    const auto dims = numbers(value.dims);
    const auto count = dims ? checked_count(*dims) : std::nullopt;
    const auto size = count
                          ? checked_mul<std::int64_t>(*count, static_cast<std::int64_t>(size_of(value.dtype)))
                          : std::nullopt;
    if (!size || static_cast<std::uint64_t>(*size) != bytes.size())
      return in_.fail("a constant of another size than its shape");
    value.constant = Constant::view(value.dtype, *dims, bytes.data(), in_.owner());
  }

  void read_node() {
    Node node;
    const std::string name = in_.string();
    const std::shared_ptr<Op> op = make_op_by_name(name);
    if (!op) return in_.fail("an operator that this version does not know");
    op->visit(in_);
    node.op = op;
    node.inputs = read_ids();
    node.outputs = read_ids();
    for (const ValueId id : node.outputs) present(id);
    node.name = in_.string();
    node.origin = in_.string();
    graph_.nodes_.push_back(std::move(node));
  }

  void index() {
    for (std::size_t n = 0; n < graph_.nodes_.size(); ++n) {
      const auto id = static_cast<NodeId>(static_cast<std::uint32_t>(n));
      for (const ValueId output : graph_.nodes_[n].outputs)
        graph_.values_[static_cast<std::size_t>(output)].producer = id;
      for (const ValueId input : graph_.nodes_[n].inputs)
        if (input != kNoValue) graph_.values_[static_cast<std::size_t>(input)].readers.push_back(id);
    }
  }

  RecordReader& in_;
  Graph graph_;
};

namespace {

Graph RecordReader::graph() { return GraphReader(*this).read(); }

Result<viv::Header> read_header(const File& file) {
  const std::string name = file.path().string();
  const Bytes bytes = file.bytes();
  if (!is_viv(bytes)) return Error("viv.foreign", text("\"{}\" is not a .viv file", name)).at(name);
  if (bytes.size() < sizeof(viv::Header))
    return damaged(name, "the file ends inside its header", bytes.size());
  const auto header = load_le<viv::Header>(bytes.data());
  if (header.version != viv::kVersion || header.endian != viv::kLittleEndian)
    return Error("viv.foreign", text("\"{}\" was made by another version of vivace", name))
        .at(name)
        .why(text("its format is {}, this program reads {}", header.version, viv::kVersion))
        .fix("make it again from the source model: vivace compile MODEL -o FILE.viv");
  if (header.file_bytes != bytes.size() || !fits(sizeof header, header.record_bytes, bytes.size()) ||
      header.data_offset % viv::kDataAlignment != 0 ||
      header.data_offset < sizeof header + header.record_bytes ||
      header.data_offset > bytes.size() - viv::kDataAlignment)
    return damaged(name, text("it is {} bytes long, its header says {}", bytes.size(), header.file_bytes), 0);
  if (header.reserved != 0)
    return damaged(name, "its header has what no version writes", offsetof(viv::Header, reserved));
  return header;
}

std::vector<float> read_numbers(RecordReader& in) {
  std::vector<float> numbers(in.count(sizeof(float)));
  for (float& number : numbers) number = in.number<float>();
  return numbers;
}

std::vector<TensorCard> read_cards(RecordReader& in) {
  std::vector<TensorCard> cards(in.count(32));
  for (TensorCard& card : cards) {
    card.scale = in.number<double>();
    card.zero_point = in.number<std::int64_t>();
    card.mean = read_numbers(in);
    card.deviation = read_numbers(in);
    if (card.mean.size() != card.deviation.size())
      in.fail("a normalisation has more means than deviations, or fewer");
    card.labels.resize(in.count(sizeof(std::uint32_t)));
    for (std::string& label : card.labels) label = in.string();
    card.description = in.string();
  }
  return cards;
}

ModelCard read_card(RecordReader& in) {
  ModelCard card;
  for (std::string* words :
       {&card.name, &card.description, &card.version, &card.author, &card.license, &card.ignored})
    *words = in.string();
  card.inputs = read_cards(in);
  card.outputs = read_cards(in);
  return card;
}

}  // namespace

bool is_viv(Bytes bytes) {
  return bytes.size() >= sizeof viv::kMagic &&
         std::memcmp(bytes.data(), viv::kMagic, sizeof viv::kMagic) == 0;
}

Result<Viv> read_viv(const std::shared_ptr<const File>& file, WeightPool& pool) {
  VIVACE_TRY(const viv::Header header, read_header(*file));
  const std::string name = file->path().string();
  const Bytes records = file->bytes().subspan(sizeof header, header.record_bytes);
  if (hash_bytes(records) != header.record_hash)
    return damaged(name, "its records do not match their hash", sizeof header);
  // The last kDataAlignment bytes stay out of reach of every blob: kernels may read past a blob's end.
  const Bytes data = file->bytes().subspan(header.data_offset);

  RecordReader in(records, data.first(data.size() - viv::kDataAlignment), file);
  Viv viv;
  viv.key = in.string();
  viv.notes = in.string();
  viv.card = read_card(in);
  viv.graph = in.graph();
  const std::uint32_t packed = in.count(24);
  const std::size_t values = packed == 0 || in.failed() ? 0 : count_values(viv.graph);
  for (std::uint32_t i = 0; i < packed && !in.failed(); ++i) {
    const auto id = static_cast<ValueId>(in.number<std::uint32_t>());
    std::string layout = in.string();
    const Bytes blob = in.blob();
    if (static_cast<std::size_t>(id) >= values) in.fail("packed weights of a value outside the graph");
    if (!in.failed()) pool.add({id, std::move(layout)}, blob, file);
  }
  if (!in.failed() && !in.at_end()) in.fail("there is more than the records say");
  if (in.failed()) return damaged(name, in.failure(), sizeof header + in.place());
  if (Status status = verify(viv.graph); !status.ok()) return std::move(status).error().within(name);
  return viv;
}

Status verify_viv_data(const File& file) {
  VIVACE_TRY(const viv::Header header, read_header(file));
  if (hash_bytes(file.bytes().subspan(header.data_offset)) != header.data_hash)
    return damaged(file.path().string(), "its weights do not match their hash", header.data_offset);
  return {};
}

}  // namespace vivace
