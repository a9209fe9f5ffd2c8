#include "import/tflite/build/constants.h"

#include <cstring>
#include <functional>

#include "base/float16.h"
#include "base/text.h"
#include "base/try.h"
#include "formats/tflite/sparse.h"
#include "ops/common/elements/strided.h"
#include "ops/common/reference.h"

namespace vivace::tflite {
namespace {

// Below this, elements may decide about shapes; above, they are computed when they are wanted.
constexpr std::int64_t kLarge = 4096;

ConstantPtr made(DType dtype, Shape dims, std::function<void(const MutableTensorView&)> make) {
  const bool later = is_float(dtype) && count_of(dims) >= kLarge;
  if (later) return Constant::later(dtype, std::move(dims), std::move(make));
  Tensor now(dtype, std::move(dims));
  make(now.view());
  return Constant::own(std::move(now));
}

// Two to a byte, the lower bits first.
Tensor unpacked(const TensorRecord& tensor) {
  Tensor wide(DType::i8, tensor.shape());
  for (std::int64_t i = 0; i < wide.count(); ++i) {
    const auto byte = static_cast<unsigned>(tensor.data[static_cast<std::size_t>(i / 2)]);
    const unsigned half = i % 2 ? byte >> 4 : byte & 15u;
    wide.as<std::int8_t>()[i] =
        static_cast<std::int8_t>(half < 8 ? static_cast<int>(half) : static_cast<int>(half) - 16);
  }
  return wide;
}

float dequantised(const TensorView& x, std::int64_t i, const Quantisation& q, std::int64_t inner) {
  const std::size_t channel =
      q.scales.size() == 1 ? 0 : static_cast<std::size_t>(i / inner) % q.scales.size();
  const std::int64_t from_zero = load_integer(x, i) - q.zero_point(q.zero_points.size() > 1 ? channel : 0);
  return static_cast<float>(q.scales[channel] * static_cast<double>(from_zero));
}

}  // namespace

std::optional<DType> dtype_of(Type type) {
  switch (type) {
    case Type::f32:
      return DType::f32;
    case Type::f16:
      return DType::f16;
    case Type::bf16:
      return DType::bf16;
    case Type::f64:
      return DType::f64;
    case Type::i8:
    case Type::i4:
      return DType::i8;
    case Type::i16:
      return DType::i16;
    case Type::i32:
      return DType::i32;
    case Type::i64:
      return DType::i64;
    case Type::u8:
      return DType::u8;
    case Type::u16:
      return DType::u16;
    case Type::u32:
      return DType::u32;
    case Type::u64:
      return DType::u64;
    case Type::boolean:
      return DType::boolean;
    default:
      return std::nullopt;
  }
}

Result<ConstantPtr> stored(const TensorRecord& tensor, const std::shared_ptr<const Model>& model) {
  const auto dtype = dtype_of(tensor.type);
  if (!dtype)
    return Error("import.unsupported", text("constants of {} are not known", name_of(tensor.type)))
        .at(text("{}:tensor \"{}\"", model->name, tensor.name))
        .fix("convert the model with weights of float32, float16 or int8");
  if (tensor.sparsity) {
    VIVACE_TRY(const std::vector<std::byte> bytes, expanded(tensor));
    Tensor dense(*dtype, tensor.shape());
    if (!bytes.empty()) std::memcpy(dense.data(), bytes.data(), bytes.size());
    return Constant::own(std::move(dense));
  }
  if (tensor.type == Type::i4) return Constant::own(unpacked(tensor));
  const auto address = reinterpret_cast<std::uintptr_t>(tensor.data.data());
  if (*dtype != DType::boolean && address % size_of(*dtype) == 0)
    return Constant::view(*dtype, tensor.shape(), tensor.data.data(), model);
  Tensor copy(*dtype, tensor.shape());
  if (copy.bytes() != 0) std::memcpy(copy.data(), tensor.data.data(), copy.bytes());
  if (*dtype == DType::boolean)  // a byte of a file may be anything
    for (std::int64_t i = 0; i < copy.count(); ++i)
      copy.as<std::uint8_t>()[i] = copy.as<std::uint8_t>()[i] != 0;
  return Constant::own(std::move(copy));
}

ConstantPtr as_floats(const ConstantPtr& constant, const Quantisation& quantisation) {
  const DType from = constant->dtype();
  if (from == DType::f32) return constant;
  if (from == DType::f16 || from == DType::bf16)
    return made(DType::f32, constant->dims(), [constant, from](const MutableTensorView& floats) {
      const auto* half = constant->tensor().as<std::uint16_t>();
      for (std::int64_t i = 0; i < floats.count(); ++i)
        floats.as<float>()[i] = from == DType::f16 ? f16_to_float(half[i]) : bf16_to_float(half[i]);
    });
  if (quantisation.scales.empty()) return nullptr;
  return made(DType::f32, constant->dims(), [constant, quantisation](const MutableTensorView& floats) {
    std::int64_t inner = 1;
    for (std::size_t axis = floats.dims.size(); axis-- > static_cast<std::size_t>(quantisation.axis) + 1;)
      inner *= floats.dims[axis];
    for (std::int64_t i = 0; i < floats.count(); ++i)
      floats.as<float>()[i] = dequantised(constant->tensor(), i, quantisation, inner);
  });
}

ConstantPtr blocks_as_floats(const ConstantPtr& constant, const ConstantPtr& scales, std::int64_t block) {
  const Shape dims(constant->dims().begin(), constant->dims().end());
  const ConstantPtr factors = as_floats(scales, {});
  if (!factors || block <= 0 || dims.empty() || dims.back() % block != 0 || is_float(constant->dtype()) ||
      count_of(factors->dims()) != count_of(dims) / block)
    return nullptr;
  return made(DType::f32, dims, [constant, factors, block](const MutableTensorView& floats) {
    for (std::int64_t i = 0; i < floats.count(); ++i)
      floats.as<float>()[i] =
          static_cast<float>(load_integer(constant->tensor(), i)) * factors->tensor().as<float>()[i / block];
  });
}

ConstantPtr permuted(const ConstantPtr& constant, const Shape& order) {
  const Shape strides = strides_of(constant->dims());
  Shape dims, walk;
  for (const std::int64_t axis : order) {
    dims.push_back(constant->dims()[static_cast<std::size_t>(axis)]);
    walk.push_back(strides[static_cast<std::size_t>(axis)]);
  }
  return made(constant->dtype(), dims, [constant, walk](const MutableTensorView& moved) {
    if (moved.count() != 0) gather_strided(constant->tensor(), 0, walk, moved);
  });
}

}  // namespace vivace::tflite
