#include "formats/tflite/tensors.h"

#include <cmath>

#include "base/checked.h"
#include "base/text.h"
#include "base/try.h"

namespace vivace::tflite {
namespace {

constexpr std::size_t kMostAxes = 32;

template <class T>
std::span<const T> numbers_of(const flatbuffers::Vector<T>* vector) {
  return vector ? std::span<const T>(vector->data(), vector->size()) : std::span<const T>();
}

bool is_quantised_type(Type type) {
  switch (type) {
    case Type::i8:
    case Type::u8:
    case Type::i16:
    case Type::i4:
    case Type::u4:
    case Type::i2:
    case Type::i32:
    case Type::i64:
      return true;
    default:
      return false;
  }
}

Status read_shape(const schema::Tensor& record, TensorRecord& tensor) {
  tensor.dims = numbers_of(record.shape());
  tensor.signature = numbers_of(record.shape_signature());
  const std::string shape = vivace::to_text(tensor.shape());
  if (tensor.dims.size() > kMostAxes)
    return Error("tflite.shape", text("it has {} axes, {} is the most", tensor.dims.size(), kMostAxes));
  const auto count = checked_count(tensor.shape());
  if (!count || !checked_mul<std::int64_t>(*count, 16))
    return Error("tflite.shape", text("it has the impossible shape {}", shape));
  if (tensor.signature.empty()) return {};
  if (tensor.signature.size() != tensor.dims.size())
    return Error("tflite.shape", text("its shape {} has another number of axes than its signature: {}", shape,
                                      tensor.signature.size()));
  for (const std::int32_t size : tensor.signature)
    if (size < -1) return Error("tflite.shape", text("its signature holds {}", size));
  return {};
}

Status read_quantisation(const schema::QuantizationParameters* record, TensorRecord& tensor) {
  if (!record || !is_quantised_type(tensor.type)) return {};  // old converters leave ranges at floats, too
  Quantisation& q = tensor.quantisation;
  if (const auto* blocks = record->details_as_BlockwiseQuantization()) {
    if (blocks->block_size() <= 0 || blocks->scales() < 0)
      return Error("tflite.quantisation",
                   text("blocks of {} with the scales of tensor {}", blocks->block_size(), blocks->scales()));
    q.block_size = blocks->block_size();
    q.block_scales = blocks->scales();
    return {};
  }
  if (record->details_type() != schema::QuantizationDetails::NONE)
    return Error("tflite.quantisation", "it is quantised in a way of its own")
        .why("vivace knows one scale, one for each channel, and one for each block");
  q.scales = numbers_of(record->scale());
  // flatbuffers' verifier looks at where a vector's length lies, which takes four bytes alone.
  if (record->zero_point() &&
      reinterpret_cast<std::uintptr_t>(record->zero_point()->data()) % alignof(std::int64_t) != 0)
    return Error("tflite.damaged", "its zero points lie at an odd place in the file")
        .why("whole numbers of 8 bytes start at multiples of 8")
        .fix("fetch or convert the model again");
  q.zero_points = numbers_of(record->zero_point());
  // Biases bear the axis of their weights: with one axis there is no choice.
  q.axis = tensor.dims.size() == 1 ? 0 : record->quantized_dimension();
  if (q.scales.size() > 1 &&
      (q.axis < 0 || static_cast<std::size_t>(q.axis) >= tensor.dims.size() ||
       static_cast<std::size_t>(tensor.dims[static_cast<std::size_t>(q.axis)]) != q.scales.size()))
    return Error("tflite.quantisation", text("{} scales along axis {} of {}", q.scales.size(), q.axis,
                                             vivace::to_text(tensor.shape())));
  if (!q.zero_points.empty() && q.zero_points.size() != q.scales.size() && !q.scales.empty())
    return Error("tflite.quantisation",
                 text("{} zero points for {} scales", q.zero_points.size(), q.scales.size()));
  for (const float scale : q.scales)
    if (!std::isfinite(scale) || scale <= 0)
      return Error("tflite.quantisation", text("a scale is {}, must be above 0", scale));
  const int bits = bits_of(tensor.type);
  if (bits > 16) return {};
  const bool is_unsigned = tensor.type == Type::u8 || tensor.type == Type::u4;
  const std::int64_t least = is_unsigned ? 0 : -(std::int64_t{1} << (bits - 1));
  const std::int64_t most = least + (std::int64_t{1} << bits) - 1;
  for (const std::int64_t zero : q.zero_points)
    if (!q.scales.empty() && (zero < least || zero > most))
      return Error("tflite.quantisation",
                   text("a zero point is {}, {} holds {} to {}", zero, name_of(tensor.type), least, most));
  return {};
}

template <class Vector>
void append(const Vector* vector, std::vector<std::int64_t>& to) {
  if (vector && vector->values()) to.assign(vector->values()->begin(), vector->values()->end());
}

void read_numbers(schema::SparseIndexVector kind, const void* numbers, std::vector<std::int64_t>& to) {
  if (kind == schema::SparseIndexVector::Int32Vector)
    append(static_cast<const schema::Int32Vector*>(numbers), to);
  if (kind == schema::SparseIndexVector::Uint16Vector)
    append(static_cast<const schema::Uint16Vector*>(numbers), to);
  if (kind == schema::SparseIndexVector::Uint8Vector)
    append(static_cast<const schema::Uint8Vector*>(numbers), to);
}

// The axes as the file has them; sparse.cc checks them when it expands.
Status read_sparsity(const schema::SparsityParameters* record, TensorRecord& tensor) {
  if (!record || !tensor.constant) return {};
  auto sparsity = std::make_shared<Sparsity>();
  sparsity->order = numbers_of(record->traversal_order());
  sparsity->block_map = numbers_of(record->block_map());
  const auto* axes = record->dim_metadata();
  if (axes && axes->size() > 2 * kMostAxes)
    return Error("tflite.sparsity", text("it is stored along {} axes", axes->size()));
  for (std::size_t i = 0; axes && i < axes->size(); ++i) {
    const auto& axis = *axes->Get(static_cast<flatbuffers::uoffset_t>(i));
    SparseAxis& to = sparsity->axes.emplace_back();
    if (axis.format() == 0) {
      to.dense_size = axis.dense_size();
      if (to.dense_size <= 0)
        return Error("tflite.sparsity", text("a dense axis has the size {}", to.dense_size));
      continue;
    }
    read_numbers(axis.array_segments_type(), axis.array_segments(), to.segments);
    read_numbers(axis.array_indices_type(), axis.array_indices(), to.indices);
  }
  tensor.sparsity = std::move(sparsity);
  return {};
}

Status read_data(const schema::Tensor& record, std::span<const Bytes> buffers, const Model& model,
                 TensorRecord& tensor) {
  if (record.external_buffer() != 0)
    return Error("tflite.buffer", "its numbers are in another file")
        .fix("convert the model without external weights");
  if (record.buffer() != 0 && record.buffer() >= buffers.size())
    return Error("tflite.index", text("it is in buffer {}, there are {}", record.buffer(), buffers.size()));
  tensor.data = record.buffer() < buffers.size() ? buffers[record.buffer()] : Bytes();
  tensor.constant = !tensor.data.empty();
  if (!tensor.constant) return {};
  tensor.offset = static_cast<std::uint64_t>(tensor.data.data() - model.bytes.data());
  VIVACE_CHECK_OK(read_sparsity(record.sparsity(), tensor));
  const int bits = bits_of(tensor.type);
  if (tensor.sparsity || bits == 0) return {};
  const std::uint64_t bytes =
      (static_cast<std::uint64_t>(tensor.count()) * static_cast<std::uint64_t>(bits) + 7) / 8;
  if (tensor.data.size() == bytes) return {};
  return Error("tflite.buffer",
               text("{}{} takes {} bytes, its buffer at byte {} has {}", name_of(tensor.type),
                    vivace::to_text(tensor.shape()), bytes, tensor.offset, tensor.data.size()))
      .fix("the file is damaged: fetch or convert the model again");
}

}  // namespace

Result<TensorRecord> read_tensor(const schema::Tensor& record, std::span<const Bytes> buffers,
                                 const Model& model) {
  TensorRecord tensor;
  if (record.name()) tensor.name = {record.name()->data(), record.name()->size()};
  if (record.type() < 0 || record.type() >= kTypes)
    return Error("tflite.type", text("no type of elements has the number {}", record.type()))
        .why("the file is damaged, or from a newer TensorFlow than this vivace knows");
  tensor.type = static_cast<Type>(record.type());
  tensor.variable = record.is_variable();
  const auto named = [&](Status status) -> Status {
    if (status.ok()) return status;
    return std::move(status).error().at(text("\"{}\"", tensor.name));
  };
  VIVACE_CHECK_OK(named(read_shape(record, tensor)));
  VIVACE_CHECK_OK(named(read_data(record, buffers, model, tensor)));
  VIVACE_CHECK_OK(named(read_quantisation(record.quantization(), tensor)));
  return tensor;
}

}  // namespace vivace::tflite
