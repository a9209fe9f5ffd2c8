// TensorFlow Lite files as records: everything that a FlatBuffer of theirs says, checked once, and nothing of
// what it means. Records are views into the file.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "vivace/result.h"
#include "vivace/tensor.h"

namespace vivace::tflite {

/// Element types, numbered as in the file.
enum class Type : std::int8_t {
  f32 = 0,
  f16 = 1,
  i32 = 2,
  u8 = 3,
  i64 = 4,
  string = 5,
  boolean = 6,
  i16 = 7,
  complex64 = 8,
  i8 = 9,
  f64 = 10,
  complex128 = 11,
  u64 = 12,
  resource = 13,
  variant = 14,
  u32 = 15,
  u16 = 16,
  i4 = 17,
  bf16 = 18,
  i2 = 19,
  u4 = 20,
  f8_e4m3 = 21,
  f8_e5m2 = 22,
};
inline constexpr int kTypes = 23;
std::string_view name_of(Type type);
/// Bits of one element; 0 where it has no fixed size.
int bits_of(Type type);

/// real = scale * (stored - zero_point): of the whole tensor where there is one scale, else along `axis`.
struct Quantisation {
  std::span<const float> scales;              // empty: not quantised; all finite and above 0
  std::span<const std::int64_t> zero_points;  // as many as scales, or none: all 0
  std::int64_t axis = 0;
  std::int64_t block_size = 0;     // above 0: a scale a block along the last axis; they are in another tensor
  std::int64_t block_scales = -1;  // the number of that tensor

  bool given() const { return !scales.empty() || block_size > 0; }
  std::int64_t zero_point(std::size_t i = 0) const { return i < zero_points.size() ? zero_points[i] : 0; }
};

/// One axis of how a sparse tensor is stored.
struct SparseAxis {
  std::int64_t dense_size = 0;  // 0: this axis is compressed
  std::vector<std::int64_t> segments, indices;
};
/// How a sparse tensor is stored: axes of blocks after those of the tensor.
struct Sparsity {
  std::span<const std::int32_t> order, block_map;
  std::vector<SparseAxis> axes;
};

struct TensorRecord {
  std::string_view name;
  Type type = Type::f32;
  std::span<const std::int32_t> dims;
  std::span<const std::int32_t> signature;  // -1 where the size is open; as long as dims, or empty
  bool variable = false;
  bool constant = false;  // `data` holds its elements
  Bytes data;
  std::uint64_t offset = 0;  // of the data in the file
  Quantisation quantisation;
  std::shared_ptr<const Sparsity> sparsity;  // of a constant whose data is compressed

  /// Sizes as they are where nothing is open.
  Shape shape() const { return {dims.begin(), dims.end()}; }
  std::int64_t count() const { return count_of(shape()); }
};

/// Tensors are numbers in [0, tensors of the subgraph); -1 stands for an optional one that is left out.
struct Operator {
  std::int32_t code = 0;         // of BuiltinOperator in schema.fbs; 32 for a custom one
  std::string_view custom_name;  // of a custom operator
  std::int32_t version = 1;
  std::span<const std::int32_t> inputs, outputs, intermediates;
  std::uint8_t options_kind = 0, options2_kind = 0;
  const void* options = nullptr;  // options.h reads them
  const void* options2 = nullptr;
  Bytes custom_options;
  std::uint64_t offset = 0;  // of its record in the file
};
/// "CONV_2D", or the name of a custom operator.
std::string name_of(const Operator& op);
/// "CONV_2D"; "" for a number that no operator has.
std::string_view name_of_builtin(std::int32_t code);

struct Subgraph {
  std::string_view name;
  std::vector<TensorRecord> tensors;
  std::vector<Operator> operators;
  std::span<const std::int32_t> inputs, outputs;  // tensors, each there
};

/// Names for a subgraph's inputs and outputs.
struct Signature {
  struct Port {
    std::string_view name;
    std::int32_t tensor;
  };
  std::string_view key;
  std::size_t subgraph = 0;
  std::vector<Port> inputs, outputs;
};

struct Metadata {
  std::string_view name;
  Bytes data;
};

/// A whole file. Everything in it stays valid as long as it lives.
struct Model {
  std::string name;  // for messages
  std::string_view description;
  std::vector<Subgraph> subgraphs;  // at least one
  std::vector<Signature> signatures;
  std::vector<Metadata> metadata;
  Bytes bytes;
  std::shared_ptr<const void> owner;
};

/// Whether these first bytes are a TensorFlow Lite file's.
bool looks_like_tflite(Bytes head);

/// Reads a file. `owner` keeps `bytes` alive, `name` is for messages. Errors: tflite.damaged, tflite.version,
/// tflite.operator, tflite.index, tflite.type, tflite.shape, tflite.buffer, tflite.quantisation,
/// tflite.sparsity, tflite.options, tflite.limit.
Result<std::shared_ptr<const Model>> read(Bytes bytes, std::shared_ptr<const void> owner, std::string name);

}  // namespace vivace::tflite
