// Numbers out of HDF5, as the engine wants them.
#include "import/keras/weights/weights_hdf5.h"

#include <cstring>

#include "base/float16.h"
#include "base/try.h"

namespace vivace::keras {
namespace {

// Computed when it is wanted where it is large. Small floats say much about a network, integers its shapes.
ConstantPtr made_of(const hdf5::Elements& elements, DType dtype,
                    std::function<void(const MutableTensorView&)> make) {
  constexpr std::size_t kLarge = 4096;  // elements
  const bool large = is_float(dtype) && static_cast<std::size_t>(count_of(elements.dims)) >= kLarge;
  if (large) return Constant::later(dtype, elements.dims, std::move(make));
  Tensor now(dtype, elements.dims);
  make(now.view());
  return Constant::own(std::move(now));
}

template <class From, class To, class Convert>
ConstantPtr converted(const hdf5::Elements& elements, DType to, Convert convert) {
  return made_of(elements, to, [=](const MutableTensorView& tensor) {
    const std::int64_t count = tensor.count();
    for (std::int64_t i = 0; i < count; ++i) {
      From number;
      std::memcpy(&number, elements.data + static_cast<std::size_t>(i) * sizeof number, sizeof number);
      tensor.as<To>()[i] = static_cast<To>(convert(number));
    }
  });
}

template <class From, class Convert>
ConstantPtr as_floats(const hdf5::Elements& elements, DType floats, Convert convert) {
  if (floats == DType::f64) return converted<From, double>(elements, floats, convert);
  return converted<From, float>(elements, DType::f32, convert);
}

ConstantPtr as_constant(const hdf5::Elements& elements, DType floats) {
  if (is_float(elements.dtype) && elements.dtype != floats) switch (elements.dtype) {
      case DType::f32:
        return as_floats<float>(elements, floats, [](float x) { return x; });
      case DType::f64:
        return as_floats<double>(elements, floats, [](double x) { return x; });
      case DType::f16:
        return as_floats<std::uint16_t>(elements, floats, f16_to_float);
      default:
        return as_floats<std::uint16_t>(elements, floats, bf16_to_float);
    }
  if (elements.aligned()) return Constant::view(elements.dtype, elements.dims, elements.data, elements.owner);
  return made_of(elements, elements.dtype, [elements](const MutableTensorView& copy) {
    if (copy.bytes() != 0) std::memcpy(copy.data, elements.data, copy.bytes());
  });
}

}  // namespace

Result<ConstantPtr> Hdf5Weights::read_as(const std::string& path, DType floats) const {
  VIVACE_TRY(const hdf5::Object dataset, file_.root().find(path));
  VIVACE_TRY(const hdf5::Elements elements, dataset.read());
  return as_constant(elements, floats);
}

std::string Hdf5Weights::place(const std::string& path) const {
  return path.empty() ? name_ : name_ + ":/" + path;
}

}  // namespace vivace::keras
