// A file's FlatBuffer, verified, as records.
#include <algorithm>

#include "base/checked.h"
#include "base/text.h"
#include "base/try.h"
#include "formats/tflite/options.h"
#include "formats/tflite/tensors.h"

namespace vivace::tflite {
namespace {

constexpr std::uint32_t kVersion = 3;
constexpr std::uint32_t kDepth = 16, kTables = 4'000'000;  // of a FlatBuffer; ours are five deep
constexpr std::size_t kOperands = 16'000'000;  // of all operators together: files may share one long list

std::string_view text_of(const flatbuffers::String* text) {
  return text ? std::string_view(text->data(), text->size()) : std::string_view();
}

template <class T>
std::span<const T> numbers_of(const flatbuffers::Vector<T>* vector) {
  return vector ? std::span<const T>(vector->data(), vector->size()) : std::span<const T>();
}

class Reader {
 public:
  Reader(Bytes bytes, std::shared_ptr<const void> owner, std::string name)
      : model_(std::make_shared<Model>()) {
    model_->name = std::move(name);
    model_->bytes = bytes;
    model_->owner = std::move(owner);
  }

  Result<std::shared_ptr<const Model>> read() {
    VIVACE_CHECK_OK(verify());
    VIVACE_CHECK_OK(read_buffers());
    const auto* subgraphs = file_->subgraphs();
    if (!subgraphs || subgraphs->size() == 0)
      return Error("tflite.damaged", "the file holds no graph").at(model_->name);
    model_->description = text_of(file_->description());
    for (const auto* subgraph : *subgraphs) VIVACE_CHECK_OK(read_subgraph(*subgraph));
    VIVACE_CHECK_OK(read_signatures());
    return std::shared_ptr<const Model>(model_);
  }

 private:
  std::string place(const std::string& inner) const { return model_->name + ":" + inner; }
  std::uint64_t offset_of(const void* p) const {
    return static_cast<std::uint64_t>(static_cast<const std::byte*>(p) - model_->bytes.data());
  }
  // "subgraph 0, operator 12 CONV_2D at byte 4096"
  std::string place(const Operator& op) const {
    const std::size_t graph = model_->subgraphs.size() - 1;
    return place(text("subgraph {}, operator {} {} at byte {}", graph,
                      model_->subgraphs.back().operators.size(), name_of(op), op.offset));
  }

  Status verify() {
    // What the FlatBuffer itself addresses lies in the first 2 GB; buffers may follow.
    const std::size_t size = std::min<std::size_t>(model_->bytes.size(), FLATBUFFERS_MAX_BUFFER_SIZE - 1);
    const auto* data = reinterpret_cast<const std::uint8_t*>(model_->bytes.data());
    flatbuffers::Verifier verifier(data, size, kDepth, kTables);
    if (!looks_like_tflite(model_->bytes) || !schema::VerifyModelBuffer(verifier))
      return Error("tflite.damaged", "the file is cut off or damaged: an offset in it leads astray")
          .at(model_->name)
          .fix("fetch or convert the model again");
    file_ = schema::GetModel(data);
    if (file_->version() == kVersion) return {};
    return Error("tflite.version",
                 text("the file has version {} of the TensorFlow Lite format", file_->version()))
        .at(model_->name)
        .why("version 3 is the only one that TensorFlow has used since 2017")
        .fix("convert the model again with tf.lite.TFLiteConverter");
  }

  Status read_buffers() {
    const auto* buffers = file_->buffers();
    for (std::size_t i = 0; buffers && i < buffers->size(); ++i) {
      const auto& buffer = *buffers->Get(static_cast<flatbuffers::uoffset_t>(i));
      const auto inside = numbers_of(buffer.data());
      Bytes data(reinterpret_cast<const std::byte*>(inside.data()), inside.size());
      if (buffer.offset() > 1 && data.empty()) {  // 0 and 1 stand for none
        if (!fits(buffer.offset(), buffer.size(), model_->bytes.size()))
          return Error("tflite.buffer", text("buffer {} is said to be {} bytes at byte {}, the file has {}",
                                             i, buffer.size(), buffer.offset(), model_->bytes.size()))
              .at(model_->name)
              .fix("the file is cut off: fetch it again");
        data = model_->bytes.subspan(buffer.offset(), buffer.size());
      }
      buffers_.push_back(data);
    }
    for (std::size_t i = 0; file_->metadata() && i < file_->metadata()->size(); ++i) {
      const auto& entry = *file_->metadata()->Get(static_cast<flatbuffers::uoffset_t>(i));
      if (entry.buffer() >= buffers_.size())
        return Error("tflite.index",
                     text("metadata {} is in buffer {}, there are {}", i, entry.buffer(), buffers_.size()))
            .at(model_->name);
      model_->metadata.push_back({text_of(entry.name()), buffers_[entry.buffer()]});
    }
    return {};
  }

  Status read_subgraph(const schema::SubGraph& record) {
    Subgraph& graph = model_->subgraphs.emplace_back();
    graph.name = text_of(record.name());
    graph.inputs = numbers_of(record.inputs());
    graph.outputs = numbers_of(record.outputs());
    const std::string where = place(text("subgraph {}", model_->subgraphs.size() - 1));
    for (std::size_t i = 0; record.tensors() && i < record.tensors()->size(); ++i) {
      auto tensor =
          read_tensor(*record.tensors()->Get(static_cast<flatbuffers::uoffset_t>(i)), buffers_, *model_);
      if (!tensor.ok()) return std::move(tensor).error().within(where + text(", tensor {}", i));
      graph.tensors.push_back(*std::move(tensor));
    }
    VIVACE_CHECK_OK(check_tensors(graph.inputs, false, where + ", inputs"));
    VIVACE_CHECK_OK(check_tensors(graph.outputs, false, where + ", outputs"));
    for (std::size_t i = 0; record.operators() && i < record.operators()->size(); ++i)
      VIVACE_CHECK_OK(read_operator(*record.operators()->Get(static_cast<flatbuffers::uoffset_t>(i))));
    return {};
  }

  // Every number names a tensor of the last subgraph, or is -1 where one may be left out.
  Status check_tensors(std::span<const std::int32_t> numbers, bool optional, const std::string& where) {
    operands_ += numbers.size();
    if (operands_ > kOperands)
      return Error("tflite.limit", text("the operators have more than {} inputs and outputs", kOperands))
          .at(where);
    const std::size_t count = model_->subgraphs.back().tensors.size();
    for (const std::int32_t number : numbers)
      if ((number < 0 && !(optional && number == -1)) ||
          (number >= 0 && static_cast<std::size_t>(number) >= count))
        return Error("tflite.index", text("tensor {} is used, there are {}", number, count))
            .at(where)
            .fix("the file is damaged: fetch or convert the model again");
    return {};
  }

  Status read_operator(const schema::Operator& record) {
    Operator op;
    op.offset = offset_of(&record);
    const auto* codes = file_->operator_codes();
    const std::size_t known = codes ? codes->size() : 0;
    if (record.opcode_index() >= known)
      return Error("tflite.index",
                   text("operator code {} is used, there are {}", record.opcode_index(), known))
          .at(place(op));
    const auto& code = *codes->Get(record.opcode_index());
    // Files of old converters have the first alone, new ones both, and 127 in the first stands for "see
    // there".
    op.code = std::max<std::int32_t>(code.deprecated_builtin_code(), code.builtin_code());
    op.custom_name = text_of(code.custom_code());
    op.version = code.version();
    if (op.code < 0 || name_of_builtin(op.code).empty())
      return Error("tflite.operator", text("no operator has the number {}", op.code))
          .at(place(op))
          .why("the file is damaged, or from a newer TensorFlow than this vivace knows");
    op.inputs = numbers_of(record.inputs());
    op.outputs = numbers_of(record.outputs());
    op.intermediates = numbers_of(record.intermediates());
    op.options_kind = static_cast<std::uint8_t>(record.builtin_options_type());
    op.options = record.builtin_options();
    op.options2_kind = static_cast<std::uint8_t>(record.builtin_options_2_type());
    op.options2 = record.builtin_options_2();
    VIVACE_CHECK_OK(check_tensors(op.inputs, true, place(op) + ", inputs"));
    VIVACE_CHECK_OK(check_tensors(op.outputs, true, place(op) + ", outputs"));
    VIVACE_CHECK_OK(check_tensors(op.intermediates, true, place(op) + ", intermediates"));
    VIVACE_CHECK_OK(read_custom_options(record, op));
    model_->subgraphs.back().operators.push_back(op);
    return {};
  }

  Status read_custom_options(const schema::Operator& record, Operator& op) const {
    if (op.options_kind > static_cast<std::uint8_t>(OptionsKind::MAX) ||
        op.options2_kind > static_cast<std::uint8_t>(schema::BuiltinOptions2::MAX))
      return Error("tflite.options", text("options of the kinds {} and {}: there are none such",
                                          op.options_kind, op.options2_kind))
          .at(place(op));
    const auto inside = numbers_of(record.custom_options());
    op.custom_options = Bytes(reinterpret_cast<const std::byte*>(inside.data()), inside.size());
    const std::uint64_t offset = record.large_custom_options_offset(),
                        size = record.large_custom_options_size();
    if (offset <= 1) return {};
    if (!fits(offset, size, model_->bytes.size()))
      return Error("tflite.buffer", text("its options are said to be {} bytes at byte {}, the file has {}",
                                         size, offset, model_->bytes.size()))
          .at(place(op));
    op.custom_options = model_->bytes.subspan(offset, size);
    return {};
  }

  Status read_signatures() {
    const auto* records = file_->signature_defs();
    for (std::size_t i = 0; records && i < records->size(); ++i) {
      const auto& record = *records->Get(static_cast<flatbuffers::uoffset_t>(i));
      Signature signature{text_of(record.signature_key()), record.subgraph_index(), {}, {}};
      const std::string where = place(text("signature {} \"{}\"", i, signature.key));
      if (signature.subgraph >= model_->subgraphs.size())
        return Error("tflite.index",
                     text("it is of subgraph {}, there are {}", signature.subgraph, model_->subgraphs.size()))
            .at(where);
      VIVACE_CHECK_OK(read_ports(record.inputs(), signature, signature.inputs, where));
      VIVACE_CHECK_OK(read_ports(record.outputs(), signature, signature.outputs, where));
      model_->signatures.push_back(std::move(signature));
    }
    return {};
  }

  Status read_ports(const flatbuffers::Vector<flatbuffers::Offset<schema::TensorMap>>* records,
                    const Signature& signature, std::vector<Signature::Port>& ports,
                    const std::string& where) {
    const std::size_t count = model_->subgraphs[signature.subgraph].tensors.size();
    for (std::size_t i = 0; records && i < records->size(); ++i) {
      const auto& record = *records->Get(static_cast<flatbuffers::uoffset_t>(i));
      if (record.tensor_index() >= count)
        return Error("tflite.index", text("\"{}\" is tensor {}, there are {}", text_of(record.name()),
                                          record.tensor_index(), count))
            .at(where);
      if (++operands_ > kOperands)
        return Error("tflite.limit", text("the signatures have more than {} inputs and outputs", kOperands))
            .at(where);
      ports.push_back({text_of(record.name()), static_cast<std::int32_t>(record.tensor_index())});
    }
    return {};
  }

  std::shared_ptr<Model> model_;
  const schema::Model* file_ = nullptr;
  std::vector<Bytes> buffers_;
  std::size_t operands_ = 0;
};

}  // namespace

bool looks_like_tflite(Bytes head) { return head.size() >= 8 && as_text(head).substr(4, 4) == "TFL3"; }

Result<std::shared_ptr<const Model>> read(Bytes bytes, std::shared_ptr<const void> owner, std::string name) {
  return Reader(bytes, std::move(owner), std::move(name)).read();
}

}  // namespace vivace::tflite
