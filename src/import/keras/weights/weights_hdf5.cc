// Numbers out of HDF5, as the engine wants them.
#include "import/keras/weights/weights_hdf5.h"

#include <cstring>

#include "base/float16.h"
#include "base/try.h"

namespace vivace::keras {
namespace {

template <class From, class Convert>
ConstantPtr widened(const hdf5::Elements& elements, Convert convert) {
  Tensor tensor(DType::f32, elements.dims);
  const std::int64_t count = tensor.count();
  for (std::int64_t i = 0; i < count; ++i) {
    From number;
    std::memcpy(&number, elements.data + static_cast<std::size_t>(i) * sizeof number, sizeof number);
    tensor.as<float>()[i] = convert(number);
  }
  return Constant::own(std::move(tensor));
}

ConstantPtr as_constant(const hdf5::Elements& elements) {
  switch (elements.dtype) {
    case DType::f64:
      return widened<double>(elements, [](double x) { return static_cast<float>(x); });
    case DType::f16:
      return widened<std::uint16_t>(elements, [](std::uint16_t x) { return f16_to_float(x); });
    case DType::bf16:
      return widened<std::uint16_t>(elements, [](std::uint16_t x) { return bf16_to_float(x); });
    default:
      break;
  }
  if (elements.aligned()) return Constant::view(elements.dtype, elements.dims, elements.data, elements.owner);
  Tensor copy(elements.dtype, elements.dims);
  if (copy.bytes() != 0) std::memcpy(copy.data(), elements.data, copy.bytes());
  return Constant::own(std::move(copy));
}

}  // namespace

Result<ConstantPtr> read_constant(const hdf5::Object& dataset) {
  VIVACE_TRY(const hdf5::Elements elements, dataset.read());
  return as_constant(elements);
}

Result<ConstantPtr> Hdf5Weights::read(const std::string& path) const {
  VIVACE_TRY(const hdf5::Object dataset, file_.root().find(path));
  return read_constant(dataset);
}

std::string Hdf5Weights::place(const std::string& path) const {
  return path.empty() ? name_ : name_ + ":/" + path;
}

}  // namespace vivace::keras
